"""Turns a vocabulary into sentences in Chinese and English of who does what, to whom, with what, and where to."""

from __future__ import annotations

from training.translation.frames import POSTURES, TURNING
from training.translation.inflection import doing, third, with_article
from training.translation.vocabulary import Both, Vocabulary, phrase, spoken


class Deeds(Vocabulary):
    """A method for each kind of sentence; its first line has one of its kind."""

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

    def _told_of_deed(self) -> Both:
        """一只正在草地上吃草的羊看着一只狗."""
        measure, (noun, english) = self.random.choice(self.beings)
        (zh, en), act = self.random.choice(self.moves), self.pick("acts")
        thing, place = self.subject(self.things + self.beings, plain=True), self.place()
        being = self.random.choice((f"is {doing(act[1])}", third(act[1])))
        chinese = f"一{measure}{place[0]}{zh}的{noun}{act[0]}{thing.chinese}"
        return chinese, phrase(with_article(english), doing(en), place[1], being, thing.english)

    def _resulting(self) -> Both:
        """一只猫跑了过来; 一个球从楼梯上滚下来."""
        subject, (zh, en), (way, where) = self.doer()[0], self.pick("motions"), self.pick("ways")
        being = "are" if subject.many else "is"
        said = f"{being} {doing(en)}" if self.happens_by(0.4) else en if subject.many else third(en)
        if self.happens_by(0.5):
            return f"{subject.chinese}{zh}{'了' if self.happens_by(0.6) else ''}{way}", phrase(
                subject.english, said, where
            )
        side, _, (what, place) = self.random.choice(self.places)
        return f"{subject.chinese}从{what}{side}{zh}{way}", phrase(subject.english, said, where, "from", place)
