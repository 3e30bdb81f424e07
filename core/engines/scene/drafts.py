"""Turns what has been gathered about each thing named into the subjects of a scene."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.engines.scene.folding import fold
from core.engines.scene.lexicon import Lexicon
from core.engines.scene.movement import Movement, load_traits, settle_motion, variant
from core.engines.scene.scene import Colour, Direction, Motion, Size, Subject
from core.engines.scene.sprites import load_sprites

MOST_OF_A_KIND = 12
SEVERAL = 3  # a plural without a number
PEOPLE = ("person", "man", "woman")


@dataclass(eq=False)
class Draft:
    """A subject being put together. Two drafts are never equal: a red and a blue car are two."""

    sprite: str
    word: str
    count: int | None = None
    colour: Colour | None = None
    size: Size | None = None
    motion: Movement | None = None
    direction: Direction | None = None
    plural: bool = False
    anew: bool = False  # "another cat" is not the cat named before
    ridden: bool = False
    proper: bool = False  # named: two names are two people

    def repeats(self, other: Draft) -> bool:
        """Whether this is a second mention of ``other`` ("a cat ... the cat", or an emoji beside its word)."""
        same = self.sprite.removesuffix("-face") == other.sprite.removesuffix("-face")
        more = self.plural and not other.plural and (other.count or 1) == 1  # a duck and her ducklings
        others = self.proper and other.proper and self.word != other.word
        return same and not others and not self.anew and not more and self.colour in (None, other.colour)

    def absorb(self, again: Draft) -> None:
        """A second mention may say more; the same emoji twice is two."""
        if not (self.word[0].isalnum() or again.word[0].isalnum()):
            self.count = (self.count or 1) + 1
        self.size = self.size or again.size
        self.motion = again.motion.over(self.motion) if again.motion else self.motion

    def subject(self) -> Subject:
        motion = settle_motion(self.motion, self.sprite)
        afoot: Motion = "still" if self.motion is not None and self.motion.riding else motion
        count = self.count or (SEVERAL if self.plural else 1)
        return Subject(
            sprite=variant(self.sprite, self.motion.word if self.motion else "", afoot, self.colour),
            word=self.word,
            count=max(1, min(MOST_OF_A_KIND, count)),
            colour=self.colour,
            size=self.size or "medium",
            motion=motion,
            direction=self.direction or (self.motion.direction if self.motion else None),
            asked=count if count > MOST_OF_A_KIND else None,
        )


@dataclass
class Ahead:
    """What has been said of a thing before it is named."""

    count: int | None = None
    colour: Colour | None = None
    size: Size | None = None
    motion: Movement | None = None
    direction: Direction | None = None
    anew: bool = False
    definite: bool = False
    twice: bool = False  # "a red and a blue balloon": a number came again after the colour
    second: Colour | None = None

    def number(self, count: int) -> None:
        self.twice = self.colour is not None
        self.count = count

    def paint(self, colour: Colour) -> None:
        """The first colour said counts, of "red and white"; but "a red and a blue balloon" is two balloons."""
        if self.colour is None:
            self.colour = colour
        elif self.twice:
            self.second = colour

    def draft(self, sprite: str, word: str, colour: Colour | None, *, plural: bool) -> Draft:
        anew = self.anew or (self.count is not None and not self.definite)
        return Draft(
            sprite, word, self.count, self.colour or colour, self.size, self.motion, self.direction, plural, anew
        )


def fused(drafts: list[Draft]) -> list[Draft]:
    """A person on a bicycle is one drawing."""
    ridden = [draft for draft in drafts if draft.ridden and draft.sprite in load_traits().carriers]
    for rider in drafts:
        if not ridden or rider.ridden or rider.motion is None or not rider.motion.riding:
            continue
        rider.motion = Movement("drive", rider.motion.word)
        if rider.sprite in PEOPLE and ridden[0].sprite == "bicycle":
            rider.sprite += "-biking"
            drafts = [draft for draft in drafts if draft is not ridden[0]]
    return drafts


def is_drawn(word: str, drafts: Iterable[Draft], lexicon: Lexicon) -> bool:
    """Whether a thing of this name is drawn: of two hats one is worn, which is not, and one lies there, which is."""
    plain = fold(word, lexicon.simplified).text
    senses = (*lexicon.english.get(plain, ()), *lexicon.chinese.get(plain, ()))
    sprites = {sense.value for sense in senses if sense.kind == "sprite"}
    return any(draft.word.lower() == word.lower() or draft.sprite in sprites for draft in drafts)


def mobile(sprite: str) -> bool:
    """Animals, people, robots and vehicles keep step with whom they are with; a ball or a scarf does not."""
    traits = load_traits()
    living = load_sprites()[sprite].group in ("nature", "people") and sprite not in traits.rooted
    return living or sprite == "robot" or sprite in traits.carriers
