"""Turns tokens in order into a scene: who is counted, coloured and moved by which word."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from core.engines.scene.clauses import afterthought, noun_follows, participle, relative
from core.engines.scene.drafts import Ahead, Draft, fused, mobile
from core.engines.scene.folding import Folded
from core.engines.scene.lexicon import Lexicon
from core.engines.scene.meaning import sense_of
from core.engines.scene.movement import RIDDEN, Movement
from core.engines.scene.scene import Camera, Colour, Direction, Place, Scene, Size, TimeOfDay, Weather
from core.engines.scene.tokens import Token

MOST_KINDS = 4
HERD = 6  # 羊群
STOPS = ".。!！?？;；\n…"
# A number counts the noun after it, not one beyond these.
UNCOUNTED = frozenset(("mark", "motion", "verb", "preposition", "clause", "camera", "fact"))
SUN = {"rise": "sunrise", "fall": "sunset"}
NOTHING = Token("", 0, 0, kind="mark")


@dataclass
class Binder:
    """Reads the tokens one by one; `scene()` is what they add up to."""

    folded: Folded
    lexicon: Lexicon
    tokens: list[Token]
    index: int = 0
    drafts: list[Draft] = field(default_factory=list)
    undrawn: list[str] = field(default_factory=list)
    facts: list[tuple[str, str, bool]] = field(default_factory=list)
    camera: Camera | None = None
    ahead: Ahead = field(default_factory=Ahead)
    actors: list[Draft] = field(default_factory=list)  # whom the next verb moves
    earlier: list[Draft] = field(default_factory=list)  # the actors of the clause before
    last: Draft | None = None
    acted: bool = False  # the actors have had a verb
    link: str = ""  # how the next noun joins: "", "and", "object", "perceived", "together"
    shared: Movement | None = None  # the motion that an object may take part in
    company: list[Draft] = field(default_factory=list)  # who is with the actors: 牵着小狗
    spread: Movement | None = None  # the motion said before all of "there fly a bird and a bee"
    inside: int | None = None  # where the relative clause ends that is being read: its nouns are objects
    lens: bool = False  # the clause speaks of the camera
    denied: str = ""  # "no": what comes is not there; "named": it has come; "aside": it is only compared with

    def read(self) -> Scene:
        for self.index in range(len(self.tokens)):
            handler = getattr(self, f"_on_{self.token.kind}", None)
            if handler is not None:
                handler()
            if self.token.kind in UNCOUNTED:
                self.ahead.count, self.ahead.definite = None, False
        return self._scene()

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    @property
    def before(self) -> Token:
        return self.tokens[self.index - 1] if self.index else NOTHING

    @property
    def after(self) -> Token:
        return self.tokens[self.index + 1] if self.index + 1 < len(self.tokens) else NOTHING

    def _typed(self) -> str:
        return self.folded.slice(self.token.start, self.token.end).strip()

    def _listed(self, name: str) -> bool:
        return self.token.text in self.lexicon.sets[name]

    # What is named.

    def _on_sprite(self) -> None:
        if self._skipped():
            return
        sense = sense_of(self.token)
        plural = sense.plural or self.after.kind == "plural"
        draft = self.ahead.draft(sense.value, self._typed(), sense.colour, plural=plural)
        second = self.ahead.second
        self.ahead, self.lens = Ahead(), False
        if second is not None:
            self._add(replace(draft))
            draft.colour = second
        self._add(draft)

    def _add(self, draft: Draft) -> None:
        known = next((old for old in self.drafts if draft.repeats(old)), None)
        if known is None:
            self.drafts.append(draft)
        else:
            known.absorb(draft)
        self._join(known or draft)

    _on_emoji = _on_sprite

    def _join(self, draft: Draft) -> None:
        link, self.link = self.link, ""
        if self.inside is not None or (link in ("object", "together") and self.actors):
            self._take_along(draft, link)
        elif link == "and" and self.spread is not None and self.actors:
            draft.motion = draft.motion or self.spread
            self.actors.append(draft)
        elif link == "perceived" or self.acted or not self.actors:
            self.actors, self.acted = [draft], draft.motion is not None
        else:
            self.actors.append(draft)
            self.acted = draft.motion is not None
        self.last = draft

    def _take_along(self, draft: Draft, link: str) -> None:
        if self.shared is None:
            if link == "together" and mobile(draft.sprite):
                self.company.append(draft)
            return
        draft.ridden = self.shared.word in RIDDEN
        flown = self.shared.value == "fly" and draft.sprite == "kite"
        if flown or (link == "together" and (mobile(draft.sprite) or draft.ridden)):
            draft.motion = draft.motion or self.shared

    def _on_undrawn(self) -> None:
        if self._skipped():
            return
        self.ahead, self.lens = Ahead(), False
        word = self._typed()
        if word and word not in self.undrawn:
            self.undrawn.append(word)
        if self.link not in ("object", "together"):
            self.actors, self.acted = [], False
        self.link, self.last = "", None

    def _skipped(self) -> bool:
        """Whether the thing now named is one that shall not be there, or that another is only compared with."""
        if not self.denied:
            return False
        self.denied = "" if self.denied == "aside" else "named"
        self.ahead = Ahead()
        return True

    # What is said of the next thing, or of the last.

    def _on_number(self) -> None:
        number = self.token.number
        if number == 0:
            self.denied = "no"
        elif self.token.text == "群" and self.before.kind == "sprite" and self.last is not None:
            self.last.count = self.last.count or HERD
        elif number is not None:
            self.ahead.twice = self.ahead.colour is not None
            self.ahead.count = number

    def _on_plural(self) -> None:
        """们 has been read with the noun before it."""

    def _on_colour(self) -> None:
        colour = cast("Colour", self.token.value)
        if self.last is not None and afterthought(self.tokens, self.index):
            self.last.colour = self.last.colour or colour
        elif self.ahead.colour is None:
            self.ahead.colour = colour
        elif self.ahead.twice:
            self.ahead.second = colour

    def _on_size(self) -> None:
        self.ahead.size = cast("Size", self.token.value)

    def _on_determiner(self) -> None:
        if self.token.text in ("a", "an"):
            self.ahead.twice = self.ahead.colour is not None
            self.ahead.count = self.ahead.count or 1
        else:
            self.ahead.definite = True
        self._on_be()

    def _on_anew(self) -> None:
        self.ahead.anew = True

    # What is done.

    def _on_motion(self) -> None:
        movement = Movement(self.token.value, self.token.text)
        if self.denied == "no":
            self.denied = "" if self.actors else "no"
        elif self.lens or (self.token.han and self._opens_relative(movement)):
            return
        elif not self.token.han and participle(self.tokens, self.index):
            self.ahead.motion = movement
        else:
            self.denied = ""
            self._move(movement)

    def _opens_relative(self, movement: Movement | None) -> bool:
        """Whether what is done describes the noun after 的; what stands before the 的 is what it is done to."""
        end = relative(self.tokens, self.index, acting=bool(self.actors))
        if end is None or self.inside is not None:
            return self.inside is not None
        self.inside, self.shared = end, movement
        self.link = "together" if self._listed("together") else "object"
        return True

    def _move(self, movement: Movement) -> None:
        if not self.actors and self.earlier and not noun_follows(self.tokens, self.index):
            self.actors = self.earlier
        if not self.actors:
            self.ahead.motion = self.spread = movement
            return
        for actor in [*self._movers(), *self.company]:
            actor.motion = movement.over(actor.motion)
        self.acted, self.shared, self.spread, self.company = True, movement, None, []
        self.link = "together" if self._listed("together") else "object"

    def _movers(self) -> list[Draft]:
        """The actors; or what was named just before, where they have a motion: "a cat beside a fan spinning"."""
        busy = all(actor.motion for actor in self.actors)
        beside = self.before.kind == "sprite" and self.last is not None and self.last not in self.actors
        return [self.last] if busy and beside and self.last and not self.token.han else self.actors

    def _on_verb(self) -> None:
        if self.denied == "named":
            self.denied = ""
        if self.token.han and self._opens_relative(None):
            return
        together = "together" if self._listed("together") else "object"
        self.link = "perceived" if self._listed("perceive") else together
        self.acted = self.acted or bool(self.actors and not self.token.han)

    def _on_direction(self) -> None:
        direction = cast("Direction", self.token.value)
        if self.lens and direction in ("left", "right"):
            self.camera = cast("Camera", f"pan_{direction}")
        elif not self.actors or self._relative_ahead():
            self.ahead.direction = direction
        else:
            for actor in self.actors:
                actor.direction = actor.direction or direction

    def _relative_ahead(self) -> bool:
        """Whether the verb this direction belongs to describes the noun after it: 向右奔跑的马."""
        verb = next((i for i in range(self.index + 1, min(self.index + 4, len(self.tokens)))
                     if self.tokens[i].kind == "motion"), None)  # fmt: skip
        if verb is None or not self.token.han:
            return False
        return relative(self.tokens, verb, acting=bool(self.actors)) is not None

    def _on_shift(self) -> None:
        if self.actors and not self.lens:
            self._move(Movement("travel", self.token.text))
            self._on_direction()
        else:
            self.camera = cast("Camera", f"pan_{self.token.value}")

    # How clauses hang together.

    def _on_mark(self) -> None:
        if self.token.text == "、":
            self._on_conjunction()
            return
        self.lens, self.denied, self.shared, self.spread, self.inside = False, "", None, None, None
        self.ahead, self.link = Ahead(), ""
        if self.token.text in STOPS:
            self._on_clause()

    def _on_clause(self) -> None:
        self.earlier, self.actors, self.acted, self.company = self.actors or self.earlier, [], False, []
        self.lens, self.denied, self.link, self.shared, self.spread = False, "", "", None, None
        self.ahead = Ahead()

    def _on_conjunction(self) -> None:
        if self._listed("together") and self.acted and self.shared:
            self.link = "together"
        elif self.link not in ("object", "together"):
            self.link = "and"

    def _on_preposition(self) -> None:
        if self.denied != "no":
            self.denied = ""
        self.link = "together" if self._listed("together") else "object"

    def _on_be(self) -> None:
        if self.denied == "named":
            self.denied = ""

    def _on_of(self) -> None:
        self._on_be()
        if self.inside == self.index:
            self.inside, self.link = None, ""
            self.ahead.motion, self.shared = self.shared, None

    def _on_likeness(self) -> None:
        self.denied = "" if self.denied == "aside" else self.denied

    def _on_negation(self) -> None:
        self.denied = "no"

    def _on_aside(self) -> None:
        self.denied = "aside"

    def _on_lens(self) -> None:
        self.lens = self.before.kind != "preposition"

    # What is true of the whole picture.

    def _on_fact(self) -> None:
        self.link, self.ahead.size = "", None
        if self.denied in ("no", "named"):
            self.denied = "named"
            return
        for fact in self.token.value.split():
            name, _, value = fact.partition("=")
            self.facts.append((name, value, sense_of(self.token).weak))

    def _on_camera(self) -> None:
        self.lens = True
        self.camera = self.camera or cast("Camera", self.token.value)

    def _fact(self, name: str) -> str | None:
        """The first that is said outright; the sky only where nothing is nearer; a hint where nothing else is said."""
        said = [(weak, value == "sky", order) for order, (key, value, weak) in enumerate(self.facts) if key == name]
        return self.facts[min(said)[2]][1] if said else None

    def _scene(self) -> Scene:
        drafts = fused(self.drafts)
        self.facts += [("time", SUN[d.motion.value], True) for d in drafts if d.sprite == "sun" and d.motion
                       and d.motion.value in SUN]  # fmt: skip
        return Scene(
            subjects=tuple(draft.subject() for draft in drafts[:MOST_KINDS]),
            place=cast("Place | None", self._fact("place")),
            time=cast("TimeOfDay | None", self._fact("time")),
            weather=cast("Weather | None", self._fact("weather")),
            camera=self.camera or "still",
            undrawn=(*self.undrawn, *(draft.word for draft in drafts[MOST_KINDS:])),
        )
