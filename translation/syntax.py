"""Turns the words of a Chinese clause into the order in which English says them.

No parser: what a few dozen small words (在, 的, 把, 被, 里) and the verbs around them tell. What is not understood
stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from translation.chunks import Chunk, chunks_of, word_lists
from translation.source import Token
from translation.weights import Lexicon

MANY = 5
"""After an object of more words than this nobody says any more how something is done."""


def arranged(words: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """The words of a text, each clause of it in English order."""
    return [word for clause in clauses(words) for word in arrange(clause, lexicon)]


def clauses(words: Sequence[Token]) -> Iterator[list[Token]]:
    """The words between two marks, and each mark by itself."""
    clause: list[Token] = []
    for word in words:
        is_mark = word.kind == "mark" and word.text != "、"
        if is_mark and clause:
            yield clause
            clause = []
        clause.append(word)
        if is_mark:
            yield clause
            clause = []
    if clause:
        yield clause


def arrange(words: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """The words of a clause in English order; the same but for what is cut in two, as 放进, or said twice."""
    chunks = chunks_of(words, lexicon)
    return [word for chunk in _clause(_phrases(_described(chunks))) for word in chunk.words]


def _described(chunks: list[Chunk]) -> list[Chunk]:
    """With every 的, from left to right, joined to the noun it leads to; and 桌子上 as one."""
    place = 0
    while place < len(chunks):
        chunk = chunks[place]
        if chunk.kind == "J" and (place + 1 == len(chunks) or chunks[place + 1].kind != "D"):
            chunks[place] = Chunk("N", chunk.words)
        elif (
            place
            and chunks[place - 1].kind == "N"
            and (chunk.kind == "L" or (chunk.kind, len(chunk.words)) == ("T", 1))
        ):
            chunks[place - 1 : place + 1] = [Chunk("T", chunk.words + chunks[place - 1].words)]
        elif chunk.kind == "D" and place and place + 1 < len(chunks) and chunks[place + 1].kind == "N":
            start = _description(chunks, place)
            place = max(0, _join(chunks, start, place))
        else:
            place += 1
    return chunks


def _is_place_word(chunk: Chunk) -> bool:
    return chunk.kind == "L" or (chunk.kind == "T" and len(chunk.words) == 1)


def _description(chunks: Sequence[Chunk], place: int) -> int:
    """Where begins what the 的 at ``place`` says of the next noun."""
    start = place - 1
    if chunks[start].kind == "V":
        start = _before_deed(chunks, start)
    elif chunks[start].kind in {"N", "T"}:
        is_place_in_place = place + 2 < len(chunks) and chunks[place + 2].kind == "L"
        deed = start - 1
        if deed > 0 and chunks[deed].kind == "p" and chunks[start].kind == "T" and not is_place_in_place:
            start, deed = deed, deed - 1
        if deed >= 0 and chunks[deed].kind == "V" and _tells_more(chunks, deed, place):
            start = _before_deed(chunks, deed)
    return start


def _before_deed(chunks: Sequence[Chunk], deed: int) -> int:
    """Where the phrase of a deed in a description begins: with its adverbs, its place, who does it."""
    start = deed
    while start and chunks[start - 1].kind in {"A", "M"}:
        start -= 1
    while start > 1 and chunks[start - 2].kind in {"p", "y"} and chunks[start - 1].kind in {"N", "T"}:
        start -= 2
    if start == 1 and deed == 1 and chunks[0].kind == "N":
        return 0
    return start


def _tells_more(chunks: Sequence[Chunk], deed: int, place: int) -> bool:
    """Whether in "deed, noun, 的, noun" all is said of the last noun, and not the first noun alone."""
    before = chunks[deed - 1].kind if deed else ""
    if before in {"Q", "V", "p", "b", "y", "D"}:
        return True
    after = chunks[place + 2].kind if place + 2 < len(chunks) else ""
    is_wearing = "".join(word.text for word in chunks[deed].words[:2]) in word_lists()["wearing"]
    return not before and (is_wearing or chunks[deed].first in word_lists()["wearing"] or after in set("VpybAM"))


def _join(chunks: list[Chunk], start: int, place: int) -> int:
    """Put the description before or after its noun; where to go on."""
    told, mark, noun = chunks[start:place], chunks[place], chunks[place + 1]
    count = start and chunks[start - 1].kind == "Q"
    first = start - 1 if count else start
    counted = chunks[first].words if count else ()
    if _is_short(told):
        words = (*counted, *(word for chunk in told for word in chunk.words), *mark.words, *noun.words)
    else:
        inner = [word for chunk in _clause(_phrases(list(told))) for word in chunk.words]
        words = (*counted, *noun.words, *mark.words, *inner)
    chunks[first : place + 2] = [Chunk("N", words)]
    return first


def _is_short(told: Sequence[Chunk]) -> bool:
    """红色, 公园, 非常古老 or 燃烧, that English too says first."""
    kinds = [chunk.kind for chunk in told if chunk.kind not in {"A", "M"}]
    return kinds in (["N"], ["J"], ["V"], [])


def _phrases(chunks: list[Chunk]) -> list[Chunk]:
    """With prepositions joined to what they lead."""
    done: list[Chunk] = []
    place = 0
    while place < len(chunks):
        chunk = chunks[place]
        after = chunks[place + 1].kind if place + 1 < len(chunks) else ""
        if chunk.kind in {"p", "b", "y"} and after and after in {"N", "T"}:
            done.append(Chunk(chunk.kind.upper(), chunk.words + chunks[place + 1].words))
            place += 1
        elif chunk.kind == "L" and done and done[-1].kind in {"N", "V"}:
            done[-1] = Chunk("T", chunk.words + done[-1].words)
        else:
            done.append(chunk)
        place += 1
    return done


def _clause(chunks: Sequence[Chunk]) -> list[Chunk]:
    """What stands before a deed and English says after it: 在公园里, 把门, 被风, 慢慢."""
    chunks = _set_up(chunks)
    done: list[Chunk] = []
    waiting: list[Chunk] = []
    place = 0
    while place < len(chunks):
        chunk = chunks[place]
        rest = chunks[place + 1 :]
        if chunk.kind in set("PYBM") and _deed_follows(rest) and not (chunk.kind == "P" and _leads(done, rest)):
            waiting.append(chunk)
        elif chunk.kind == "V":
            size = _reach(chunks, place)
            done += _deed_phrase(chunk, chunks[place + 1 : size], waiting)
            waiting = []
            place = size - 1
        else:
            done.append(chunk)
        place += 1
    return done + waiting


def _set_up(chunks: Sequence[Chunk]) -> list[Chunk]:
    """桌子上有一个苹果 and 门口停着一辆车, place last."""
    if len(chunks) == 3 and chunks[0].kind in {"T", "P"} and chunks[1].kind == "V" and chunks[2].kind == "N":
        deed = "".join(word.text for word in chunks[1].words)
        if deed in word_lists()["settings"]:
            place, said, thing = chunks
            return [said, thing, place] if deed == "有" else [thing, said, place]
    return list(chunks)


def _deed_follows(chunks: Sequence[Chunk]) -> bool:
    for chunk in chunks:
        if chunk.kind == "V":
            return True
        if chunk.kind == "C":
            return False
    return False


def _leads(done: Sequence[Chunk], rest: Sequence[Chunk]) -> bool:
    """Whether a place opens its clause, before who does something."""
    if done and done[-1].kind != "C":
        return False
    for chunk in rest:
        if chunk.kind == "V":
            return False
        if chunk.kind == "N":
            return True
    return False


def _reach(chunks: Sequence[Chunk], place: int) -> int:
    """Where the things after a deed end."""
    end = place + 1
    seen_noun = False
    while end < len(chunks) and (chunks[end].kind in {"N", "T", "L"} or (chunks[end].kind == "P" and not seen_noun)):
        seen_noun = True
        end += 1
    return end


def _deed_phrase(deed: Chunk, things: Sequence[Chunk], waiting: Sequence[Chunk]) -> list[Chunk]:
    handled = [chunk for chunk in waiting if chunk.kind == "B"]
    doers = [chunk for chunk in waiting if chunk.kind == "Y"]
    manners = [chunk for chunk in waiting if chunk.kind == "M"]
    places = [chunk for chunk in waiting if chunk.kind == "P"]
    parts = list(_parted(deed)) if handled and things else [deed]
    things = [_entered(deed, things[0]), *things[1:]] if things else []
    if sum(len(thing.words) for thing in things) > MANY:
        return [*manners, parts[0], *handled, *parts[1:], *doers, *things, *places]
    return [parts[0], *handled, *parts[1:], *doers, *things, *manners, *places]


def _entered(deed: Chunk, thing: Chunk) -> Chunk:
    """The pot, and not in the pot, of 放进锅里: the deed says which way already."""
    is_into = deed.words[-1].text[-1] in "进入" or (len(deed.words) > 1 and deed.words[-2].text[-1] in "进入")
    return Chunk("N", thing.words[1:]) if thing.kind == "T" and is_into and thing.first in set("里中内") else thing


def _parted(deed: Chunk) -> Iterator[Chunk]:
    """放进 in 放 and 进, between which stands what is put."""
    first, *rest = deed.words
    if not rest and len(first.text) == 2 and first.text[1] in word_lists()["ends"]:
        yield Chunk("V", (Token(first.text[0], "han"),))
        yield Chunk("C", (Token(first.text[1], "han"),))
    elif rest and rest[0].text in word_lists()["ends"]:
        yield Chunk("V", (first,))
        yield Chunk("C", tuple(rest))
    else:
        yield deed
