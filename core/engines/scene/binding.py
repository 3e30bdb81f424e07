"""Turns tokens in order into a scene: who is counted, coloured and moved by which word."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from core.engines.scene.folding import Folded
from core.engines.scene.lexicon import Lexicon
from core.engines.scene.meaning import MODIFIERS, sense_of
from core.engines.scene.movement import DECLINED, RIDDEN, Movement, settle_motion
from core.engines.scene.scene import Camera, Colour, Direction, Motion, Place, Scene, Size, Subject, TimeOfDay, Weather
from core.engines.scene.sprites import load_sprites
from core.engines.scene.tokens import Token

MOST_KINDS = 4
MOST_OF_A_KIND = 12
SEVERAL = 3  # a plural without a number
HERD = 6  # 羊群
LIVING = frozenset(("nature", "people"))


@dataclass(eq=False)
class Draft:
    """A subject being put together. Two drafts are never equal: two cats are two subjects until merged."""

    sprite: str
    word: str
    count: int | None = None
    colour: Colour | None = None
    size: Size | None = None
    motion: Movement | None = None
    direction: Direction | None = None
    plural: bool = False
    anew: bool = False
    ridden: bool = False


@dataclass
class Ahead:
    """What has been said of a thing before it is named."""

    count: int | None = None
    colour: Colour | None = None
    size: Size | None = None
    motion: Movement | None = None
    anew: bool = False
    definite: bool = False


@dataclass
class Binder:
    """Reads tokens one by one; `scene()` is what they add up to."""

    folded: Folded
    lexicon: Lexicon
    tokens: list[Token]
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
    shared: Movement | None = None  # the motion an object takes part in
    lens: bool = False
    denied: str = ""  # "no": nothing until the clause turns; "aside": the next thing only

    def read(self) -> None:
        for index, token in enumerate(self.tokens):
            handler = getattr(self, f"_on_{token.kind}", None)
            if handler is not None:
                handler(token, index)
            if token.kind not in MODIFIERS and token.kind not in ("of", "filler", "adverb", "style", "conjunction"):
                self._forget_count(token)

    def _forget_count(self, token: Token) -> None:
        """A number counts the noun after it, not one after a verb or a mark."""
        if token.kind in ("mark", "motion", "verb", "preposition", "clause", "camera", "fact"):
            self.ahead.count = None
            self.ahead.definite = False
        if token.kind in ("mark", "clause"):
            self.ahead = Ahead(motion=None)

    # What is named.

    def _on_sprite(self, token: Token, index: int) -> None:
        if self._skipped():
            return
        sense = sense_of(token)
        word = self.folded.slice(token.start, token.end)
        ahead, self.ahead = self.ahead, Ahead()
        many = sense.plural or self._followed_by_plural(index)
        draft = Draft(sense.value, word, ahead.count, ahead.colour or sense.colour, ahead.size, ahead.motion)
        draft.plural, draft.anew = many, ahead.anew or (ahead.count is not None and not ahead.definite)
        known = self._mentioned(draft)
        if known is None:
            self.drafts.append(draft)
        self._join(known or draft)
        self.lens = False

    def _followed_by_plural(self, index: int) -> bool:
        after = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        return after is not None and after.kind == "plural"

    def _mentioned(self, draft: Draft) -> Draft | None:
        """The subject that a second mention ("the cat") means, or an emoji beside its word repeats."""
        for known in self.drafts:
            same = known.sprite == draft.sprite or known.sprite.removesuffix("-face") == draft.sprite.removesuffix("-face")
            if same and draft.colour in (None, known.colour) and not draft.anew:
                if not draft.word[0].isalnum() and not known.word[0].isalnum():
                    known.count = (known.count or 1) + 1
                return known
        return None

    def _join(self, draft: Draft) -> None:
        link, self.link = self.link, ""
        if link in ("object", "together") and self.actors:
            self._take_along(draft, link)
        elif link == "perceived" or self.acted or not self.actors:
            self.actors, self.acted = [draft], draft.motion is not None
        else:
            self.actors.append(draft)
            self.acted = draft.motion is not None
        self.last = draft

    def _take_along(self, draft: Draft, link: str) -> None:
        if self.shared is not None and self.shared.word in RIDDEN:
            draft.ridden = True
        alive = load_sprites()[draft.sprite].group in LIVING or draft.sprite in ("robot",)
        if link == "together" and self.shared is not None and draft.motion is None and (alive or draft.ridden):
            draft.motion = self.shared

    def _on_emoji(self, token: Token, index: int) -> None:
        self._on_sprite(token, index)

    def _on_undrawn(self, token: Token, index: int) -> None:
        if self._skipped():
            return
        self.ahead = Ahead()
        self.lens = False
        word = self.folded.slice(token.start, token.end).strip()
        if word and word not in self.undrawn:
            self.undrawn.append(word)
        if self.link not in ("object", "together"):
            self.actors, self.acted = [], False
        self.link, self.last = "", None

    def _skipped(self) -> bool:
        """Whether the thing now named is one that shall not be there, or one it is only compared with."""
        if self.denied == "aside":
            self.denied, self.ahead = "", Ahead()
            return True
        if self.denied:
            self.ahead, self.denied = Ahead(), "named"
            return True
        return False

    # What is said of the next thing, or of the last.

    def _on_number(self, token: Token, index: int) -> None:
        if token.number == 0:
            self.denied = "no"
        elif token.number is not None and self._herd(token, index):
            assert self.last is not None
            self.last.count = self.last.count or HERD
        else:
            self.ahead.count = token.number

    def _herd(self, token: Token, index: int) -> bool:
        before = self.tokens[index - 1] if index else None
        return token.text == "群" and before is not None and before.kind == "sprite" and self.last is not None

    def _on_colour(self, token: Token, index: int) -> None:
        colour = cast("Colour", token.value)
        if self.last is not None and self._afterthought(index):
            self.last.colour = self.last.colour or colour
        elif self.ahead.colour is None:
            self.ahead.colour = colour

    def _afterthought(self, index: int) -> bool:
        """ "the car is red", 车是红色的, "with silver fur": the colour of what has been named."""
        after = [t for t in self.tokens[index + 1 : index + 4] if t.kind not in ("of", "adjective", "colour", "size")]
        if self.tokens[index].han:
            return not after or after[0].kind in ("mark", "likeness", "auxiliary")
        before = self.tokens[index - 1] if index else None
        return (before is not None and before.kind == "be") or (bool(after) and after[0].kind == "style" and bool(self.last))

    def _on_size(self, token: Token, index: int) -> None:
        self.ahead.size = cast("Size", token.value)

    def _on_determiner(self, token: Token, index: int) -> None:
        self.ahead.definite = token.text in ("the", "this", "that", "its", "his", "her", "their")
        if token.text in ("a", "an"):
            self.ahead.count = self.ahead.count or 1
        if self.denied == "named":
            self.denied = ""

    def _on_anew(self, token: Token, index: int) -> None:
        self.ahead.anew = True

    # What is done.

    def _on_motion(self, token: Token, index: int) -> None:
        movement = Movement(token.value, token.text)
        if self.denied:
            self._deny_motion(movement)
        elif self.lens and not self._named_since_lens():
            return
        elif self._said_ahead(token, index):
            self.ahead.motion = movement
        else:
            self._move(movement, token, index)

    def _deny_motion(self, movement: Movement) -> None:
        if self.denied == "no" and self.actors:
            self.denied = ""
        elif self.denied == "named":
            self.denied = ""
            self._act(self.actors, movement)

    def _named_since_lens(self) -> bool:
        return not self.lens

    def _said_ahead(self, token: Token, index: int) -> bool:
        """Whether the motion describes the noun after it: "flying birds", 奔跑的马."""
        if token.han:
            return self._relative(index)
        sense = sense_of(token)
        if sense.form not in ("ing", "past") and not token.text.endswith("ing"):
            return False
        before = self.tokens[index - 1] if index else None
        if before is not None and before.kind in ("sprite", "undrawn", "pronoun", "be", "adverb", "auxiliary"):
            return False
        after = next((t for t in self.tokens[index + 1 :] if t.kind not in ("adjective", "colour", "size")), None)
        return after is not None and after.kind in ("sprite", "undrawn") and after.start - token.end < 60

    def _relative(self, index: int) -> bool:
        """V 的 N, V 得很快的 N and V O 的 N."""
        before: Token | None = None
        for ahead in range(index + 1, min(len(self.tokens) - 1, index + 8)):
            token = self.tokens[ahead]
            if token.kind == "of":
                if before is not None and before.kind in ("colour", "size", "adjective") and not self._degree(index, ahead):
                    return False
                return self._noun_follows(ahead)
            if token.kind in ("mark", "motion", "conjunction", "clause"):
                return False
            before = token
        return False

    def _degree(self, start: int, end: int) -> bool:
        return any(token.text == "得" or token.text.endswith("得") for token in self.tokens[start:end])

    def _noun_follows(self, index: int) -> bool:
        for token in self.tokens[index + 1 : index + 7]:
            if token.kind in ("sprite", "undrawn", "emoji"):
                return True
            if token.kind not in MODIFIERS and token.kind != "of":
                return False
        return False

    def _move(self, movement: Movement, token: Token, index: int) -> None:
        if not self.actors and self.earlier and not self._noun_follows(index):
            self.actors = self.earlier
        if not self.actors:
            self.ahead.motion = movement
            return
        before = self.tokens[index - 1] if index else None
        beside = before is not None and before.kind == "sprite" and self.last is not None and self.last not in self.actors
        if beside and self.last is not None and all(actor.motion for actor in self.actors) and not token.han:
            self._act([self.last], movement)
        else:
            self._act(self.actors, movement)
        self.acted, self.shared = True, movement
        self.link = "together" if token.text in self.lexicon.sets["together"] else "object"

    def _act(self, actors: list[Draft], movement: Movement) -> None:
        for actor in actors:
            actor.motion = movement.over(actor.motion)

    def _on_verb(self, token: Token, index: int) -> None:
        if self.denied == "named":
            self.denied = ""
        perceived = token.text in self.lexicon.sets["perceive"]
        along = token.text in self.lexicon.sets["together"]
        self.link = "perceived" if perceived else "together" if along else "object"
        self.acted = self.acted or bool(self.actors and not token.han)

    def _on_direction(self, token: Token, index: int) -> None:
        direction = cast("Direction", token.value)
        if self.lens and direction in ("left", "right"):
            self.camera = self.camera or cast("Camera", f"pan_{direction}")
        elif self.actors and not self._relative(index):
            for actor in self.actors:
                actor.direction = actor.direction or direction
        else:
            self.heading = direction

    heading: Direction | None = None  # a direction said before anybody who could take it

    def _on_shift(self, token: Token, index: int) -> None:
        if self.actors and not self.lens:
            self._move(Movement("travel", token.text), token, index)
            self._on_direction(token, index)
        else:
            self.camera = self.camera or cast("Camera", f"pan_{token.value}")

    # How clauses hang together.

    def _on_mark(self, token: Token, index: int) -> None:
        if token.text == "、":
            self._on_conjunction(token, index)
            return
        self.lens, self.denied, self.shared = False, "", None
        self.link = "" if token.text in ",，" else self.link
        if token.text in ".。!！?？;；\n…":
            self._on_clause(token, index)

    def _on_clause(self, token: Token, index: int) -> None:
        self.earlier, self.actors, self.acted = self.actors or self.earlier, [], False
        self.lens, self.denied, self.link, self.shared = False, "", "", None

    def _on_conjunction(self, token: Token, index: int) -> None:
        if token.text in self.lexicon.sets["together"] and self.acted and self.shared:
            self.link = "together"
        elif self.link not in ("object", "together"):
            self.link = "and"

    def _on_preposition(self, token: Token, index: int) -> None:
        if self.denied == "named" or (self.denied == "aside" and not token.han):
            self.denied = ""
        along = token.text in self.lexicon.sets["together"]
        self.link = "together" if along else "object"

    def _on_of(self, token: Token, index: int) -> None:
        if self.denied == "named":
            self.denied = ""

    def _on_be(self, token: Token, index: int) -> None:
        self._on_of(token, index)

    def _on_negation(self, token: Token, index: int) -> None:
        self.denied = "no"

    def _on_aside(self, token: Token, index: int) -> None:
        self.denied = "aside"

    def _on_lens(self, token: Token, index: int) -> None:
        before = self.tokens[index - 1] if index else None
        if before is None or before.kind != "preposition":
            self.lens = True

    # What is true of the whole picture.

    def _on_fact(self, token: Token, index: int) -> None:
        self.link = ""
        if self.denied == "no" or self.denied == "named":
            self.denied = "named"
            return
        for fact in token.value.split():
            name, _, value = fact.partition("=")
            self.facts.append((name, value, sense_of(token).weak))
        self.ahead.size = None

    def _on_camera(self, token: Token, index: int) -> None:
        self.camera = self.camera or cast("Camera", token.value)

    def _fact(self, name: str) -> str | None:
        """The first that is said outright; the sky only where nothing is nearer; a hint where nothing else is said."""
        said = [(weak, value == "sky", order) for order, (key, value, weak) in enumerate(self.facts) if key == name]
        return self.facts[min(said)[2]][1] if said else None

    def scene(self) -> Scene:
        drafts = self._fused()
        left_out = tuple(draft.word for draft in drafts[MOST_KINDS:])
        return Scene(
            subjects=tuple(self._subject(draft) for draft in drafts[:MOST_KINDS]),
            place=cast("Place | None", self._fact("place")),
            time=cast("TimeOfDay | None", self._fact("time")),
            weather=cast("Weather | None", self._fact("weather")),
            camera=self.camera or "still",
            undrawn=tuple(self.undrawn) + left_out,
        )

    def _fused(self) -> list[Draft]:
        """A person on a bicycle is one drawing; so is a person who runs."""
        riders = [draft for draft in self.drafts if draft.motion and draft.motion.value == "ride"]
        bikes = [draft for draft in self.drafts if draft.sprite == "bicycle" and draft.ridden]
        for rider in riders:
            if rider.sprite in ("person", "man", "woman") and bikes:
                rider.sprite += "-biking"
                self.drafts.remove(bikes.pop())
        return self.drafts

    def _subject(self, draft: Draft) -> Subject:
        motion, direction = settle_motion(draft.motion, draft.sprite)
        sprite = DECLINED.get((draft.sprite, motion), draft.sprite)
        if draft.colour is not None:
            sprite = DECLINED.get((draft.sprite, draft.colour), sprite)
        count = draft.count or (SEVERAL if draft.plural else 1)
        return Subject(
            sprite=sprite if sprite in load_sprites() else draft.sprite,
            word=draft.word,
            count=max(1, min(MOST_OF_A_KIND, count)),
            colour=draft.colour,
            size=draft.size or "medium",
            motion=cast("Motion", motion),
            direction=draft.direction or direction,
        )
