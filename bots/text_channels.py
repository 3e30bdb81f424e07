"""Turns what people type about channels (``/channel``, ``/publish``, ``/approve``, …) into answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache

from bots.channel_texts import channel_text, describe, line, people_text, when
from bots.command_texts import in_all_languages
from bots.text_answers import Answer, Call, split
from core.publishing.studio import View
from core.publishing.types import Role, State
from translation.moments import read_moment
from translation.views import simplify

_FIELDS = {
    "zh": "zh", "中文": "zh", "en": "en", "英文": "en", "tags": "tags", "标签": "tags", "credit": "credit",
    "署名": "credit", "spoiler": "spoiler", "剧透": "spoiler", "遮盖": "spoiler", "silent": "silent",
    "静音": "silent", "topic": "topic", "话题": "topic",
}  # fmt: skip
_FLAGS = {"on": True, "yes": True, "开": True, "是": True, "off": False, "no": False, "关": False, "否": False}
_VERBS_OF_CHANNEL = {
    "offer": "offer", "提供": "offer", "connect": "connect", "连接": "connect", "profile": "profile", "设定": "profile",
    "设置": "profile", "editors": "editors", "编辑": "editors", "members": "members", "成员": "members",
    "join": "join", "加入": "join", "remove": "remove", "移除": "remove",
    "disconnect": "disconnect", "断开": "disconnect",
}  # fmt: skip

Verb = Callable[[Call], Awaitable[Answer]]


def is_for_channels(call: Call, name: str) -> bool:
    """Whether it is one of these commands, where there are channels; elsewhere there are no such commands."""
    return simplify(name) in _names() and call.commands.publishes(call.address.platform)


async def answer(call: Call, name: str) -> Answer:
    """Do what a command for which ``is_for_channels`` holds says.

    Raises:
        Refusal: the user may not or cannot.
    """
    key = _names()[simplify(name)]
    if key not in {"channel", "drafts"} and not call.code:
        return _refused(call, f"{key}-usage")
    return await _VERBS[key](call)


def help_lines(call: Call) -> list[str]:
    """What each does; nothing where there are no channels."""
    if not call.commands.publishes(call.address.platform):
        return []
    text = call.localiser.text
    typed = [(key, dict.fromkeys((key, text(f"command-name-{key}")))) for key in _VERBS]
    named = [(key, " / ".join(f"/{name}" for name in names)) for key, names in typed]
    return [text("command-line", command=name, about=text(f"command-about-{key}")) for key, name in named]


async def _channel(call: Call) -> Answer:
    if not call.code:
        return await _listed(call)
    word, rest = split(call.code)
    verb = _VERBS_OF_CHANNEL.get(simplify(word.casefold()))
    if verb == "offer":
        code = await call.commands.offer_channel(call.address, rest)
        return _said(call, "channel-offered", code=code)
    if verb is None or not rest:
        return _refused(call, "channel-usage")
    return await _CHANNEL[verb](call, *split(rest))


async def _listed(call: Call) -> Answer:
    found = await call.commands.channels(call.address, call.localiser.locale)
    if not found:
        return Answer("\n".join((call.localiser.text("channel-none"), call.localiser.text("channel-usage"))))
    lines = [_channel_line(call, one.channel.code, one.channel.title, one.role) for one in found]
    return Answer("\n".join((call.localiser.text("channel-list"), *lines, call.localiser.text("channel-usage"))))


def _channel_line(call: Call, code: str, title: str, role: Role) -> str:
    name = call.localiser.text(f"channel-role-{role}")
    return call.localiser.text("channel-line", code=code, title=title, role=name)


async def _connect(call: Call, code: str, _rest: str) -> Answer:
    made = await call.commands.connect_channel(call.address, call.localiser.locale, code)
    said = call.localiser.text("channel-connected", title=made.title, code=made.code)
    return Answer("\n".join((said, channel_text(call.localiser, made))))


async def _profile(call: Call, code: str, rest: str) -> Answer:
    if not rest:
        found = await call.commands.channel(call.address, call.localiser.locale, code)
        return Answer("\n".join((channel_text(call.localiser, found.channel), call.localiser.text("profile-usage"))))
    name, value = split(rest)
    changed = await call.commands.set_channel(call.address, call.localiser.locale, code, {name.casefold(): value})
    return Answer(channel_text(call.localiser, changed))


async def _editors(call: Call, code: str, _rest: str) -> Answer:
    return await _invite(call, code, Role.EDITOR)


async def _members(call: Call, code: str, _rest: str) -> Answer:
    return await _invite(call, code, Role.MEMBER)


async def _invite(call: Call, code: str, role: Role) -> Answer:
    channel, people = await call.commands.channel_people(call.address, call.localiser.locale, code)
    invitation = await call.commands.invite(call.address, call.localiser.locale, code, role)
    said = call.localiser.text(f"channel-invite-{role}", code=invitation)
    how = call.localiser.text("channel-remove-how", code=channel.code)
    return Answer("\n".join((people_text(call.localiser, channel, people), said, how)))


async def _join(call: Call, code: str, _rest: str) -> Answer:
    joined = await call.commands.join_channel(call.address, call.localiser.locale, code)
    role = call.localiser.text(f"channel-role-{joined.role}")
    return _said(call, "channel-joined", title=joined.channel.title, role=role)


async def _remove(call: Call, code: str, rest: str) -> Answer:
    number = int(rest) if rest.isascii() and rest.isdigit() and len(rest) < 5 else 0
    await call.commands.dismiss(call.address, call.localiser.locale, code, number)
    channel, people = await call.commands.channel_people(call.address, call.localiser.locale, code)
    return Answer(people_text(call.localiser, channel, people))


async def _disconnect(call: Call, code: str, _rest: str) -> Answer:
    channel = await call.commands.disconnect_channel(call.address, call.localiser.locale, code)
    return _said(call, "channel-disconnected", title=channel.title)


async def _publish(call: Call) -> Answer:
    code, channel = split(call.code)
    if not channel:
        found = await call.commands.channels(call.address, call.localiser.locale)
        if len(found) != 1:
            lines = [_channel_line(call, one.channel.code, one.channel.title, one.role) for one in found]
            key = "publish-which" if found else "channel-none"
            return Answer("\n".join((call.localiser.text(key, code=code), *lines)), refused=True)
        channel = found[0].channel.code
    job = await call.commands.show(call.address, code)
    return _shown(call, await call.commands.publish(call.address, call.localiser.locale, job, channel))


async def _drafts(call: Call) -> Answer:
    mine, waiting = await call.commands.drafts(call.address, call.localiser.locale)
    text = call.localiser.text
    lines = [text("drafts-mine"), *(line(call.localiser, view) for view in mine)] if mine else []
    lines += [text("drafts-waiting"), *(line(call.localiser, view) for view in waiting)] if waiting else []
    return Answer("\n".join((*lines, text("drafts-how"))) if lines else text("drafts-none"))


async def _draft(call: Call) -> Answer:
    code, rest = split(call.code)
    if not rest:
        return _shown(call, await call.commands.publication(call.address, call.localiser.locale, code))
    word, value = split(rest)
    field = _FIELDS.get(simplify(word.casefold()))
    if field is None:
        return _refused(call, "draft-usage")
    changed: object = value
    if field in {"spoiler", "silent"}:
        changed = _FLAGS.get(simplify(value.casefold()))
        if changed is None:
            return _refused(call, "draft-usage")
    elif field == "topic":
        changed = value[:64] or None
    view = await call.commands.edit_publication(call.address, call.localiser.locale, code, {field: changed})
    return _shown(call, view)


async def _submit(call: Call) -> Answer:
    code, words = split(call.code)
    at = await _moment(call, code, words)
    view = await call.commands.submit(call.address, call.localiser.locale, code, at)
    return _said(call, "submitted", code=view.publication.code, channel=view.channel.title)


async def _approve(call: Call) -> Answer:
    code, words = split(call.code)
    at = await _moment(call, code, words)
    return _timed(call, await call.commands.approve(call.address, call.localiser.locale, code, at), at)


async def _schedule(call: Call) -> Answer:
    return await _approve(call) if split(call.code)[1] else _refused(call, "schedule-usage")


async def _decline(call: Call) -> Answer:
    code, why = split(call.code)
    if not why:
        return _refused(call, "decline-usage")
    view = await call.commands.decline(call.address, call.localiser.locale, code, why[:500])
    return _said(call, "declined", code=view.publication.code)


async def _withdraw(call: Call) -> Answer:
    code, why = split(call.code)
    view = await call.commands.withdraw(call.address, call.localiser.locale, code, why[:500])
    was_out = view.publication.message is not None
    return _said(call, "withdrawn-post" if was_out else "withdrawn", code=view.publication.code)


async def _moment(call: Call, code: str, words: str) -> float | None:
    """What the words mean by the channel's clocks; None where there are none."""
    if not words:
        return None
    view = await call.commands.publication(call.address, call.localiser.locale, code)
    return read_moment(words, call.commands.now, view.channel.profile.timezone)


def _timed(call: Call, view: View, asked: float | None) -> Answer:
    publication = view.publication
    if publication.at is None or publication.at <= call.commands.now:
        return _said(call, "scheduled-now", code=publication.code, channel=view.channel.title)
    told = _said(call, "scheduled", code=publication.code, channel=view.channel.title, at=when(view))
    if asked is not None and publication.at > asked:
        return Answer("\n".join((told.text, call.localiser.text("scheduled-quiet"))))
    return told


def _shown(call: Call, view: View) -> Answer:
    key = "draft-how" if view.publication.state in {State.DRAFT, State.DECLINED} else "review-how"
    how = call.localiser.text(key, code=view.publication.code)
    return Answer("\n".join((describe(call.localiser, view), "", how)))


def _said(call: Call, key: str, **details: str) -> Answer:
    return Answer(call.localiser.text(key, **details))


def _refused(call: Call, key: str) -> Answer:
    return Answer(call.localiser.text(key), refused=True)


_CHANNEL: dict[str, Callable[[Call, str, str], Awaitable[Answer]]] = {
    "connect": _connect, "profile": _profile, "editors": _editors, "members": _members, "join": _join,
    "remove": _remove, "disconnect": _disconnect,
}  # fmt: skip
_VERBS: dict[str, Verb] = {
    "channel": _channel, "publish": _publish, "drafts": _drafts, "draft": _draft, "submit": _submit,
    "approve": _approve, "decline": _decline, "schedule": _schedule, "withdraw": _withdraw,
}  # fmt: skip


@cache
def _names() -> dict[str, str]:
    """The key of a command by every name that it has, in simplified characters."""
    return {simplify(name): key for key in _VERBS for name in in_all_languages(f"command-name-{key}").values()}
