"""Turns a vocabulary of subjects, deeds, places and camera moves into prompts in Chinese and English."""

from __future__ import annotations

from collections.abc import Callable

from training.translation.deeds import Deeds
from training.translation.frames import LETTERS, LINKS, PEOPLE, POSTURES, PUTTING, SHOTS, SHOTS_FIRST
from training.translation.inflection import doing, third, with_article
from training.translation.vocabulary import Both, phrase, spoken


class Prompts(Deeds):
    """An endless supply, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._kinds: tuple[tuple[Callable[[], Both], int], ...] = (
            (self._simple, 8), (self._acting, 5), (self._dressed, 4), (self._lying, 4), (self._two_steps, 5),
            (self._seen, 3), (self._scene_of, 2), (self._styled, 2), (self._there_is, 2), (self._becoming, 1),
            (self._handled, 2), (self._pair, 2), (self._who_does, 3), (self._passing, 3), (self._followed, 2),
            (self._both_at_once, 1), (self._sides, 1), (self._given, 1), (self._with_tool, 1),
            (self._suffering, 2), (self._surrounded, 2), (self._put, 3), (self._sitting_busy, 3), (self._full, 2),
            (self._told_of_deed, 2), (self._somewhere, 3), (self._resulting, 2), (self._lettered, 1),
        )  # fmt: skip

    def next(self) -> Both:
        """One prompt: a sentence, or two, with or without camera and style."""
        kinds, weights = zip(*self._kinds, strict=True)
        chinese, english = self.random.choices(kinds, weights)[0]()
        for table in ("camera", "style"):
            if self.happens_by(0.25):
                more = self.pick(table)
                comma = self.random.choice((",", ",", "。"))
                chinese += comma + more[0]
                english += f", {more[1]}" if comma == "," else f". {_capital(more[1])}"
        if self.happens_by(0.5):
            return f"{chinese}。", f"{_capital(english)}."
        return chinese, _capital(english)

    def _simple(self) -> Both:
        """一只猫在雪地里慢慢地奔跑."""
        subject, verbs = self.doer()
        deed, doing_it = self.verb(verbs, many=subject.many)
        place = self.place() if self.happens_by(0.65) else ("", "")
        how = (
            self.pick("manner")
            if self.happens_by(0.25)
            else self.pick("whither")
            if self.happens_by(0.15)
            else ("", "")
        )
        when = self.pick("time") if self.happens_by(0.12) else ("", "")
        start = place[0]
        if start:
            # 正 stands before the place: 正在雪地里奔跑.
            start, deed = ("正" if deed.startswith("正") else "") + start, spoken(deed)
        begin = f"{when[0]}," if when[0] else ""
        return f"{begin}{subject.chinese}{start}{how[0]}{deed}", phrase(
            subject.english, doing_it, how[1], place[1], when[1]
        )

    def _acting(self) -> Both:
        """一个男孩正在打开一个盒子."""
        subject = self.subject(self.beings)
        thing = self.subject(self.things if self.happens_by(0.8) else self.beings, plain=True)
        deed, doing_it = self.verb(self.lists["acts"], many=subject.many)
        place = self.place() if self.happens_by(0.3) else ("", "")
        chinese = f"{subject.chinese}{place[0]}{spoken(deed) if place[0] else deed}{thing.chinese}"
        return chinese, phrase(subject.english, doing_it, thing.english, place[1])

    def _handled(self) -> Both:
        """一个人把一个苹果放在桌子上."""
        subject, thing = self.subject(self.beings), self.subject(self.things, plain=True)
        side, en, (zh, place) = self.random.choice(self.places)
        deed, verb = self.random.choice(PUTTING)
        if deed == "放进":
            side, en = "里", "into"
        now = self.happens_by(0.4)
        said = f"{'are' if subject.many else 'is'} {doing(verb)}" if now else verb if subject.many else third(verb)
        chinese = f"{subject.chinese}{'正' if now else ''}把{thing.chinese}{deed}{zh}{side}"
        return chinese, phrase(subject.english, said, thing.english, en, place)

    def _dressed(self) -> Both:
        """一个穿着红色裙子的女孩在公园里跳舞."""
        wearers = [noun for noun in self.beings if noun[0] in PEOPLE] if self.happens_by(0.7) else self.beings
        measure, (noun, english) = self.random.choice(wearers)
        verb, wearing, (zh, what) = self.random.choice(self.wears)
        adjective = ("", "") if self.happens_by(0.8) else self.pick("adjectives")
        deed, doing_it = self.verb(self.moves, many=False)
        place = self.place() if self.happens_by(0.6) else ("", "")
        chinese = f"一{measure}{verb}{zh}的{adjective[0]}{noun}{place[0]}{spoken(deed) if place[0] else deed}"
        subject = with_article(phrase(adjective[1], english))
        if self.happens_by(0.3):
            return f"一{measure}{adjective[0]}{noun}{verb}{zh}{place[0]}", phrase(subject, wearing, what, place[1])
        return chinese, phrase(subject, wearing, what, doing_it, place[1])

    def _lying(self) -> Both:
        """一只猫躺在沙发上."""
        subject = self.subject(self.beings if self.happens_by(0.6) else self.things)
        posture, verb = self.random.choice(POSTURES)
        side, en, (zh, place) = self.random.choice(self.places)
        being = "are" if subject.many else "is"
        said = f"{being} {doing(verb)}" if self.happens_by(0.7) else verb if subject.many else third(verb)
        more = self.random.choice(self.moves) if self.happens_by(0.3) else None
        chinese = f"{subject.chinese}{posture}{zh}{side}{more[0] if more else ''}"
        return chinese, phrase(subject.english, said, en, place, doing(more[1]) if more else "")

    def _two_steps(self) -> Both:
        """一只狗在草地上奔跑,然后停下来休息."""
        first, (subject, verbs), link = self._simple(), self.doer(), self.random.choice(LINKS)
        again = subject.again if self.happens_by(0.6) else (subject.chinese, subject.english)
        zh, en = self.random.choice(verbs)
        if verbs is self.moves and self.happens_by(0.3):
            act, thing = self.pick("acts"), self.subject(self.things, plain=True)
            zh, en = f"{act[0]}{thing.chinese}", f"{act[1]} {thing.english}"
        if self.happens_by(0.3):
            zh, en = f"开始{zh}", f"start to {en}"
        return (
            f"{first[0]}{link[0]}{again[0]}{zh}",
            f"{first[1]}{link[1]}{again[1]} {en if subject.many else third(en)}",
        )

    def _seen(self) -> Both:
        """特写镜头,一只猫."""
        scene, camera = self._simple(), self.pick("camera")
        first, last = (scene, camera) if self.happens_by(0.5) else (camera, scene)
        return f"{first[0]},{last[0]}", f"{first[1]}, {last[1]}"

    def _scene_of(self) -> Both:
        """桌子上的一个苹果的特写."""
        subject = self.subject(self.beings + self.things)
        if self.happens_by(0.5):
            side, en, (zh, place) = self.random.choice(self.places)
            return f"{zh}{side}的{subject.chinese}", f"{subject.english} {en} {place}"
        shot = self.random.choice(SHOTS)
        if shot[0] in SHOTS_FIRST and self.happens_by(0.5):
            return f"{shot[0]}{subject.chinese}", f"{shot[1]} {subject.english}"
        return f"{subject.chinese}的{shot[0]}", f"{shot[1]} {subject.english}"

    def _styled(self) -> Both:
        """一只猫,水彩画风格."""
        subject, style = self.subject(self.beings + self.things), self.pick("style")
        if style[0].endswith("风格") and self.happens_by(0.5):
            return f"{style[0]}的{subject.chinese}", f"{subject.english} in {style[1]}"
        return f"{subject.chinese},{style[0]}", f"{subject.english}, {style[1]}"

    def _there_is(self) -> Both:
        """桌子上有一个苹果."""
        subject = self.subject(self.beings + self.things)
        side, en, (zh, place) = self.random.choice(self.places)
        being = "are" if subject.many else "is"
        if self.happens_by(0.5):
            return f"{zh}{side}有{subject.chinese}", f"there {being} {subject.english} {en} {place}"
        return f"{subject.chinese}在{zh}{side}", f"{subject.english} {being} {en} {place}"

    def _surrounded(self) -> Both:
        """一只猫在奔跑,背景是一座城堡."""
        scene, (zh, en), thing = self._simple(), self.pick("around"), self.subject(self.things + self.beings)
        return f"{scene[0]},{zh}{thing.chinese}", f"{scene[1]}, with {thing.english} {en}"

    def _full(self) -> Both:
        """在开满鲜花的草地上; 装满水的杯子."""
        _, (noun, english) = self.random.choice(self.things)
        verb, told, (zh, what) = self.random.choice([group for group in self.wears if group[0].endswith("满")])
        scene = self._acting() if self.happens_by(0.5) else self._simple()
        if self.happens_by(0.6):
            side, en, (place_zh, place) = self.random.choice([group for group in self.places if group[0] in "里上中"])
            return f"{scene[0]},在{verb}{zh}的{place_zh}{side}", f"{scene[1]}, {en} {place} {told} {what}"
        return f"一个{verb}{zh}的{noun}", f"{with_article(english)} {told} {what}"

    def _somewhere(self) -> Both:
        """一个女孩走在重庆的街道上; 航拍西藏的雪山."""
        (name, english), sight = self.random.choice(self.names), self.pick("sights")
        style = self.random.random()
        if style < 0.3:
            shot = self.random.choice([shot for shot in SHOTS if shot[0] in SHOTS_FIRST])
            return f"{shot[0]}{name}的{sight[0]}", f"{shot[1]} the {sight[1]} of {english}"
        if style < 0.5:
            return f"{name}的{sight[0]}", f"the {sight[1]} of {english}"
        subject, verbs = self.doer()
        if style < 0.6:
            return f"{subject.chinese},背景是{name}", f"{subject.english}, with {english} in the background"
        deed, doing_it = self.verb(verbs, many=subject.many)
        return f"{subject.chinese}在{name}{spoken(deed)}", phrase(subject.english, doing_it, "in", english)

    def _lettered(self) -> Both:
        """牌子上写着 OPEN; 一块写着 OPEN 的牌子."""
        (zh, en), word = self.pick("signs"), self.random.choice(LETTERS)
        style = self.random.random()
        if style < 0.4:
            return f"{zh}上写着 {word}", f"{word} is written on the {en}"
        if style < 0.7:
            return f"写着 {word} 的{zh}", f"{with_article(en)} that reads {word}"
        scene = self._simple()
        return f"{scene[0]},{zh}上写着 {word}", f"{scene[1]}, {word} is written on the {en}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
