"""Turns presses below a clip into a longer one, what it was made of, a report, or the clip in another place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

from discord import ChannelType, HTTPException, Permissions, RadioGroupOption, TextStyle
from discord.ui import ActionRow, ChannelSelect, Label, LayoutView, Modal, RadioGroup, TextDisplay, TextInput

from bots.discord import ways
from bots.discord.answering import ask, panel, say, whisper
from bots.discord.call import Call
from bots.discord.desk import Answers, Desk
from bots.discord.faults import as_delivery_errors, is_closed
from bots.discord.finding import find
from bots.discord.forms import typed
from bots.discord.gallery import Look, sent
from bots.discord.places import lacking, needed_in, permission_names
from bots.discord.press import Press
from bots.discord.ways import Parcel
from bots.longer import longer_than
from bots.presenter import recipe_card
from bots.text_rights import reason_name
from core.errors import Refusal, TooLarge, Unsupported
from core.intake import Receipt
from core.quotas.limits import ruling_chat
from core.reports import LONGEST_TEXT, ReportReason
from core.types import Job, JobState

_LONGEST_VALUE = 600
_PUBLISHED = 40033
_PATIENCE = 10.0
"""Seconds that a press waits for Discord's own limit: an announcement channel publishes ten messages an hour."""
_NO_PLACE = frozenset({ChannelType.category.value, 14})
"""Kinds of channel that hold neither messages nor posts. The menu offers them too: a filter could not name media
channels, which Discord's document does not know yet."""


async def show_clip(desk: Desk, call: Call, job: Job) -> bool:
    """The clip of a job once more, in answer; False where there is none to show.

    Raises:
        Refusal: ``too-fast``, or it may not be seen there.
    """
    if job.state is not JobState.SUCCEEDED or job.clip is None:
        return False
    if job.place.nsfw and not call.place.nsfw and call.place.chat != "private":
        raise Refusal("clip-for-adults", job=job.code)
    if call.place.server and not call.is_quiet:
        await _require_open(desk, call, *call.place.server.chats)
    look = await _look(desk, call, job)
    if call.place.chat == "private" or call.is_quiet:
        look = replace(look, user=0)
    async with _parcel(desk, call, job, look) as parcel:
        view, file = parcel.open()
        await say(call, view, [file])
    if not call.is_quiet and job.address.chat == call.address.chat:
        await _reveal(desk, job)
    return True


async def _reveal(desk: Desk, job: Job) -> None:
    """Its user let all see it: they may press what is below it, as below any other."""
    if (await desk.board.find(job)).is_quiet:
        await desk.board.change(job, is_quiet=False)
        desk.board.forget(job)


async def press_longer(desk: Desk, call: Call, press: Press) -> None:
    """The same once more, twice as long or as long as it gets."""
    seconds = (await find(desk, call, press.code)).spec.seconds
    try:
        receipt = await _again(desk, call, press, 2 * seconds)
    except Unsupported as error:
        longer = longer_than(seconds, error)
        if longer is None:
            raise
        receipt = await _again(desk, call, press, longer)
    await desk.receipts.show(call, receipt)


async def press_details(desk: Desk, call: Call, press: Press) -> None:
    """All that made the clip what it is, for whoever pressed."""
    job = await find(desk, call, press.code)
    rows = recipe_card(call.localiser, job)
    await whisper(call, panel("\n".join(f"{name}: {value[:_LONGEST_VALUE]}" for name, value in rows)))


async def open_report(desk: Desk, call: Call, press: Press) -> None:
    """A form that asks what is wrong with it."""
    del desk
    text = call.localiser.text
    reasons = [RadioGroupOption(label=reason_name(call.localiser, one), value=one) for one in ReportReason]
    words: TextInput[Modal] = TextInput(
        custom_id="words", style=TextStyle.paragraph, max_length=LONGEST_TEXT, required=False
    )
    modal = Modal(title=text("discord-report-title", code=press.code), custom_id=press.pack(), timeout=None)
    modal.add_item(Label(text=text("discord-report-reason"), component=RadioGroup(custom_id="reason", options=reasons)))
    modal.add_item(Label(text=text("discord-report-words"), component=words))
    await ask(call, modal)


async def take_report(desk: Desk, call: Call, press: Press) -> None:
    """What was filled in."""
    given = typed(call)
    reason = given.get("reason", "")
    known = ReportReason(reason) if reason in set(ReportReason) else ReportReason.OTHER
    made = await desk.commands.report(
        call.address, press.code, known, given.get("words", ""), locale=call.localiser.locale
    )
    name = reason_name(call.localiser, known)
    await whisper(call, panel(call.localiser.text("command-reported", code=made.code, reason=name)))


async def press_share(desk: Desk, call: Call, press: Press) -> None:
    """Ask where to; only its user can, in a server that the bot is a member of."""
    job = await _own(desk, call, press)
    text = call.localiser.text
    if call.guild is None or call.is_guest:
        await whisper(call, panel(text("discord-share-elsewhere", code=job.code)))
        return
    choose: ChannelSelect[LayoutView] = ChannelSelect(
        custom_id=Press("share-to", job.code).pack(),
        placeholder=text("discord-share-choose"),
    )
    await whisper(call, panel(text("discord-share-where", code=job.code), (), ActionRow(choose)))


async def press_share_to(desk: Desk, call: Call, press: Press) -> None:
    """Post it there, where its user could, and the bot can."""
    job = await _own(desk, call, press)
    chosen = _chosen(call)
    if chosen is None or call.guild is None:
        return
    channel = int(chosen["id"])
    where, parent = f"<#{channel}>", int(chosen.get("parent_id") or 0)
    kind = int(chosen["type"])
    if kind in _NO_PLACE:
        await whisper(call, _with_channel(call.localiser.text("discord-share-no-place", channel=where)))
        return
    category = getattr(desk.client.get_channel(parent), "category_id", None)
    await _require_open(desk, call, str(channel), str(parent), str(category))
    if job.place.nsfw and not _is_for_adults(desk, channel, chosen):
        raise Refusal("clip-for-adults", job=job.code)
    theirs = [name for name in needed_in(kind) if not getattr(_permissions(chosen), name)]
    mine = () if theirs else lacking(desk.client, channel, call.guild)
    for message, lacks in (("discord-share-you-lack", theirs), ("discord-share-i-lack", mine)):
        if lacks:
            names = permission_names(call.localiser, lacks)
            await whisper(call, _with_channel(call.localiser.text(message, channel=where, permissions=names)))
            return
    look = replace(await _look(desk, call, job), may_publish=kind == ChannelType.news.value)
    async with _parcel(desk, call, job, look) as parcel:
        shown = await ways.say_in(desk.client, channel, replace(parcel, mark=f"share-{call.interaction.id}"))
    told = call.localiser.text("discord-shared", code=job.code, channel=f"<#{shown.channel}>")
    await whisper(call, _with_channel(told))


async def press_publish(desk: Desk, call: Call, press: Press) -> None:
    """Hand the clip's message to all who follow the announcement channel."""
    job = await desk.commands.show(call.address, press.code)
    may, text = call.interaction.permissions, call.localiser.text
    is_own = job.address.user == call.address.user and may.send_messages
    if not (is_own or may.manage_messages):
        names = permission_names(call.localiser, ["manage_messages"])
        await whisper(call, panel(text("discord-publish-who", permissions=names)))
        return
    assert call.message is not None
    channel = desk.client.get_partial_messageable(call.channel, guild_id=call.guild)
    try:
        async with asyncio.timeout(_PATIENCE):
            await channel.get_partial_message(call.message).publish()
    except TimeoutError as error:
        raise Refusal("too-fast", seconds=3600) from error
    except HTTPException as error:
        if error.code != _PUBLISHED:
            if not is_closed(error):
                raise
            lacks = lacking(desk.client, call.channel, call.guild) or ["manage_messages"]
            names = permission_names(call.localiser, lacks)
            await whisper(
                call, _with_channel(text("discord-share-i-lack", channel=f"<#{call.channel}>", permissions=names))
            )
            return
    await whisper(call, panel(text("discord-published", code=job.code)))


async def _again(desk: Desk, call: Call, press: Press, seconds: float) -> Receipt:
    return await desk.commands.again(
        call.address,
        press.code,
        call.job_key,
        another_take=False,
        declares=call.declares,
        seconds=seconds,
        place=call.place,
    )


async def _own(desk: Desk, call: Call, press: Press) -> Job:
    job = await desk.commands.show(call.address, press.code)
    if job.address.user != call.address.user:
        raise Refusal("not-yours", job=job.code)
    return job


async def _look(desk: Desk, call: Call, job: Job) -> Look:
    settings = await desk.commands.chat_settings(replace(call.address, chat=ruling_chat(call.address, call.place)))
    return Look(
        [call.localiser.locale],
        user=int(job.address.user),
        is_covered=settings.covered or any(note.code == "covered" for note in job.notes),
        may_publish=call.is_news and not call.is_quiet,
    )


@asynccontextmanager
async def _parcel(desk: Desk, call: Call, job: Job, look: Look) -> AsyncIterator[Parcel]:
    """The clip as small as the channel of the call takes it; so often, and no more, for each user.

    Raises:
        Refusal: ``too-fast``.
        DeliveryError: within it, what was sent did not arrive.
    """
    desk.shown.check(call.address.user, desk.clock.now())
    if job.clip is None:
        raise Refusal("job-unknown", job=job.code)
    async with desk.fitting.fitted(job, job.clip, desk.deliveries.limit(call.address)) as files:
        try:
            with as_delivery_errors():
                yield Parcel(job, files.video, look)
        except TooLarge as error:
            size = (await asyncio.to_thread(files.video.stat)).st_size
            raise desk.deliveries.smaller(call.address, size) from error


async def _require_open(desk: Desk, call: Call, *names: str) -> None:
    """Its administrators may have chosen where clips are."""
    settings = await desk.commands.chat_settings(replace(call.address, chat=ruling_chat(call.address, call.place)))
    if settings.channels and not set(names) & set(settings.channels):
        raise Refusal("chat-not-allowed")


def _with_channel(text: str) -> LayoutView:
    """Words of ours alone, in which Discord names a channel."""
    return sent(TextDisplay(text))


def _chosen(call: Call) -> dict[str, Any] | None:
    """The channel that was chosen, as Discord resolved it: with what its user may do there."""
    data = cast("dict[str, Any]", call.interaction.data or {})
    channels = data.get("resolved", {}).get("channels", {})
    return next((channels[one] for one in data.get("values", ()) if one in channels), None)


def _permissions(chosen: dict[str, Any]) -> Permissions:
    """An administrator may do all."""
    found = Permissions(int(chosen.get("permissions", 0)))
    return Permissions.all() if found.administrator else found


def _is_for_adults(desk: Desk, channel: int, chosen: dict[str, Any]) -> bool:
    found: Any = desk.client.get_channel(channel)
    return bool(chosen.get("nsfw") or (found and found.is_nsfw()))


FORMS: Answers = {"report": open_report}
ANSWERS: Answers = {
    "longer": press_longer,
    "details": press_details,
    "report": take_report,
    "share": press_share,
    "share-to": press_share_to,
    "publish": press_publish,
}
