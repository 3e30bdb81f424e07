"""Turns a text into the same text without the harm that it asks not to be shown: "no nudity", 不要血腥.

For folded text: lower case, narrow, simplified. Only a listed word right behind a denial is taken out, and what is
said beside it stays. The rule for minors never reads this.
"""

from __future__ import annotations

import re

_HARM = (
    "nud(?:ity|es?)|naked(?:ness)?|nsfw|sex(?:ual(?:ity)?)?|porn(?:ography|ographic)?|erotic(?:a|ism)?|lewdness|"
    "blood(?:shed|y|iness)?|bleeding|gore|gory|violen(?:ce|t)|brutality|cruelty|abuse|tortur(?:e|ed)|fight(?:s|ing)?|"
    "kill(?:s|ing|ings)?|murders?|death|dead bod(?:y|ies)|corpses?|injur(?:y|ies)|wounds?|guns?|weapons?|knives|bombs?|"
    "explosions?|shooting|drugs?|smoking|cigarettes|alcohol|gambling|horror|scary|jump ?scares?|zombies?|ghosts?|hate|"
    "racis(?:m|t)|slurs|nazis?|terror(?:ism|ists?)?|suicide|self[ -]harm|politic(?:s|al)|real people|"
    "brands?|logos?|celebrit(?:y|ies)"
)
_ADDED = (
    "content|scenes?|imagery|images|pictures|elements?|materials?|themes?|language|speech|acts?|violence|situations?"
)
_DEGREE = "any|visible|explicit|graphic|excessive|sexual|real|more|further|kind of"
_ONE = f"(?:(?:{_DEGREE}) ){{0,2}}(?:{_HARM})(?: (?:{_ADDED}))?"
_ENGLISH = re.compile(
    "(?<!not )(?<!never )(?<!n't )(?<!no )(?<![a-z])"
    "(?:no|not?|non|without|free (?:of|from)|avoid(?:ing|s)?|exclud(?:e|es|ing)|"
    "(?:do not|don't|never) (?:show|include|draw))[ -]"
    rf"{_ONE}(?:(?:, | ?/ ?| & |,? (?:and|or|nor) )(?:no |without |any )?{_ONE})*(?![a-z])"
    "(?! (?:limits?|restrictions?|filters?|censor[a-z]*|blur[a-z]*|barred|barriers?|taboos?|warnings?|problem|doubt))"
)
_FREE = re.compile(rf"(?<![a-z])(?:{_HARM})[ -]free(?![a-z])")
_HAN_HARM = (
    "裸露|裸体|全裸|半裸|赤裸|色情|情色|淫秽|低俗|性暗示|性行为|露骨|血腥|暴力|流血|血迹|鲜血|血浆|血|恐怖|惊悚|惊吓|吓人|阴森|武器|"
    "枪支|枪械|刀具|死亡|尸体|杀戮|杀人|虐待|虐杀|自杀|自残|毒品|吸毒|吸烟|抽烟|赌博|仇恨|歧视|政治|伤亡|受伤|打斗|打架|爆炸|"
    "鬼怪|鬼|僵尸|丧尸|真人|品牌|商标"
)
_HAN_ADDED = "的?(?:内容|画面|镜头|场面|场景|元素|情节|成分|部位|行为)?"
_HAN_DEGREE = "任何|一丝|一点|过于|过度|太|出现|展示|展现|呈现|描绘|显示|包含|含有|涉及|拍摄?|画|有|的"
_HAN_SET = f"(?:{_HAN_DEGREE})*(?:{_HAN_HARM}){_HAN_ADDED}"
_CHINESE = re.compile(
    "(?<!不)(?<!不能)(?<!不可)(?<!不是)(?<!岂)(?<!不得)"
    "(?:不要|不含|不包含|不带|不出现|不得|不能|不可|不许|不准|不涉及|没有|毫无|无|避免|禁止|严禁|杜绝|拒绝|"
    "请勿|切勿|勿|别|排除|而非|并非|不是)"
    rf"{_HAN_SET}(?:[、,，/ ]?(?:和|或者|或|与|及|以及|、|,|，|/| )(?:不要|没有|不含|无)?{_HAN_SET})*"
    "(?!限制|审核|遮挡|打码|马赛克|码|就|不行|不可|怎么|的话|不)"
)


def without_denied(plain: str) -> str:
    """``a duel, no blood or gore, at dawn`` as ``a duel, , at dawn``."""
    return _CHINESE.sub("", _FREE.sub("", _ENGLISH.sub("", plain)))
