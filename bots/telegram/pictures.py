"""Turns photos into clips that begin with them, and videos into what they say of their origin."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from telegram import File, Message
from telegram.error import BadRequest

from bots.telegram.call import Call
from bots.telegram.desk import Desk, Verbs
from bots.telegram.faults import is_too_large
from bots.telegram.speech import acknowledge, say, whisper
from core.types import Request

PICTURE_BYTES = 20_000_000
"""What the intake reads, and what a bot may download (Bot API)."""
_VIDEO_TYPES = frozenset({"video/mp4", "video/quicktime", "video/webm", "video/x-matroska"})
_PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/webp"})


@dataclass(frozen=True)
class Sent:
    """A file that somebody sent; ``size`` in bytes, None where Telegram does not say."""

    file: str
    size: int | None


async def animate(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """A clip that begins with the picture of the message, or of the one it answers."""
    picture = picture_of(message) or (picture_of(message.reply_to_message) if message.reply_to_message else None)
    if picture is None:
        await whisper(desk, call, call.localiser.text("telegram-animate"))
        return
    if not rest:
        await whisper(desk, call, call.localiser.text("telegram-animate-words"))
        return
    file = await _fetch(desk, picture, PICTURE_BYTES)
    if file is None:
        await whisper(desk, call, call.localiser.text("error-image-invalid"))
        return
    image = bytes(await file.download_as_bytearray())
    request = Request(
        call.key,
        call.address,
        rest,
        call.localiser.locale,
        image=image,
        declares=call.declares,
        place=call.place,
    )
    receipt = await desk.commands.video(request)
    await acknowledge(desk, call)
    await desk.receipts.show(call, receipt)


async def verify(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """What the video of the message, or of the one it answers, carries of its origin. Nothing of it is kept."""
    del rest
    video = video_of(message) or (video_of(message.reply_to_message) if message.reply_to_message else None)
    if video is None:
        await say(desk, call, call.localiser.text("telegram-verify"))
        return
    desk.looks.check(str(call.user), desk.clock.now())
    file = await _fetch(desk, video)
    if file is None:
        text = call.localiser.text("telegram-verify-too-large", limit=desk.download_limit // 1_000_000)
        await whisper(desk, call, text)
        return
    with TemporaryDirectory(prefix="piying-verify-") as folder:
        path = Path(folder) / "sent"
        await file.download_to_drive(path)
        await say(desk, call, await desk.examiner.answer(call.localiser, path))


async def _fetch(desk: Desk, sent: Sent, most: int | None = None) -> File | None:
    """Where to download it; None where that would be too much, which Telegram may say only now."""
    limit = most or desk.download_limit
    if (sent.size or 0) > limit:
        return None
    try:
        file = await desk.bot.get_file(sent.file)
    except BadRequest as error:
        if not is_too_large(error):
            raise
        return None
    # A server of one's own has no limit.
    return None if (file.file_size or 0) > limit else file


def picture_of(message: Message) -> Sent | None:
    """The largest size of its photo, or a file that says it is a picture."""
    if message.photo:
        return Sent(message.photo[-1].file_id, message.photo[-1].file_size)
    document = message.document
    if document and document.mime_type in _PICTURE_TYPES:
        return Sent(document.file_id, document.file_size)
    return None


def video_of(message: Message) -> Sent | None:
    """Its video, or a file that says it is one."""
    if message.video:
        return Sent(message.video.file_id, message.video.file_size)
    document = message.document
    if document and document.mime_type in _VIDEO_TYPES:
        return Sent(document.file_id, document.file_size)
    return None


VERBS: Verbs = {"animate": animate, "verify": verify}
