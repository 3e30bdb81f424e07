"""What the server keeps of films and pictures, with python-telegram-bot as the client."""

import io

from PIL import Image
from telegram import Bot, InputMediaVideo
from telegram.error import BadRequest, NetworkError

from tests.telegram.clock import Hand
from tests.telegram.server import BotApi
from tests.unit.telegram_server.refusing import refused


def jpeg(width: int = 64, height: int = 48) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, "JPEG")
    return out.getvalue()


async def test_videos_are_kept_byte_for_byte_and_complained_about(api: BotApi, bot: Bot) -> None:
    chat = api.person("Alice").chat
    sent = await bot.send_video(chat.id, b"no film", thumbnail=jpeg(400, 400))
    assert {complaint.kind for complaint in api.complaints} == {"black square", "not a video", "thumbnail"}
    assert sent.video
    file = await bot.get_file(sent.video.file_id)
    assert bytes(await file.download_as_bytearray()) == b"no film"
    again = await bot.send_video(chat.id, sent.video.file_id)
    assert again.video
    assert again.video.file_unique_id == sent.video.file_unique_id
    with refused(BadRequest, "can't use file of type Video as Photo"):
        await bot.send_photo(chat.id, sent.video.file_id)
    with refused(BadRequest, "caption is too long"):
        await bot.send_video(chat.id, sent.video.file_id, caption="😀" * 513)


async def test_a_receipt_becomes_the_video(api: BotApi, bot: Bot) -> None:
    chat = api.person("Alice").chat
    receipt = await bot.send_message(chat.id, "queued")
    media = InputMediaVideo(b"film", width=64, height=48, duration=1, supports_streaming=True, thumbnail=jpeg())
    await bot.edit_message_media(media, chat.id, receipt.message_id)
    shown = chat.last("video")
    assert shown
    assert shown.id == receipt.message_id
    assert "thumbnail" in shown.content["video"]
    assert [complaint.kind for complaint in api.complaints] == ["not a video"]


async def test_too_large_an_upload_is_refused() -> None:
    async with BotApi(Hand(), upload_limit=1000) as api, Bot(api.token, base_url=api.base_url) as bot:
        with refused(NetworkError, "Request Entity Too Large"):
            await bot.send_document(api.person("Alice").chat.id, b"x" * 1001)
