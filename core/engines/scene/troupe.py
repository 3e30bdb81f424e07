"""Turns things as they are named and verbs as they are said into who does what with whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.engines.scene.drafts import Draft, mobile
from core.engines.scene.movement import GOING, Movement, load_traits
from core.engines.scene.scene import Direction

OBJECT = ("object", "direct", "together")
FLOWN = frozenset(("fly", "flies", "flying", "flew", "flown"))  # somebody flies a kite or a plane


@dataclass
class Troupe:
    """Everybody named so far, and who of them the next verb moves.

    ``link`` says how the next one named joins in: "and", "object" (of a preposition: moved by nobody), "direct" (of a
    verb: moved by nobody), "together" (moves along), "perceived" (acts for itself), or "" for a new noun.
    """

    drafts: list[Draft] = field(default_factory=list)
    actors: list[Draft] = field(default_factory=list)  # whom the next verb moves
    earlier: list[Draft] = field(default_factory=list)  # the actors of the clause before
    company: list[Draft] = field(default_factory=list)  # who is with the actors: 牵着小狗
    movers: list[Draft] = field(default_factory=list)  # whom the last verb moved
    last: Draft | None = None
    acted: bool = False  # the actors have had a verb
    link: str = ""
    shared: Movement | None = None  # the motion that an object may take part in
    spread: Movement | None = None  # the motion said before all of "there fly a bird and a bee"
    absent: bool = False  # who was to act cannot be drawn, and nobody acts for them
    inside: int | None = None  # where the relative clause ends that is being read: its nouns are objects

    def enter(self, draft: Draft) -> None:
        """Somebody is named: new, or again."""
        known = next((old for old in self.drafts if draft.repeats(old)), None)
        if known is None:
            self.drafts.append(draft)
        else:
            known.absorb(draft)
        self._join(known or draft)

    def _join(self, draft: Draft) -> None:
        link, self.link = self.link, ""
        if self.inside is not None or (link in OBJECT and self.actors) or (link in OBJECT and self.absent):
            self._take_along(draft, link)
        elif link == "and" and self.spread is not None and self.actors:
            draft.motion = draft.motion or self.spread
            self.actors.append(draft)
        elif link == "perceived" or self.acted or not self.actors:
            self.actors, self.movers, self.acted, self.absent = [draft], [], draft.motion is not None, False
        else:
            self.actors.append(draft)
            self.acted = draft.motion is not None
        self.last = draft

    def _take_along(self, draft: Draft, link: str) -> None:
        if self.shared is None:
            if link == "together" and mobile(draft.sprite):
                self.company.append(draft)
            return
        draft.ridden = self.shared.riding
        flown = self.shared.value == "fly" and (
            draft.sprite == "kite" or (link == "direct" and self.shared.word in FLOWN)
        )
        if flown:
            self._stay()
        if flown or (link == "together" and (mobile(draft.sprite) or draft.ridden)):
            draft.motion = draft.motion or self.shared

    def miss(self) -> None:
        """Something is named that cannot be drawn: if it was to act, only those do who are named with it."""
        if self.link not in (*OBJECT, "and") or not (self.actors or self.link in OBJECT):
            self.actors, self.acted, self.absent = [], False, True
        if self.link == "direct" and self.shared is not None and self.shared.word in FLOWN:
            self._stay()
        self.link, self.last = "", None

    def _stay(self) -> None:
        """Those stay on the ground who fly something else: a kite, a drone."""
        for mover in self.movers:
            mover.motion = None

    def resume(self) -> None:
        """A clause without a noun of its own goes on about those of the clause before."""
        self.actors = self.actors or self.earlier

    def move(self, movement: Movement, *, together: bool, beside: bool) -> bool:
        """The actors move; False where there is nobody yet. ``beside``: the verb stands right after a noun."""
        if not self.actors and not self.absent:
            self.spread = movement
            return False
        self.movers = _able(self._movers(beside=beside), movement)
        if self.company and not any(mobile(mover.sprite) for mover in self.movers):
            self.movers = []  # "a watch with a man running": he runs alone
        for actor in [*self.movers, *self.company]:
            actor.motion = movement.over(actor.motion)
        self.acted, self.shared, self.spread, self.company = True, movement, None, []
        self.link = "together" if together else "direct"
        return True

    def _movers(self, *, beside: bool) -> list[Draft]:
        """The actors; or who was named just before, where they have a motion: "a cat beside a fan spinning"."""
        busy = all(actor.motion for actor in self.actors)
        return [self.last] if busy and beside and self.last and self.last not in self.actors else self.actors

    def head(self, direction: Direction) -> None:
        """Who has moved in this clause, or is about to, goes that way."""
        for actor in self.movers if self.acted and self.movers else self.actors:
            actor.direction = actor.direction or direction
        self.link = ""

    def open_relative(self, end: int, movement: Movement | None, *, together: bool) -> None:
        """Up to the token ``end``, 的, comes what the thing after it does things to."""
        self.inside, self.shared = end, movement
        self.link = "together" if together else "object"

    def close_relative(self) -> Movement | None:
        """The motion of the noun that the relative clause was about."""
        movement, self.shared, self.inside, self.link = self.shared, None, None, ""
        return movement

    def pause(self) -> None:
        """At a comma: what was done is done, those who did it stay."""
        self.shared, self.spread, self.inside, self.link = None, None, None, ""

    def new_clause(self) -> None:
        self.pause()
        self.earlier, self.actors, self.acted, self.absent = self.actors or self.earlier, [], False, False
        self.company, self.movers = [], []

    def conjoin(self, *, together: bool) -> None:
        if together and self.acted and self.shared:
            self.link = "together"
        elif self.link not in OBJECT:
            self.link = "and"


def _able(drafts: list[Draft], movement: Movement) -> list[Draft]:
    """Of a tree and a bird that fly, the bird; of a tree alone that flies, the tree."""
    free = [draft for draft in drafts if draft.sprite not in load_traits().rooted]
    return free if free and movement.value in GOING else drafts
