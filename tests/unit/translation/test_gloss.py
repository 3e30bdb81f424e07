import time

from hypothesis import given, settings
from hypothesis import strategies as st

from translation.gloss import Gloss
from translation.stems import stems

GLOSS = Gloss()


def test_every_thing_named_is_said() -> None:
    found = GLOSS.translate("一只猫和一只狗在海滩上看日落").lower()
    for word in ("cat", "dog", "beach", "sunset"):
        assert word in found


def test_camera_and_style_are_said_as_film_people_do() -> None:
    assert "aerial" in GLOSS.translate("航拍").lower()
    assert "slow motion" in GLOSS.translate("慢动作").lower()


def test_what_is_protected_is_copied() -> None:
    assert GLOSS.translate("一只 <lora:x:0.8> 猫 “你好” 4k @小明").count("<lora:x:0.8>") == 1
    for span in ("“你好”", "4k", "@小明"):
        assert span in GLOSS.translate(f"一只猫 {span} 睡觉")


def test_coverage_counts_what_a_translation_left_out() -> None:
    prompt = "一只熊猫在咖啡馆里弹吉他"
    assert GLOSS.coverage(prompt, "A panda is playing the guitar in a cafe.") == 1
    assert GLOSS.coverage(prompt, "Pandas play guitars in a coffee shop") > 0.6
    assert GLOSS.coverage(prompt, "A dog sleeps.") < 0.4
    assert GLOSS.coverage("真的吗", "Really?") >= 0


def test_the_gloss_covers_itself() -> None:
    for prompt in ("一只猫在雪地里奔跑", "城市的夜景,霓虹灯,雨", "一座古老的城堡矗立在悬崖上"):
        assert GLOSS.coverage(prompt, GLOSS.translate(prompt)) > 0.7


@given(st.text(alphabet="一只猫在雪地里奔跑的龘,。 4kab“”<>@😀", max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_text_is_glossed(text: str) -> None:
    assert isinstance(GLOSS.translate(text), str)
    assert 0 <= GLOSS.coverage(text, text) <= 1


def test_it_takes_less_than_a_millisecond() -> None:
    prompt = "一个穿着红色裙子的女孩在公园里跳舞,镜头缓缓推进"
    GLOSS.translate(prompt)
    spent = []
    for _ in range(50):
        start = time.process_time()
        GLOSS.translate(prompt)
        spent.append(time.process_time() - start)
    assert sorted(spent)[25] < 0.001


def test_forms_of_a_word_share_a_stem() -> None:
    assert stems("running") == stems("runs") == stems("run")
    assert stems("cities") & stems("city")
    assert stems("men") == stems("a man")
    assert not stems("the of in on")
