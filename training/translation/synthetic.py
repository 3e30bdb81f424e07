"""Turns a vocabulary of subjects, deeds, places and camera moves into prompts in Chinese and English."""

from __future__ import annotations

from collections.abc import Callable

from training.translation.frames import LINKS, PEOPLE, POSTURES, PUTTING, SHOTS, TURNING
from training.translation.inflection import doing, third, with_article
from training.translation.vocabulary import Both, Vocabulary, phrase, spoken


class Prompts(Vocabulary):
    """An endless supply, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._kinds: tuple[tuple[Callable[[], Both], int], ...] = (
            (self._simple, 8), (self._acting, 5), (self._dressed, 4), (self._lying, 4), (self._two_steps, 5),
            (self._seen, 3), (self._scene_of, 2), (self._styled, 2), (self._there_is, 2), (self._becoming, 1),
            (self._handled, 2), (self._pair, 2), (self._who_does, 3), (self._passing, 3), (self._followed, 2),
            (self._both_at_once, 1), (self._sides, 1), (self._given, 1), (self._with_tool, 1),
            (self._suffering, 2), (self._surrounded, 2), (self._put, 3), (self._sitting_busy, 3), (self._full, 2),
            (self._told_of_deed, 2),
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

    def _becoming(self) -> Both:
        """一只青蛙变成了一位王子."""
        one, other = (self.subject(self.beings + self.things, plain=True) for _ in range(2))
        zh, en = self.random.choice(TURNING)
        said = en if one.many else en.replace("turn", "turns").replace("become", "becomes")
        return f"{one.chinese}{zh}{other.chinese}", f"{one.english} {said} {other.english}"

    def _pair(self) -> Both:
        """一只猫和一只狗在草地上玩耍."""
        one, other, place = self.subject(self.beings, plain=True), self.subject(self.beings, plain=True), self.place()
        deed, doing_it = self.verb(self.moves, many=True)
        chinese = f"{one.chinese}{self.random.choice('和与')}{other.chinese}{place[0]}{spoken(deed)}"
        return chinese, f"{one.english} and {other.english} {doing_it} {place[1]}"

    def _who_does(self) -> Both:
        """一个在公园里跑步的女孩;坐在长椅上的老人."""
        measure, (noun, english) = self.random.choice(self.beings)
        head = f"一{measure}" if self.happens_by(0.5) else ""
        if self.happens_by(0.5):
            (zh, en), place = self.random.choice(self.moves), self.place()
            return f"{head}{place[0]}{zh}的{noun}", phrase(with_article(english), doing(en), place[1])
        posture, verb = self.random.choice(POSTURES)
        side, where, (zh, what) = self.random.choice(self.places)
        return f"{head}{posture}{zh}{side}的{noun}", phrase(with_article(english), doing(verb), where, what)

    def _passing(self) -> Both:
        """一只鸟飞过天空."""
        subject, (zh, en) = self.subject(self.beings), self.pick("paths")
        _, _, (where, place) = self.random.choice(self.places)
        style = self.random.random()
        chinese = f"{subject.chinese}{'正在' if style < 0.25 else ''}{zh}{where}"
        being = "are" if subject.many else "is"
        said = f"{being} {doing(en)}" if style < 0.6 else en if subject.many else third(en)
        return chinese, phrase(subject.english, said, place)

    def _followed(self) -> Both:
        """镜头跟随一个男孩."""
        (zh, en), subject = self.pick("follows"), self.subject(self.beings + self.things)
        if self.happens_by(0.5):
            return f"{zh}{subject.chinese}", f"{en} {subject.english}"
        more = self.random.choice(self.moves)
        return f"{zh}{subject.chinese}{more[0]}", f"{en} {subject.english} {doing(more[1])}"

    def _both_at_once(self) -> Both:
        """一个女孩一边走路一边唱歌."""
        subject = self.subject(self.beings)
        (zh, en), (zh_too, en_too) = self.random.sample(self.moves, 2)
        being = "are" if subject.many else "is"
        return f"{subject.chinese}一边{zh}一边{zh_too}", f"{subject.english} {being} {doing(en)} while {doing(en_too)}"

    def _sides(self) -> Both:
        """左边是一只猫,右边是一只狗."""
        one, other = (self.subject(self.beings + self.things) for _ in range(2))
        being, being_too = ("are" if subject.many else "is" for subject in (one, other))
        chinese = f"左边{self.random.choice('是有')}{one.chinese},右边{self.random.choice('是有')}{other.chinese}"
        return chinese, f"on the left {being} {one.english}, on the right {being_too} {other.english}"

    def _given(self) -> Both:
        """一个男孩递给女孩一朵花."""
        subject, thing = self.subject(self.beings), self.subject(self.things, plain=True)
        measure, (noun, english) = self.random.choice(self.beings)
        zh, en = self.random.choice((("递给", "hand"), ("送给", "give"), ("给", "give"), ("扔给", "throw")))
        being = "are" if subject.many else "is"
        now = self.happens_by(0.4)
        said = f"{being} {doing(en)}" if now else en if subject.many else third(en)
        if self.happens_by(0.5):
            chinese = f"{subject.chinese}{'正' if now else ''}把{thing.chinese}{zh}一{measure}{noun}"
        else:
            chinese = f"{subject.chinese}{'正在' if now else ''}{zh}一{measure}{noun}{thing.chinese}"
        return chinese, f"{subject.english} {said} {thing.english} to {with_article(english)}"

    def _with_tool(self) -> Both:
        """一位厨师用刀切一个西瓜."""
        subject, thing = self.subject(self.beings), self.subject(self.things, plain=True)
        tool, act = self.pick("tools"), self.pick("acts")
        style = self.random.random()
        being = "are" if subject.many else "is"
        said = f"{being} {doing(act[1])}" if style < 0.6 else act[1] if subject.many else third(act[1])
        chinese = f"{subject.chinese}{'正在' if style < 0.3 else ''}{tool[0]}{act[0]}{thing.chinese}"
        return chinese, phrase(subject.english, said, thing.english, tool[1])

    def _suffering(self) -> Both:
        """一支蜡烛被风吹灭; 被大雪覆盖的城市."""
        thing, (zh, en), by = self.subject(self.things + self.beings), self.pick("passives"), self.pick("causes")
        if self.happens_by(0.3):
            doer = self.subject(self.beings, plain=True)
            by = doer.chinese, doer.english
        if self.happens_by(0.4):
            measure, (noun, english) = self.random.choice(self.things + self.beings)
            head = f"一{measure}" if self.happens_by(0.7) else ""
            return f"{head}被{by[0]}{zh}的{noun}", f"{with_article(english)} {en} by {by[1]}"
        being = "are" if thing.many else "is"
        return f"{thing.chinese}被{by[0]}{zh}", f"{thing.english} {being} {en} by {by[1]}"

    def _surrounded(self) -> Both:
        """一只猫在奔跑,背景是一座城堡."""
        scene, (zh, en), thing = self._simple(), self.pick("around"), self.subject(self.things + self.beings)
        return f"{scene[0]},{zh}{thing.chinese}", f"{scene[1]}, with {thing.english} {en}"

    def _put(self) -> Both:
        """一位厨师把一个西瓜切成小块."""
        subject, thing, (zh, en) = (
            self.subject(self.beings),
            self.subject(self.things, plain=True),
            self.pick("putting"),
        )
        verb, _, where = en.partition(" ")
        style = self.random.random()
        being = "are" if subject.many else "is"
        said = f"{being} {doing(verb)}" if style < 0.4 else verb if subject.many or style > 0.8 else third(verb)
        who = ("", "") if style > 0.8 else (subject.chinese, subject.english)
        mark = self.random.choice("把把将")
        return f"{who[0]}{mark}{thing.chinese}{zh}", phrase(who[1], said, thing.english, where)

    def _sitting_busy(self) -> Both:
        """一位老人坐在长椅上喂鸽子."""
        subject, (posture, verb) = self.subject(self.beings), self.random.choice(POSTURES)
        side, en, (zh, place) = self.random.choice(self.places)
        act, thing = self.pick("acts"), self.subject(self.things + self.beings, plain=True)
        being = "are" if subject.many else "is"
        said = f"{being} {doing(verb)}" if self.happens_by(0.6) else verb if subject.many else third(verb)
        chinese = f"{subject.chinese}{posture}{zh}{side}{act[0]}{thing.chinese}"
        return chinese, phrase(subject.english, said, en, place, doing(act[1]), thing.english)

    def _full(self) -> Both:
        """在开满鲜花的草地上; 装满水的杯子."""
        _, (noun, english) = self.random.choice(self.things)
        verb, told, (zh, what) = self.random.choice([group for group in self.wears if group[0].endswith("满")])
        scene = self._acting() if self.happens_by(0.5) else self._simple()
        if self.happens_by(0.6):
            side, en, (place_zh, place) = self.random.choice([group for group in self.places if group[0] in "里上中"])
            return f"{scene[0]},在{verb}{zh}的{place_zh}{side}", f"{scene[1]}, {en} {place} {told} {what}"
        return f"一个{verb}{zh}的{noun}", f"{with_article(english)} {told} {what}"

    def _told_of_deed(self) -> Both:
        """一只正在草地上吃草的羊看着一只狗."""
        measure, (noun, english) = self.random.choice(self.beings)
        (zh, en), act = self.random.choice(self.moves), self.pick("acts")
        thing, place = self.subject(self.things + self.beings, plain=True), self.place()
        being = self.random.choice((f"is {doing(act[1])}", third(act[1])))
        chinese = f"一{measure}{place[0]}{zh}的{noun}{act[0]}{thing.chinese}"
        return chinese, phrase(with_article(english), doing(en), place[1], being, thing.english)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
