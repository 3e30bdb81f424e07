"""Turns presses below a clip, and /show, into a longer one, what it was made of, a report, or the clip once more."""

from __future__ import annotations

from dataclasses import replace

import structlog
from telegram import Message
from telegram.error import BadRequest

from bots import text_rights
from bots.longer import longer_than
from bots.presenter import recipe_card
from bots.telegram.call import Call
from bots.telegram.captions import write_caption
from bots.telegram.desk import Buttons, Desk, Verbs
from bots.telegram.press import Press
from bots.telegram.speech import Spot, acknowledge, say, spot_of, there, whisper
from bots.text_commands import answer
from core.errors import Refusal, Unsupported
from core.intake import Receipt
from core.types import Job, JobState

_LONGEST_VALUE = 600

log = structlog.get_logger(__name__)


async def show(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """How a job stands, in words; of one that is done the clip itself, without an upload."""
    del message
    if not rest:
        await whisper(desk, call, call.localiser.text("command-needs-code", command="/show"))
        return
    job = await desk.commands.show(call.address, rest.split(maxsplit=1)[0])
    if job.state is JobState.SUCCEEDED and await send_again(desk, call, job):
        return
    await say(
        desk, call, (await answer(desk.commands, call.localiser, call.address, f"/show {job.code}", call.key)).text
    )


async def send_again(desk: Desk, call: Call, job: Job) -> bool:
    """Send a delivered clip once more; False where Telegram no longer has it, or never had."""
    post = await desk.board.find(job)
    if not post.file or job.clip is None:
        return False
    settings = await desk.commands.chat_settings(job.address)
    look = await desk.deliveries.look(job, post, settings)
    caption = write_caption(job, [call.localiser.locale], "" if call.is_private else post.name)

    async def send(spot: Spot) -> Message:
        return await desk.bot.send_video(
            spot.chat,
            post.file,
            caption=caption,
            supports_streaming=True,
            has_spoiler=look.is_covered or None,
            protect_content=look.is_protected or None,
            message_thread_id=spot.thread,
            reply_parameters=spot.reply,
            reply_markup=look.keyboard,
        )

    try:
        await there(spot_of(call), send)
    except BadRequest as error:
        if "file" not in error.message.lower():
            raise
        log.info("telegram.file_gone", job=job.id, error=repr(error))
        await desk.board.change(job, file="")
        return False
    return True


async def press_longer(desk: Desk, call: Call, press: Press) -> None:
    """The same once more, twice as long or as long as it gets."""
    seconds = (await desk.commands.show(call.address, press.code)).spec.seconds
    try:
        receipt = await _again(desk, call, press, 2 * seconds)
    except Unsupported as error:
        longer = longer_than(seconds, error)
        if longer is None:
            raise
        receipt = await _again(desk, call, press, longer)
    await acknowledge(desk, call)
    await desk.receipts.show(call, receipt)


async def press_details(desk: Desk, call: Call, press: Press) -> None:
    """All that made the clip what it is, for whoever pressed."""
    job = await desk.commands.show(call.address, press.code)
    rows = recipe_card(call.localiser, job)
    await _tell(desk, call, "\n".join(f"{name}: {value[:_LONGEST_VALUE]}" for name, value in rows))


async def press_report(desk: Desk, call: Call, press: Press) -> None:
    """How to say what is wrong with it, for whoever pressed."""
    job = await desk.commands.show(call.address, press.code)
    await _tell(desk, call, (await text_rights.report(desk.commands, call.localiser, call.address, job.code)).text)


async def report(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """Of the clip that the message answers, or of a code."""
    code = await code_of(desk, message)
    if code and not rest.upper().startswith(code):
        rest = f"{code} {rest}".strip()
    if not rest:
        raise Refusal("job-unknown", job="?")
    await whisper(desk, call, (await text_rights.report(desk.commands, call.localiser, call.address, rest)).text)


async def code_of(desk: Desk, message: Message) -> str:
    """The code of the clip that a message answers; "" where it answers none of ours."""
    answered = message.reply_to_message
    sender = answered.from_user if answered else None
    if answered is None or sender is None or sender.id != desk.bot.id:
        return ""
    for row in answered.reply_markup.inline_keyboard if answered.reply_markup else ():
        for one in row:
            verb, _, code = str(one.callback_data or "").partition(":")
            if verb == "report":
                return code
    return ""


async def _tell(desk: Desk, call: Call, text: str) -> None:
    """As words that can be copied, which the answer to a press cannot."""
    await acknowledge(desk, call)
    await whisper(desk, replace(call, query=None), text)


async def _again(desk: Desk, call: Call, press: Press, seconds: float) -> Receipt:
    return await desk.commands.again(
        call.address,
        press.code,
        call.key,
        another_take=False,
        declares=call.declares,
        seconds=seconds,
        place=call.place,
    )


VERBS: Verbs = {"show": show, "report": report}
BUTTONS: Buttons = {"longer": press_longer, "details": press_details, "report": press_report}
