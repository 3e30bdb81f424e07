"""Discord on loopback: a strict REST API and gateway with the limits, errors and memory of the real one, and people.

Tests use it so, with discord.py itself as the client:

    async with DiscordApi(Hand()) as api, running(api, client):
        ann = api.person("Ann", "zh-CN")
        guild = api.guild("Stage", ann)                      # with the bot in it, and a channel "general"
        general = api.channel(guild, "general")
        asked = ann.runs("video", general, prompt="a fox")   # registered with PUT …/commands before
        await ann.answered(asked)                            # the first answer; asked.answered_after, asked.is_private
        message = await ann.finished(asked)                  # the answer that is no longer "thinking"
        message.text, message.labels, message.file(".mp4").data
        pressed = ann.presses(message, "Again")              # ann.chooses(message, "HD"), ann.uses("Animate…", message)
        ann.submits(pressed, {"prompt": "a crane"})          # when it opened a modal: pressed.modal
        typed = ann.types("video", "recipe", "st", general)  # autocomplete: typed.choices

``running`` points the library at the server by its documented addresses. ``Hand`` is a clock that stands still: move it
with ``forward(901)`` to outlive a token (3 s, 15 min); no test sleeps. ``Given(name, data)`` is a file that somebody
gives. Channels: ``api.channel(guild, name, FORUM, tags=("video",))``, ``api.thread``, ``api.private``, ``ann.dm``. An
app that somebody only added to themselves: ``api.person("Bo", installed=True)`` and ``api.guild(…, has_bot=False)``.
``api.deny(channel, ATTACH_FILES)`` takes a permission from the bot; ``ann.user.takes_messages = False`` shuts the DM.
``api.delete(channel)``, ``api.remove(message)``, ``api.remove_bot(guild)``, ``api.outage(guild)``; ``guild.limit`` is
another file limit. The shop: ``api.sku``, ``api.grant``, ``api.renew``, ``api.refund``. The gateway:
``api.gateway.reconnect()``, ``.invalidate()``, ``await .drop(code)``, ``.mute``, ``.refusing``.
Failures: ``api.faults.add("PATCH /webhooks", "status", 2, code=500)``; the ways are in ``faults``.
To look at: ``api.requests``, ``api.calls("POST /channels")``, ``api.violations`` (rate limits), ``api.unanswered``,
``api.complaints`` (what a user would see go wrong), ``api.misfits`` (where the server departs from Discord's own
document: to be empty), ``api.transcript()``, ``asked.refusals`` (codes that answers were refused with).
Rate limits count real time, as the library does: ``api.world.limits.numbers.loosen()`` where a test must not wait.
discord.py waits 2 s for servers before it is "ready": give the client ``guild_ready_timeout=0``; and 5 s before it
identifies again: ``before_identify_hook``.
"""

from tests.discord.resolving import Given
from tests.discord.running import running
from tests.discord.server import DiscordApi
from tests.telegram.clock import Hand

__all__ = ["DiscordApi", "Given", "Hand", "running"]
