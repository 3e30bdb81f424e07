"""Turns prompts, and what is asked of clips that there are, into jobs with receipts."""

from __future__ import annotations

from telegram import ForceReply, Message

from bots.presenter import present_cancelled
from bots.telegram.call import Call
from bots.telegram.desk import Buttons, Desk, Verbs
from bots.telegram.press import Press
from bots.telegram.speech import Spot, acknowledge, say, there, whisper
from core.errors import Refusal
from core.intake import Receipt
from core.types import Request


async def video(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """A new clip."""
    del message
    if not rest:
        await whisper(desk, call, call.localiser.text("error-prompt-empty"))
        return
    request = Request(call.key, call.address, rest, call.localiser.locale, declares=call.declares, place=call.place)
    await desk.receipts.show(call, await desk.commands.video(request))


async def again(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """The same clip once more."""
    del message
    if not rest:
        await whisper(desk, call, call.localiser.text("command-needs-code", command="/again"))
        return
    await _once_more(desk, call, rest, another_take=False)


async def press_again(desk: Desk, call: Call, press: Press) -> None:
    """The same clip once more."""
    await _once_more(desk, call, press.code, another_take=False)


async def press_take(desk: Desk, call: Call, press: Press) -> None:
    """The same prompt with another seed."""
    await _once_more(desk, call, press.code, another_take=True)


async def _once_more(desk: Desk, call: Call, code: str, *, another_take: bool) -> None:
    receipt = await desk.commands.again(
        call.address, code, call.key, another_take=another_take, declares=call.declares, place=call.place
    )
    await _take(desk, call, receipt)


async def press_original(desk: Desk, call: Call, press: Press) -> None:
    """The prompt as typed, for the engine."""
    await _take(desk, call, await desk.commands.use_original(call.address, press.code, call.key))


async def press_translate(desk: Desk, call: Call, press: Press) -> None:
    """Another translator."""
    translator = press.extra or None
    await _take(desk, call, await desk.commands.translate_again(call.address, press.code, call.key, translator))


async def press_rewrite(desk: Desk, call: Call, press: Press) -> None:
    """The prompt written out."""
    await _take(desk, call, await desk.commands.rewrite(call.address, press.code, call.key))


async def press_edit(desk: Desk, call: Call, press: Press) -> None:
    """Ask for the words: the answer to the question is read as the command at its end."""
    job = await desk.commands.show(call.address, press.code)
    if job.address.user != call.address.user:
        raise Refusal("not-yours", job=job.code)
    await acknowledge(desk, call)
    text = call.localiser.text("telegram-edit", words=job.spec.prompt[:200])
    question = ForceReply(selective=True, input_field_placeholder=job.spec.prompt[:64])

    async def send(spot: Spot) -> Message:
        return await desk.bot.send_message(
            spot.chat,
            f"{text}\n/edit {job.code}",
            message_thread_id=spot.thread,
            reply_parameters=spot.reply,
            reply_markup=question,
        )

    # As an answer to whoever pressed, so that of a group they alone are asked.
    await there(Spot(call.chat, call.thread, (await desk.board.find(job)).asked), send)


async def edit(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """Other words for the engine, after the code."""
    del message
    code, _, words = rest.partition(" ")
    if not words.strip():
        text = "command-needs-words" if code else "command-needs-code"
        await whisper(desk, call, call.localiser.text(text, **({"code": code} if code else {"command": "/edit"})))
        return
    receipt = await desk.commands.edit(call.address, code, call.key, words.strip(), declares=call.declares)
    await _take(desk, call, receipt)


async def press_cancel(desk: Desk, call: Call, press: Press) -> None:
    """Stop a job; its message says so."""
    job = await desk.commands.cancel(call.address, press.code)
    await acknowledge(desk, call)
    await desk.receipts.end(job)


async def cancel(desk: Desk, call: Call, message: Message, rest: str) -> None:
    """Stop a job by its code."""
    del message
    if not rest:
        await whisper(desk, call, call.localiser.text("command-needs-code", command="/cancel"))
        return
    job = await desk.commands.cancel(call.address, rest)
    await say(desk, call, present_cancelled(call.localiser, job))
    await desk.receipts.end(job)


async def _take(desk: Desk, call: Call, receipt: Receipt) -> None:
    await acknowledge(desk, call)
    await desk.receipts.show(call, receipt)


VERBS: Verbs = {"video": video, "again": again, "edit": edit, "cancel": cancel}
BUTTONS: Buttons = {
    "again": press_again,
    "take": press_take,
    "original": press_original,
    "translate": press_translate,
    "rewrite": press_rewrite,
    "edit": press_edit,
    "cancel": press_cancel,
}
