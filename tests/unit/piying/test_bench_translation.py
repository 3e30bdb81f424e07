"""``piying bench translation``, on a few lines of our own in the form of the data that it asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from piying.__main__ import main
from piying.arguments import make_parser
from piying.bench import command, speed
from piying.bench.command import bench_translation, read_others
from piying.bench.figure import Figure
from piying.bench.held_out import is_held, sentence_hash
from piying.bench.quality import compare, copied, judge, signatures
from piying.bench.sets import FILES, SAMPLE, read_sets
from piying.bench.speed import prompt
from piying.bench.translation import CHRF_REACH, Measurement
from piying.mistake import Mistake
from piying.settings import Settings
from tests.services import ChatService, serve
from translation.gloss import Gloss

PAIRS = [
    ("一只猫在雪地里奔跑", "A cat runs in the snow."),
    ("两个人在公园里握手", "Two people shake hands in the park."),
    ("镜头推近一朵红色的花", "The camera pushes in on a red flower."),
    ("一辆汽车在夜晚的公路上行驶,4k", "A car drives along a road at night, 4k"),
]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "PROMPTS", 8)
    monkeypatch.setattr(speed, "WARM", 1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """VBench-2 has ``PAIRS``; YouMind and Tatoeba have each of them with many numbers, some held out and some not."""
    many = [(f"{chinese}{n}", f"{english} {n}") for n in range(100) for chinese, english in PAIRS]
    lines = "".join(f"{chinese}\t{english}\n" for chinese, english in many)
    records = [json.dumps({"text": english, "id": english[-2:]}) for _, english in many]
    texts = ["".join("\t".join(pair) + "\n" for pair in PAIRS), lines, lines, "\n".join(records) + "\n"]
    for name, text in zip(FILES, texts, strict=True):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def measured(capsys: pytest.CaptureFixture[str], data: Path, *names: str, **wishes: Any) -> dict[str, dict[str, Any]]:
    bench_translation(Settings(), data, names, as_json=True, **wishes)
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    return {f"{line['system']} {line['of']} {line['name']}": line for line in lines}


def test_every_built_in_translator_is_measured_on_every_set(
    data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = tmp_path / "parrot"
    other.write_text("".join(f"{english}\n" for _, english in PAIRS), "utf-8")
    found = measured(capsys, data, against=[f"vbench2={other}"], write=tmp_path / "written")
    for name in ("phrase", "gloss"):
        for title in ("vbench2", "youmind", "tatoeba"):
            for figure in ("BLEU", "chrF2", "nouns", "copies"):
                assert 0 < found[f"{name} {title} {figure}"]["value"] <= 100
        for words in (5, 20, 60):
            figures = found[f"{name} {words} words p50"], found[f"{name} {words} words p99"]
            assert 0 < figures[0]["value"] <= figures[1]["value"]
        assert found[f"{name} start load"]["value"] > 0
    assert found["phrase vbench2 copies"]["met"] is True
    assert found["phrase vbench2 chrF2"]["reach"] == CHRF_REACH
    assert {"phrase over gloss youmind chrF2, p", "phrase over parrot vbench2 BLEU, p"} <= set(found)
    assert found["phrase over parrot vbench2 chrF2, p"]["met"] is False
    written = {path.name for path in (tmp_path / "written").iterdir()}
    kinds = ("zh", "en", "phrase", "gloss")
    assert written == {f"{title}.{kind}" for title in ("vbench2", "youmind", "tatoeba") for kind in kinds}
    assert (tmp_path / "written/vbench2.en").read_text("utf-8") == other.read_text("utf-8")


def test_a_translator_that_is_set_up_is_measured_when_it_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = dict(PAIRS)
    with serve(ChatService(lambda text: answers.get(text, "好的"))) as service:
        monkeypatch.setenv("PIYING_TRANSLATION__LLM__BASE_URL", f"{service.url}/v1")
        monkeypatch.setenv("PIYING_TRANSLATION__LLM__MODEL", "m")
        measurement = Measurement({"vbench2": PAIRS[:3]})
        figures = {figure.name: figure for figure in measurement.run(Settings(), ["llm"]) if figure.of == "vbench2"}
    assert measurement.outputs["vbench2"]["llm"] == [english for _, english in PAIRS[:3]]
    assert round(figures["chrF2"].value) == 100


def test_what_is_held_out_alone_is_measured_on(data: Path) -> None:
    sets = read_sets(data)
    assert sets["vbench2"] == PAIRS
    assert 0 < len(sets["youmind"]) <= SAMPLE
    assert all(is_held(english[-2:]) for _, english in sets["youmind"])
    assert all(is_held(sentence_hash(english)) for _, english in sets["tatoeba"])
    assert sets == read_sets(data)


def test_missing_data_and_wrong_files_are_said(data: Path, tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=r"dev/mt_vbench2\.tsv.* in .*nowhere.*--data FOLDER"):
        read_sets(tmp_path / "nowhere")
    (tmp_path / "short").write_text("a cat\n", "utf-8")
    with pytest.raises(Mistake, match="1 lines for the 4 of vbench2"):
        read_others([f"vbench2={tmp_path / 'short'}"], {"vbench2": PAIRS})
    with pytest.raises(Mistake, match="SET is vbench2"):
        read_others(["short"], {"vbench2": PAIRS})
    with pytest.raises(Mistake, match="no translator deepl"):
        bench_translation(Settings(), data, ["deepl"])


def test_without_sacrebleu_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.setattr(command, "NEEDED", "sacrebleu_that_is_not_there")
    with pytest.raises(Mistake, match=r"pip install '\.\[bench\]'"):
        bench_translation(Settings(), data, [])


def test_the_command_line_ends_with_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bench", "translation", "--data", str(tmp_path)])
    assert ended.value.code == 2
    assert "docs/reference/translation.md" in capsys.readouterr().err
    asked = make_parser().parse_args(["bench", "translation", "--translator", "llm", "--against", "vbench2=a"])
    assert (asked.translator, asked.against, asked.data) == (["llm"], ["vbench2=a"], None)


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("3只猫，4K，35mm", "3 cats, 4K, 35mm", (5, 5)),
        ("3只猫，4K", "three cats, 4k", (1, 3)),
        ("写着“你好”的牌子", "a sign that says “你好”", (1, 1)),
        ("写着“你好”的牌子", "a sign that says hello", (0, 1)),
        ("A A 猫", "A cat", (1, 2)),
        ('"一只猫",', '"a cat",', (0, 0)),
        ('"cat": "一只猫"', '"cat": "a cat"', (1, 1)),
        ("Ｃａｔ 和🐼", "Cat and 🐼", (2, 2)),
    ],
)
def test_copies_are_counted_letter_for_letter(source: str, text: str, found: tuple[int, int]) -> None:
    assert copied(source, text) == found


def test_the_better_of_two_systems_is_surely_better() -> None:
    pairs = PAIRS * 20
    ours, theirs = [english for _, english in pairs], [f"the {english[2:]}" for _, english in pairs]
    for found in compare(pairs, ours, theirs):
        assert round(found.ours) == 100
        assert found.theirs < found.ours
        assert found.p < 0.05
    same = list(compare(pairs, ours, ours))
    assert {found.p for found in same} == {1.0}
    perfect = judge(PAIRS, [english for _, english in PAIRS], Gloss())
    assert (round(perfect.bleu), round(perfect.chrf), perfect.copies) == (100, 100, 100.0)
    assert signatures()["BLEU"].startswith("nrefs:1|case:mixed")


def test_a_reach_is_met_at_least_or_at_most() -> None:
    assert Figure("a", "b", "c", 46.0, reach=46.0, at_least=True).met is True
    assert Figure("a", "b", "c", 31.0, reach=30.0).met is False
    assert Figure("a", "b", "c", 31.0).met is None


def test_prompts_of_a_length_are_cut_from_the_set() -> None:
    assert [len(prompt(PAIRS, 35, number)) for number in range(5)] == [35] * 5
