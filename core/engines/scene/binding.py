"""Turns tokens in order into a scene: who is counted, coloured and moved by which word."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from core.engines.scene import clauses
from core.engines.scene.drafts import Ahead, fused, is_drawn
from core.engines.scene.folding import Folded
from core.engines.scene.lexicon import Lexicon
from core.engines.scene.meaning import sense_of
from core.engines.scene.movement import Movement, load_traits
from core.engines.scene.phrases import KIND
from core.engines.scene.scene import Camera, Colour, Direction, Place, Scene, Size, TimeOfDay, Weather
from core.engines.scene.setting import Setting
from core.engines.scene.tokens import Token
from core.engines.scene.troupe import Troupe

MOST_KINDS = 4
HERD = 6  # 羊群
STOPS = ".。!！?？;；\n…"
# A number counts the noun after it, not one beyond these.
UNCOUNTED = frozenset(("mark", "motion", "verb", "preposition", "clause", "camera", "fact"))
NOTHING = Token("", 0, 0, kind="mark")


@dataclass
class Binder:
    """Reads the tokens one by one, each by the method named after its kind."""

    folded: Folded
    lexicon: Lexicon
    tokens: list[Token]
    index: int = 0
    troupe: Troupe = field(default_factory=Troupe)
    setting: Setting = field(default_factory=Setting)
    ahead: Ahead = field(default_factory=Ahead)
    kept: Ahead = field(default_factory=Ahead)  # what was said of the noun that a relative clause describes
    undrawn: dict[str, str] = field(default_factory=dict)  # as typed, by the word in lower case
    camera: Camera | None = None
    lens: bool = False  # the clause speaks of the camera
    denied: str = ""  # "no": what comes is not there; "named": it has come; "aside": it is only compared with

    def read(self) -> Scene:
        for index in range(len(self.tokens)):
            self.index = index
            handler = getattr(self, f"_on_{self.token.kind}", None)
            if handler is not None:
                handler()
            if self.token.kind in UNCOUNTED and not self._describing() and not self._modifies():
                self.ahead.count, self.ahead.definite = None, False
        return self._scene()

    def _describing(self) -> bool:
        """Whether a verb is used as an adjective: "two singing birds"."""
        return (
            self.token.kind in ("motion", "verb") and not self.token.han and clauses.participle(self.tokens, self.index)
        )

    def _modifies(self) -> bool:
        """Whether a place tells the kind of the thing after it: "three city buses"."""
        return self.token.kind == "fact" and not self.token.han and self.after.kind == "sprite"

    def _scene(self) -> Scene:
        drafts = fused(self.troupe.drafts)
        self.setting.watch_sun(drafts)
        return Scene(
            subjects=tuple(draft.subject() for draft in drafts[:MOST_KINDS]),
            place=cast("Place | None", self.setting.choose("place")),
            time=cast("TimeOfDay | None", self.setting.choose("time")),
            weather=cast("Weather | None", self.setting.choose("weather")),
            camera=self.camera or "still",
            undrawn=tuple(word for word in self.undrawn.values() if word and not is_drawn(word, drafts, self.lexicon)),
            left_out=tuple(dict.fromkeys(draft.word for draft in drafts[MOST_KINDS:])),
        )

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

    def _on_sprite(self) -> None:
        if self._skipped():
            return
        sense = sense_of(self.token)
        if sense.value in load_traits().parts and (self.troupe.drafts or self.troupe.inside is not None):
            self.ahead = Ahead()
            return
        plural = sense.plural or self.after.kind == "plural"
        draft = self.ahead.draft(sense.value, self._typed(), sense.colour, plural=plural)
        draft.proper = sense.proper
        if self.ahead.second is not None:
            self.troupe.enter(replace(draft))
            draft.colour = self.ahead.second
        self.troupe.enter(draft)
        self.ahead, self.lens = Ahead(), False

    _on_emoji = _on_sprite

    def _on_undrawn(self) -> None:
        if self._skipped():
            return
        word = self._typed()
        self.undrawn.setdefault(word.lower(), word)
        if self.token.value != KIND:
            self.ahead, self.lens = Ahead(), False
            self.troupe.miss()

    def _skipped(self) -> bool:
        """Whether the thing now named is one that shall not be there, or that another is only compared with."""
        if not self.denied:
            return False
        self.denied = "" if self.denied == "aside" else "named"
        self.ahead = Ahead()
        return True

    # What is said of the next thing, or of the last.

    def _on_number(self) -> None:
        number, last = self.token.number, self.troupe.last
        if number == 0:
            self.denied = "no"
        elif self.token.text == "群" and self.before.kind == "sprite" and last is not None:
            last.count = last.count or HERD
        elif number is not None:
            self.ahead.number(number)
            self._on_be()

    def _on_determiner(self) -> None:
        if self.token.text in ("a", "an"):
            self.ahead.number(self.ahead.count or 1)
        else:
            self.ahead.definite = True
        self._on_be()

    def _on_colour(self) -> None:
        colour, last = cast("Colour", self.token.value), self.troupe.last
        if last is not None and clauses.afterthought(self.tokens, self.index):
            last.colour = last.colour or colour
        else:
            self.ahead.paint(colour)

    def _on_unit(self) -> None:
        self.ahead.count = None

    def _on_size(self) -> None:
        self.ahead.size = cast("Size", self.token.value)

    def _on_anew(self) -> None:
        self.ahead.anew = True

    # What is done.

    def _on_motion(self) -> None:
        movement = Movement(self.token.value, self.token.text, self._listed("ridden"), self._listed("opening"))
        elsewhere = self.lens or clauses.astir(self.tokens, self.index, self.lexicon)
        if self.denied == "no":
            self.denied = "" if self.troupe.actors else "no"
        elif elsewhere or (self.token.han and self._in_relative(movement)):
            return
        elif not self.token.han and clauses.participle(self.tokens, self.index):
            self.ahead.motion = movement
        else:
            self.denied = ""
            if clauses.existential(self.tokens, self.index):
                self.troupe = Troupe(self.troupe.drafts)
            self._move(movement)

    def _move(self, movement: Movement) -> None:
        if not clauses.noun_follows(self.tokens, self.index):
            self.troupe.resume()
        beside = self.before.kind == "sprite" and not self.token.han
        if not self.troupe.move(movement, together=self._listed("together"), beside=beside):
            self.ahead.motion = movement

    def _in_relative(self, movement: Movement | None) -> bool:
        """Whether what is done describes the noun after 的; what stands before the 的 is what it is done to."""
        if self.troupe.inside is None:
            end = clauses.relative(self.tokens, self.index, acting=bool(self.troupe.actors))
            if end is None:
                return False
            self.troupe.open_relative(end, movement, together=self._listed("together"))
            self.kept, self.ahead = self.ahead, Ahead()
        return True

    def _on_verb(self) -> None:
        if self.denied == "named":
            self.denied = ""
        if self._describing() or (self.token.han and self._in_relative(None)):
            return
        together = "together" if self._listed("together") else "direct"
        self.troupe.link = "perceived" if self._listed("perceive") else together
        self.troupe.acted = self.troupe.acted or bool(self.troupe.actors)

    def _on_direction(self) -> None:
        direction = cast("Direction", self.token.value)
        if self.lens and direction in ("left", "right"):
            self.camera = cast("Camera", f"pan_{direction}")
        elif not self.troupe.actors or clauses.relative_ahead(self.tokens, self.index):
            self.ahead.direction = direction
        else:
            self.troupe.head(direction)

    def _on_shift(self) -> None:
        if self.troupe.actors and not self.lens:
            self._move(Movement("travel", self.token.text))
            self._on_direction()
        else:
            self.camera = cast("Camera", f"pan_{self.token.value}")

    def _on_mark(self) -> None:
        if self.token.text == "、":
            self._on_conjunction()
        elif self.token.text in STOPS:
            self._on_clause()
        else:
            self.lens, self.denied, self.ahead = False, "", Ahead()
            self.troupe.pause()

    def _on_clause(self) -> None:
        self.lens, self.denied, self.ahead = False, "", Ahead()
        self.troupe.new_clause()

    def _on_conjunction(self) -> None:
        self.troupe.conjoin(together=self._listed("together"))

    def _on_preposition(self) -> None:
        if self.denied != "no":
            self.denied = ""
        # 远处两只老鹰在飞, 铁塔下两个人在走
        opens = self.token.han and self.before.kind in ("mark", "undrawn") and self.after.kind == "number"
        self.troupe.link = "together" if self._listed("together") else "" if opens else "object"

    def _on_be(self) -> None:
        if self.denied == "named":
            self.denied = ""

    def _on_auxiliary(self) -> None:
        if self.token.text == "有":  # 桥下有两个人: they act for themselves
            self.troupe.link = ""

    def _on_of(self) -> None:
        self._on_be()
        if self.troupe.inside == self.index:
            self.ahead = self.kept
            self.ahead.motion = self.troupe.close_relative()

    def _on_likeness(self) -> None:
        self.denied = "" if self.denied == "aside" else self.denied

    def _on_style(self) -> None:
        """Know that "no text" and 没有尾巴 deny what is never drawn, and nothing after it."""
        self.denied = "named" if self.denied == "no" else self.denied
        if self._listed("astir"):  # "with grey hair": the next thing is not grey
            self.ahead.colour = None

    def _on_negation(self) -> None:
        self.denied = "no"

    def _on_aside(self) -> None:
        self.denied = "aside"

    def _on_lens(self) -> None:
        self.lens = self.before.kind != "preposition"

    def _on_camera(self) -> None:
        self.lens = True
        self.camera = self.camera or cast("Camera", self.token.value)

    def _on_fact(self) -> None:
        self.troupe.link = ""
        if self.troupe.last is not None and clauses.planted(self.tokens, self.index):
            self.troupe.last.plural, self.troupe.last.count = True, None
        if not self._modifies():
            self.ahead = Ahead()
        if self.denied in ("no", "named"):
            self.denied = "named"
        else:
            self.setting.note(self.token.value, weak=sense_of(self.token).weak)
            colour = clauses.ungreen(self.tokens, self.index)
            if colour is not None:
                word = self.folded.slice(colour.start, self.token.end)
                self.undrawn.setdefault(word.lower(), word)
