"""Options in plain words: what is an option, what is not, and what is left of the prompt."""

from __future__ import annotations

import pytest

from core.types import Options
from translation.numerals import read_number
from translation.options import read_options

TAKEN = [
    ("一只橙色的小猫在雪地里向右奔跑，竖屏 4秒", "一只橙色的小猫在雪地里向右奔跑", Options(ratio="9:16", seconds=4.0)),
    (
        "two red cars racing left at night in the rain, 3s",
        "two red cars racing left at night in the rain",
        Options(seconds=3.0),
    ),
    ("小猫奔跑，６秒，７２０Ｐ，１６：９", "小猫奔跑", Options(ratio="16:9", seconds=6.0, resolution="720p")),
    ("小猫奔跑 两秒 480p 种子42", "小猫奔跑", Options(seconds=2.0, resolution="480p", seed=42)),
    ("小猫奔跑，随机种子：42", "小猫奔跑", Options(seed=42)),
    ("a cat, random seed 7, 720p", "a cat", Options(resolution="720p", seed=7)),
    ("a cat seed=42", "a cat", Options(seed=42)),
    ("a cat --seed 9 --ar 9:16", "a cat", Options(ratio="9:16", seed=9)),
    ("a woman, portrait", "a woman", Options(ratio="9:16")),
    ("a woman in portrait mode", "a woman", Options(ratio="9:16")),
    ("mountains, landscape orientation, fog", "mountains, fog", Options(ratio="16:9")),
    ("a vertical cliff, vertical, 6s", "a vertical cliff", Options(ratio="9:16", seconds=6.0)),
    ("a cat running vertical 6s", "a cat running", Options(ratio="9:16", seconds=6.0)),
    ("mountain landscape 6s", "mountain landscape", Options(seconds=6.0)),
    ("a market square 6s", "a market square", Options(seconds=6.0)),
    ("方形的桌子，方形", "方形的桌子", Options(ratio="1:1")),
    ("小猫 方形 6秒", "小猫", Options(ratio="1:1", seconds=6.0)),
    ("一只猫，方形画面，4秒", "一只猫", Options(ratio="1:1", seconds=4.0)),
    ("小猫奔跑六秒", "小猫奔跑", Options(seconds=6.0)),
    ("一只猫，十二秒", "一只猫", Options(seconds=12.0)),
    ("一只猫 三秒半", "一只猫", Options(seconds=3.5)),
    ("一只猫 三点五秒", "一只猫", Options(seconds=3.5)),
    ("a cat 3.5s", "a cat", Options(seconds=3.5)),
    ("a cat, 2 minutes", "a cat", Options(seconds=120.0)),
    ("一只猫，16:9 的纵横比", "一只猫", Options(ratio="16:9")),
    ("一只猫 1分钟", "一只猫", Options(seconds=60.0)),
    ("一只猫睡觉，持续 5 秒钟", "一只猫睡觉", Options(seconds=5.0)),
    ("小猫跑，时长6秒，下雪", "小猫跑，下雪", Options(seconds=6.0)),
    ("6秒 小猫奔跑", "小猫奔跑", Options(seconds=6.0)),
    ("a cat runs for 6 seconds", "a cat runs", Options(seconds=6.0)),
    ("a cat in six seconds", "a cat", Options(seconds=6.0)),
    ("a cat, 6-second", "a cat", Options(seconds=6.0)),
    ("a cat 6 sec", "a cat", Options(seconds=6.0)),
    ("a cat, six seconds", "a cat", Options(seconds=6.0)),
    ("iPhone 6s on a desk, 6s", "iPhone 6s on a desk", Options(seconds=6.0)),
    ("a 6-second vertical video of a cat", "a cat", Options(ratio="9:16", seconds=6.0)),
    ("make a 5 second clip of a dog running", "a dog running", Options(seconds=5.0)),
    ("a dog in a 6-second video", "a dog", Options(seconds=6.0)),
    ("a cat dancing vertical video", "a cat dancing", Options(ratio="9:16")),
    ("生成一个6秒的竖屏视频：小猫奔跑", "小猫奔跑", Options(ratio="9:16", seconds=6.0)),
    ("请帮我做一段4秒的视频，内容是小狗跳舞", "小狗跳舞", Options(seconds=4.0)),
    ("一段竖屏视频，一只猫", "一只猫", Options(ratio="9:16")),
    ("一只猫（竖屏，6秒）", "一只猫", Options(ratio="9:16", seconds=6.0)),
    ("a cat (vertical, 6s) in the snow", "a cat in the snow", Options(ratio="9:16", seconds=6.0)),
    ("a cat (orange), 6s", "a cat (orange)", Options(seconds=6.0)),
    ("Vertical. A cat runs. 6s.", "A cat runs.", Options(ratio="9:16", seconds=6.0)),
    ("小猫。竖屏。6秒。", "小猫。", Options(ratio="9:16", seconds=6.0)),
    ("小猫！竖屏", "小猫！", Options(ratio="9:16")),
    ("a cat, 6s and 720p", "a cat", Options(seconds=6.0, resolution="720p")),
    ("a 16:9 photo of a cat", "a photo of a cat", Options(ratio="16:9")),
    ("9:16 一只猫", "一只猫", Options(ratio="9:16")),
    ("一块写着「竖屏」的牌子，横屏", "一块写着「竖屏」的牌子", Options(ratio="16:9")),
    ("用高清档，小猫", "小猫", Options(recipe="hd")),
    ("a cat, recipe draft", "a cat", Options(recipe="draft")),
    ("一只猫，横屏，竖屏", "一只猫", Options(ratio="9:16")),
    ("a cat, 90 seconds", "a cat", Options(seconds=90.0)),
    ("a cat, seed -1", "a cat", Options(seed=-1)),
    ("小貓奔跑，豎屏，６秒鐘，種子42", "小貓奔跑", Options(ratio="9:16", seconds=6.0, seed=42)),
    ("生成一個6秒的豎屏視頻：小貓奔跑", "小貓奔跑", Options(ratio="9:16", seconds=6.0)),
    ("a cat, 24fps", "a cat", Options(fps=24.0)),
    ("a cat at 60 fps, 6s", "a cat", Options(seconds=6.0, fps=60.0)),
    ("a cat at 24 frames per second", "a cat", Options(fps=24.0)),
    ("a cat 23.976fps", "a cat", Options(fps=23.976)),
    ("--fps 16 cat", "cat", Options(fps=16.0)),
    ("frame rate: 24, cat", "cat", Options(fps=24.0)),
    ("一只猫，每秒30帧", "一只猫", Options(fps=30.0)),
    ("一只猫 60帧/秒 6秒", "一只猫", Options(seconds=6.0, fps=60.0)),
    ("帧率30，一只猫", "一只猫", Options(fps=30.0)),
    ("一只猫，６０帧", "一只猫", Options(fps=60.0)),
    ("一只猫，来三个版本", "一只猫", Options(takes=3)),
    ("请给我来3个不同的版本，一只猫 6秒", "一只猫", Options(seconds=6.0, takes=3)),
    ("3 takes of a cat", "a cat", Options(takes=3)),
    ("a cat, two versions", "a cat", Options(takes=2)),
    # Shapes in other words.
    ("一只猫，9比16", "一只猫", Options(ratio="9:16")),
    ("a dog, 9 by 16", "a dog", Options(ratio="9:16")),
    ("a dog in 16:9 widescreen", "a dog", Options(ratio="16:9")),
    ("a dog, widescreen", "a dog", Options(ratio="16:9")),
    ("一只猫，竖的，6秒", "一只猫", Options(ratio="9:16", seconds=6.0)),
    ("一只狗，适合抖音的竖屏", "一只狗", Options(ratio="9:16")),
    ("a vertical video for TikTok: a dog dancing", "a dog dancing", Options(ratio="9:16")),
    ("a girl watching a 16:9 video of cats", "a girl watching a video of cats", Options(ratio="16:9")),
    # Lengths in other words.
    ("a cat sleeping 60s", "a cat sleeping", Options(seconds=60.0)),
    ("a cat, 60s", "a cat", Options(seconds=60.0)),
    ("一只猫 90s", "一只猫", Options(seconds=90.0)),
    ("a cat for 90s", "a cat", Options(seconds=90.0)),
    ("a cat for sixty seconds", "a cat", Options(seconds=60.0)),
    ("一只猫，5到8秒", "一只猫", Options(seconds=5.0)),
    ("a cat, 5-8s", "a cat", Options(seconds=5.0)),
    ("a cat, 5 to 8 seconds", "a cat", Options(seconds=5.0)),
    ("来一段一分半的视频：一只猫", "一只猫", Options(seconds=90.0)),
    ("a cat, half a minute", "a cat", Options(seconds=30.0)),
    ("a cat, 1 hour", "a cat", Options(seconds=3600.0)),
    ("时长：8，一只猫", "一只猫", Options(seconds=8.0)),
    ("时长8s，一只猫", "一只猫", Options(seconds=8.0)),
    ("一只猫，视频长度为5秒", "一只猫", Options(seconds=5.0)),
    ("a cat, duration 8", "a cat", Options(seconds=8.0)),
    ("6s clip about a dog", "a dog", Options(seconds=6.0)),
    ("make it 8 seconds", "", Options(seconds=8.0)),
    ("一只猫，加长到8秒", "一只猫", Options(seconds=8.0)),
    ("一只猫，一秒24帧", "一只猫", Options(fps=24.0)),
    # Sizes in other words.
    ("a cat, 1280x720", "a cat", Options(ratio="16:9", resolution="720p")),
    ("一只猫，480×832", "一只猫", Options(ratio="9:16", resolution="480p")),
    ("清晰度720，一只猫", "一只猫", Options(resolution="720p")),
    # Several at once.
    ("来3条，一只猫", "一只猫", Options(takes=3)),
    ("来三条：一只猫", "一只猫", Options(takes=3)),
    ("来3条6秒的，一只猫", "一只猫", Options(seconds=6.0, takes=3)),
    ("生成3个6秒的竖屏视频：小猫", "小猫", Options(ratio="9:16", seconds=6.0, takes=3)),
    ("做三个版本的视频，一只猫", "一只猫", Options(takes=3)),
    ("一只猫，四个版本", "一只猫", Options(takes=4)),
    ("generate 3 videos of a cat", "a cat", Options(takes=3)),
    ("make 3 versions: a cat", "a cat", Options(takes=3)),
    ("a cat, batch of 4", "a cat", Options(takes=4)),
    ("用42号种子，一只猫", "一只猫", Options(seed=42)),
    (
        "一只cat在roof上跑，vertical，6秒，720p",
        "一只cat在roof上跑",
        Options(ratio="9:16", seconds=6.0, resolution="720p"),
    ),
    ("一个30秒广告，主角是猫", "一个广告，主角是猫", Options(seconds=30.0)),
    ("create a 5s loop of waves, 1:1", "create a loop of waves", Options(ratio="1:1", seconds=5.0)),
    ("Generate a short 6 second video in 16:9 of a train", "a train", Options(ratio="16:9", seconds=6.0)),
    ("a 10 sec video, portrait, of a dog", "a dog", Options(ratio="9:16", seconds=10.0)),
    ("一只猫，要求：竖屏、6秒", "一只猫", Options(ratio="9:16", seconds=6.0)),
    ("一只猫 #竖屏 #6秒", "一只猫", Options(ratio="9:16", seconds=6.0)),
    ("一隻貓，直式影片，要6秒", "一隻貓", Options(ratio="9:16", seconds=6.0)),
    ("一只猫，大概6秒", "一只猫", Options(seconds=6.0)),
    ("a cat, about 6 seconds", "a cat", Options(seconds=6.0)),
    ("a cat, at least 6s", "a cat", Options(seconds=6.0)),
    ("竖屏", "", Options(ratio="9:16")),
    ("竖屏，6秒。", "", Options(ratio="9:16", seconds=6.0)),
]

LEFT = [
    "a square table", "a portrait of a cat", "landscape with mountains", "landscape", "square", "a vertical cliff",
    "a girl watching a vertical video", "方形的桌子", "前方画面变暗", "横版过关游戏", "三秒钟的记忆",
    "一条只有7秒记忆的鱼", "等三秒，然后跳起来", "倒计时10秒", "第3秒小猫跳", "10秒后爆炸",
    "三四秒", "比分1:1", "不要竖屏", "寫著「豎屏」的牌子，倒計時10秒",
    "a hand holding an iphone 6s", "two seconds later the bomb explodes", "10 seconds remain on the clock",
    "a man holds his breath for 30 seconds, then dives", "the clock shows 9:16 am", 'a sign saying "16:9"',
    "a cat in the 90s", "anime girl, 90s", "anime girl, 1980s style", "a cat, not vertical", "high standard hotel",
    "the train leaves in ten minutes", "再给我五分钟", "这个钟每天慢三分钟", "1:1 的面部复制",
    "下午9:16的车站", "种子一颗发芽", "种子3颗", "高清摄影 小猫",
    "画面停在30帧", "第3帧小猫跳", "frame 24 of a film", "an fps game", "a cat, 10000fps", "30帧的动画",
    "两个版本的我在对话", "two takes on love", "a cat in several versions",
    "一条6米长的鲸鱼", "a 6m long snake", "三个版本的机器人", "来三条狗", "他画三条", "领带，三条", "尾巴九条",
    "two versions of the same man face each other", "帮我生成一个视频：小猫", "a batch of 4 cookies",
    "投影仪屏幕上显示16:9", "16:9 on a screen", "a TV with the number 16:9 on it",
    "a phone showing a 16:9 video on its screen", "a match, 4:3", "足球比赛，4:3", "老式4:3电视机",
    "a cake with a ratio of 2:1", "面粉和水的比例3:1", "an old TV in 4:3 on a shelf",
    "60 seconds in a countdown clock", "a countdown clock showing 60 seconds", "a clock counts down from 10 seconds",
    "timer: 10 seconds", "60s style diner", "a 60s diner", "retro diner, 60s", "neon city, 80s, cyberpunk",
    "a woman in her 30s", "an old couple, 60s", "0 to 60 in 3 seconds", "一小时后，小猫醒了", "蛇的长度5",
    "考了三分半", "5-second rule",
    "a 4k monitor on a desk", "a man buys a 4k TV", "4k monitor on a desk",
    "4K显示器摆在桌上", "一台4K电视", "一个人在看4K视频",
    "a cat costs $4k", "a runner in a 2k race", "a 1920x1080 monitor", "a grid of 100x100 tiles", "a 4x4 truck in mud",
    "a seed 3 cm wide", "竖着的石头", "a widescreen TV",
    "a cat, seed 99999999999999999999999", "a cat, 12345678s", "6 6s s", "小猫\t奔跑", "", " ", "，。",
]  # fmt: skip


@pytest.mark.parametrize(("prompt", "rest", "options"), TAKEN)
def test_options_are_taken_out(prompt: str, rest: str, options: Options) -> None:
    assert read_options(prompt) == (rest, options)


@pytest.mark.parametrize("prompt", LEFT)
def test_ordinary_words_stay(prompt: str) -> None:
    assert read_options(prompt) == (prompt, Options())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("6", 6.0), ("3.5", 3.5), ("六", 6.0), ("两", 2.0), ("十", 10.0), ("十二", 12.0), ("二十", 20.0),
        ("一百二十", 120.0), ("一百零五", 105.0), ("三点五", 3.5), ("半", 0.5), ("Six", 6.0),
        ("三四", None), ("十十", None), ("", None), ("点", None),
        ("三点十", None), ("6e9", None), ("٣", None),
    ],
)  # fmt: skip
def test_number_words(text: str, number: float | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("prompt", "rest", "options"),
    [
        ("1080p cat", "cat", Options(resolution="1080p")),
        ("一只猫 1080p", "一只猫", Options(resolution="1080p")),
        ("一只猫，4:3", "一只猫", Options(ratio="4:3")),
        ("a cat, 21:9", "a cat", Options(ratio="21:9")),
        ("a dog, ultrawide 21:9", "a dog", Options(ratio="21:9")),
        ("一只狗，4比3", "一只狗", Options(ratio="4:3")),
        ("a dog 3:4", "a dog", Options(ratio="3:4")),
        ("a dog, 3:4 portrait", "a dog", Options(ratio="3:4")),
        ("a dog, 4:3 landscape", "a dog", Options(ratio="4:3")),
        ("一只狗，3:4 竖屏，1080P", "一只狗", Options(ratio="3:4", resolution="1080p")),
        ("一只狗，竖屏 3:4", "一只狗", Options(ratio="3:4")),
        ("一只狗，4:3 竖屏", "一只狗", Options(ratio="9:16")),
        ("a dog, 9:16 landscape", "a dog", Options(ratio="16:9")),
        ("a dog in 4:3 aspect ratio", "a dog", Options(ratio="4:3")),
        ("a dog, cinematic 2.35:1", "a dog, cinematic", Options(ratio="2.35:1")),
        ("a dog --ar 2:3", "a dog", Options(ratio="2:3")),
        ("比例改成5:3，一只狗", "一只狗", Options(ratio="5:3")),
        ("a cat, 4k", "a cat", Options(resolution="4K")),
        ("a cat in 4K", "a cat", Options(resolution="4K")),
        ("a cat, masterpiece, 8k uhd", "a cat, masterpiece", Options(resolution="8K")),
        ("一只猫，8K超高清，慢动作", "一只猫，慢动作", Options(resolution="8K")),
        ("4k video of a cat", "a cat", Options(resolution="4K")),
        ("分辨率：4K，一只猫", "一只猫", Options(resolution="4K")),
        ("a cat, full HD", "a cat", Options(resolution="1080p")),
        ("a cat, 1920x1080", "a cat", Options(ratio="16:9", resolution="1080p")),
        ("a cat, 1000x500", "a cat", Options(resolution="1000x500")),
        ("a cat, 768p", "a cat", Options(resolution="768p")),
    ],
)
def test_what_few_models_have_or_none_is_read_so_that_it_can_be_refused(
    prompt: str, rest: str, options: Options
) -> None:
    assert read_options(prompt) == (rest, options)
