### 皮影说的每一句话，简体中文。句子要短：先说怎么了，再说接下来怎么办。
### 与 en.ftl 的消息和占位符一一对应。

## 用户可以解决的问题

error-prompt-empty = 想看什么？写一句话就行，比如：两只企鹅在雪地里跳舞
error-prompt-only-options = 这里只有设置。再写写要画什么，比如：一辆红色汽车在夜里飞驰，6秒
error-prompt-blocked =
    { $category ->
        [minors] 涉及未成年人的色情内容，无论真人还是绘画，我都不会做。请换个主题。
        [sexual] 裸露和色情的视频我做不了。去掉这些内容，再发一次吧。
        [gore] 血腥、残忍的画面我做不了。换个温和些的描述，再发一次吧。
        [hate] 攻击或歧视他人的视频我做不了。请换个主题。
        [terror] 宣扬或策划恐怖活动的视频我做不了。请换个主题。
        [self-harm] 这个我不会画。如果你正想伤害自己，请现在就找人聊聊：中国大陆请拨 12356，美国请拨 988，其他地区请看 findahelpline.com。
        [illegal] 毒品、武器等违法内容我帮不了。请换个主题。
        [non-consent] 未经本人同意的内容我不会做。请换个主题。
        [real-person] 这里不能做这个人的视频。换成虚构的人物，再发一次吧。
        [political] 涉及政治人物或选举的写实视频我做不了。请换个主题。
        [ip] 这里不能做这个角色或品牌的视频。换成你自己的设计，再发一次吧。
        [horror] 这个画面对这里来说太吓人了。换个温和些的描述，再发一次吧。
       *[other] 这段提示词不符合这里的规定。改一改，再发一次吧。
    }
error-declaration-needed =
    { $category ->
        [real-person] 这里提到了真实人物。请先声明你有权这样做，才会制作真人的视频。
        [ip] 这里提到了别人的角色或品牌。请先声明你有权使用，才会制作。
        [picture] 用图片制作视频前，请先声明：你有权使用这张图片，图中能被认出的人都已同意，提示词里提到的人物、角色和品牌你也有权使用。
       *[other] 请先声明你有权这样做，才会制作。
    }
declare-by-flag = 声明请加 --declare。
blocked-fragment = 问题出在：“{ $fragment }”。
blocked-cost = 没有扣积分。
error-prompt-too-long = 提示词有 { $length } 个字符，最多 { $limit } 个。精简一下，再发一次吧。
error-translation-failed =
    { $language ->
        [zh] 提示词暂时没能译成中文。请直接用中文写，或者过一分钟再发一次。
       *[other] 提示词暂时没能译成英文。请直接用英文写，或者过一分钟再发一次。
    }
error-moderation-unavailable = 提示词暂时无法审核，所以没有制作，也没有扣积分。请过一分钟再发一次。
error-message-invalid = 这条消息没能读懂。请刷新页面，再发一次。
error-too-fast = 发得太快啦，等 { $seconds } 秒再发吧。
error-account-blocked = 这个账号已被停用。如需恢复，请联系机器人的管理员。
error-account-paused = 短时间内被拒的提示词太多。视频和积分都还在；{ $until } 之后可以再发提示词。
error-appeals-many = 你已有 { $limit } 个申诉在等待复核。等其中一些有了结果再提交这一个。
error-unlabelled-off = 这里不提供不带显式标识的视频。依规定，这类视频须由用户申请并同意条款后才能提供，而管理员没有开放。
error-unlabelled-unmade = { $job } 还没有做完，做完后才能申请不带标识的版本。
error-clip-others = { $job } 是别人的视频。只有自己的视频才能续拍或拼接。
error-clip-unfinished = { $job } 还没有做完。做完的视频才能续拍或拼接。
error-film-clips = 一部影片由 { $least } 到 { $most } 段视频拼成。请按先后写上编号，比如：/join K7QM2XD M3XW8TB
error-film-long = 这些视频加起来有 { $seconds } 秒，一部影片最长 { $most } 秒。请去掉几段。
error-film-fixed = 影片由几段视频拼成，自己没有提示词、时长或种子可改。把其中一段重做之后，再用 /join 拼一次。
error-case-unknown = 没有待处理的 { $case }。发送 /moderate 查看等待处理的申诉和举报。
error-case-own = { $case } 与你本人有关，不能由你处理。请由其他审核人员或机器人的管理员处理。
error-appeal-unknown = 没有找到你的这次拒绝：{ $appeal }。被拒后一天内可以申诉；请把提示词再发一次，然后申诉。
error-job-unknown = 没有找到视频 { $job }。发送 /my 可以查看你的视频编号。
error-job-finished = { $job } 已经结束，不用取消了。想再做一次，请发送 /again { $job }。
error-job-delivering = { $job } 正在发送，来不及取消了，稍等片刻就到。
error-not-yours = { $job } 不是这个聊天里的视频。发送 /my 可以查看这里的视频。
error-link-invalid = 关联码不对、已经过期，或者是你自己的。请在另一个平台发送 /link 获取新的关联码，十分钟内在这里使用。
error-link-busy = 这个账号还有视频在制作中。等它们完成或取消之后，再来关联吧。
error-timezone-unknown = 没有“{ $value }”这个时区。请使用 Asia/Shanghai、Europe/London 这样的名称。
error-chat-paused = 这个聊天的管理员暂停了视频制作。可以换个聊天发，或者问问管理员。
error-clip-for-adults = { $job } 是在成人频道里生成的，只能在成人频道里显示。
error-clip-private = { $job } 原本只有你看得到。要继续保密，请把选项“私密”设为 True；要让这里的人都看到，请设为 False。
error-chat-not-allowed = 这个服务器的管理员指定了制作视频的频道。请到那些频道或私聊里发，也可以问问管理员。
error-unlabelled-not-here = 这个聊天的管理员要求每段视频都带显式标识。
error-setting-unknown = 没有“{ $setting }”这项设置，可以设置：{ $known }
error-setting-choice = 不能选“{ $value }”，可以选：{ $known }
error-setting-number = 不能填“{ $value }”，请填 { NUMBER($minimum, useGrouping: 0) } 到 { NUMBER($maximum, useGrouping: 0) } 之间的数。
error-payment-unknown = 没有找到这笔付款：{ $payment }
error-refund-open = 有一笔退款正在处理。退完之后，再发一次 /forget_me。

## 积分和限额

error-credits-short = 这段视频需要 { $price } 积分，你还有 { $balance } 积分。可以缩短时长、降低清晰度，或者联系机器人的管理员。
error-limit-clips = 今天的 { $limit } 段视频已经用完，{ $resets_at } 之后可以继续。
error-limit-seconds = 加上这段就超过今天 { $limit } 秒的总时长了。缩短一些，或者 { $resets_at } 之后再来。
error-limit-waiting = 同时最多制作 { $limit } 段视频。等一段完成，或者取消一段再发吧。
error-limit-chat-clips = 这个聊天今天的 { $limit } 段视频已经用完，{ $resets_at } 之后可以继续。
error-limit-chat-seconds = 加上这段就超过这个聊天每天 { $limit } 秒的总时长了。缩短一些，或者 { $resets_at } 之后再来。
error-limit-member-clips = 这个聊天每人每天 { $limit } 段视频，你的已经用完，{ $resets_at } 之后可以继续。

## 当前档位做不到的事

error-translator-unknown = 没有“{ $translator }”这个翻译器，可以选：{ $known }
error-language-unsupported =
    { $language ->
        [zh] 这个模型只懂英文。请用英文写提示词，或者换一个档位。
        [en] 这个模型不懂英文。请用中文写提示词，或者换一个档位。
       *[other] 我能看懂中文和英文，请用其中一种来写。
    }
error-nothing-to-draw =
    { $count ->
        [0] 这里没有我能画的东西。写上动物、车辆、食物或者地点试试，比如：一只猫在海边
       *[other] 这些我画不出来：{ $words }。换成动物、车辆、食物或者人物试试，比如：一只猫在海边
    }
error-option-seconds = { $value } 秒做不了，请选 { $minimum } 到 { $maximum } 秒。
error-option-length = { $value } 秒做不了，可以选这些时长（秒）：{ $known }
error-option-resolution = 这里没有 { $value }，可以选：{ $known }
error-option-ratio = 这里没有 { $value }，可以选：{ $known }
error-option-recipe = 没有“{ $value }”这个档位，可以选：{ $known }
error-recipe-not-here = 这个聊天不能用“{ $value }”这个档位，可以选：{ $known }
error-option-seed = 种子要用 0 到 { NUMBER($maximum, useGrouping: 0) } 之间的整数，请换一个。
error-option-negative = “{ $recipe }”这个档位不支持“不要什么”。去掉这一项，或者换成开源模型的标准档位。
error-option-guidance = “{ $recipe }”这个档位不能这样设置引导强度。开源模型的标准档位可以填大于 1、不超过 { $maximum } 的数，也可以不填。
error-image-needed =
    { $count ->
        [1] 这个档位要从一张图片开始。请把图片和提示词一起发来，或者换一个不需要图片的档位。
       *[other] 这个档位需要首尾两张图片。请把两张都发来，或者换一个档位。
    }
error-image-unsupported = 这个档位不能用图片开头。去掉图片，或者换一个支持图片的档位。
error-continue-unsupported = 这里没有能用图片开头的档位，所以没法续拍。机器人的管理者可以启用一个（PIYING_MODELS，或者某个视频服务的密钥）。
error-film-unsupported = 这里没法拼接视频。
error-last-image-unsupported = 这个档位不能指定结尾图片。去掉结尾那张，或者换一个支持首尾图片的档位。
error-image-invalid = 这张图片读不出来。请发 PNG、JPEG 或 WebP，不超过 20 MB、4000 万像素。

## 我们这边的故障（不带占位符：失败时只记下代码）

error-engine-busy = 引擎正忙，过几分钟再试试吧。
error-engine-unavailable = 引擎暂时用不了。请稍后再试，或者告诉机器人的管理员。
error-budget-spent = 这一段的费用超出了今天还能花在视频服务上的预算。缩短时长、降低清晰度或换一个档位试试，也可以明天再来。
error-engine-refused = 引擎不接受这段提示词。改一改，再发一次吧。
error-prompt-refused = 视频服务按它自己的规则不接受这段提示词，那些规则比我们的更严。换个说法，或者换一个档位吧。
error-clip-refused = 视频服务做好了这段，却按它自己的规则扣下了。这多少有些随机：再发一次，或者改改提示词。
error-engine-fault = 我们这边出了点问题。请再发一次；如果还不行，请告诉机器人的管理员。
error-engine-died = 引擎中途停了。请再发一次。
error-answer-lost = 视频服务没有回复是否收下了这一段，为了不重复付费，我们先停下了。请再发一次。
error-clip-lost = 视频服务已经找不到这段视频了。请再发一次。
error-clip-unfetched = 视频已经做好，但从视频服务那里取不回文件。请过一会儿再试；如果还不行，请告诉机器人的管理员。
error-source-lost = 这部影片要用的视频有一段已被删除。请用剩下的重新拼接。
error-worker-lost = 我们试了三次，每次机器都中途停了。缩短一些，或者换个说法试试。
error-clip-invalid = 做好的文件没有通过检查。请再发一次。
error-storage-full = 这里的磁盘满了。请稍后再试，或者告诉机器人的管理员。
error-timed-out = 用时太久，已经停下。缩短时长或降低清晰度再试试吧。
error-out-of-memory = 这段视频超出了这里显卡的能力。缩短时长或降低清晰度再试试吧。
error-delivery-delayed = 聊天平台限制了发送，视频没能送到。请过一会儿再发一次。
error-recipient-gone = 消息送不到那个聊天了。请先在那里给我发条消息，再重新生成视频。
error-too-large = 视频太大，这个聊天发不出去。缩短时长，或者改用 480p 试试。
error-conflict = 刚才有别的操作同时改动了它。发送 /my 看看，需要的话再试一次。

## 关于一段视频的说明

note-undrawn = 这些没有现成的图：{ $words }。其余的都画上了。
note-scenery-only = 这些没有现成的图：{ $words }。这段视频只有风景。
note-left-out = 一段视频最多画 { $most } 种东西，这次没画：{ $words }。
note-count-cut = { $word }太多了：同一种最多画 { $drawn } 个，你写了 { $asked } 个。
note-prompt-cut = 提示词比较长，模型大约只读前 { $tokens } 个字或词。
note-negative-ignored = “{ $recipe }”这个档位没法指定“不要什么”，画面里仍可能出现：{ $words }
note-cost-stands = 视频服务可能已经开始制作，那样它仍会向机器人的运营者收费；你的积分不受影响。
note-rerouted = “{ $from }”所用的视频服务暂时用不了，这一段改由“{ $to }”制作，不会多收积分。
note-snapped = 你要的 { $asked } 这个档位没有，会做成 { $made }。
note-seed-ignored = “{ $recipe }”这个档位不支持种子：同一段提示词每次结果都会不同。
note-fps-fixed = 这个模型固定每秒 { $fps } 帧，不能改成 { $asked } 帧。
note-not-followed = 内置引擎做不到：{ $words }
note-resolution-ignored = 这里没有 { $asked }，可以选：{ $known }
note-one-clip = 一条消息只做一段视频，想多要几段就再发几次。
note-continues = 接着 { $job } 往下拍。
note-continued-by = 前一段所用的档位不能用图片开头，这一段改由“{ $recipe }”制作。
note-joined = 由 { $clips } 拼成。
note-recipe-left-out = 你常用的档位“{ $asked }”这次用不了，换了别的档位。
note-ratio-left-out = 这个档位做不了你常用的画面比例 { $asked }。
note-seconds-left-out = 这个档位做不了你常用的时长 { $asked } 秒。
note-declared =
    { $category ->
        [real-person] 你已声明有权制作此人的视频，声明已存档。
        [ip] 你已声明有权使用该角色或品牌，声明已存档。
        [picture] 你已声明有权使用这张图片，且图中的人都已同意，声明已存档。
       *[other] 你已声明有权这样做，声明已存档。
    }
note-covered = 画面可能令人不适，聊天平台支持时会加遮挡。
note-replaced = 提示词改过了，由 { $job } 代替。
note-rewrite-failed = 没能及时扩写，提示词按原样使用。
note-language-unread =
    { $language ->
        [zh] 这个模型不懂中文，可能不会照这些字来做。
        [en] 这个模型不懂英文，可能不会照这些字来做。
       *[other] 这个模型不懂这种语言，可能不会照这些字来做。
    }

note-unlabelled = 应你的申请并经你同意，这个视频不带显式标识：公开或传播时，请自行添加标识。
unlabelled-word = 同意
unlabelled-terms =
    可以把 { $code } 再做一遍，不加显式标识，价格 { $price } 积分。元数据和签名会保留。按规定，需要你先同意：
    1. 标识义务由你承担：公开或传播时，主动声明并以显著方式标明内容由 AI 生成。
    2. 保留文件中的元数据、水印和签名，不删除、不篡改、不伪造。
    3. 不用来欺骗他人，也不用于法律和这里的规则所禁止的用途。
    4. 你的账号、视频编号和同意时间会留存至少六个月。
    同意的话，请发送：/unlabelled { $code } { $word }
command-unlabelled = 开始制作不带标识的版本，编号是 { $code }。{ $place }

## 引擎读到的文字

wording-translated = 引擎读到的是译文（{ $translator }）：
wording-english = 引擎直接读你的原文，英文译文（{ $translator }）：
wording-original = 引擎直接读你的原文，英文译文（{ $translator }）：
wording-user = 引擎读到的是你选定的文字：
wording-director = 引擎读到的是扩写后的文字（{ $translator }）：
wording-in-english = 英文：{ $text }
wording-doubtful = 这段译文可能有误：{ $why }。请核对一下。
wording-fallback = 没有译文（{ $translator }）：{ $why }。
wording-not-used = 没有采用“{ $text }”（{ $translator }）：{ $why }。
wording-use-original = 用原文
wording-edit = 修改
wording-translate-again = 重新翻译：{ $translator }
wording-rewrite = 扩写
wording-rewrite-again = 重新扩写
translator-none = 无
translator-original = 无
translator-user = 你
translator-director = 大语言模型
translator-phrase = 内置翻译
translator-gloss = 内置词典
translator-nmt = 本机翻译模型
translator-llm = 大语言模型
translator-deepl = DeepL
translator-baidu = 百度翻译
translator-tencent = 腾讯翻译
translation-timed-out = 没有及时回应
translation-unavailable = 连接不上
translation-busy = 对方繁忙
translation-denied = 密钥被拒绝
translation-spent = 额度用完了
translation-rejected = 对方不接受这段文字
translation-unreadable = 回答无法识别
translation-crashed = 出错了
translation-resting = 连续失败多次，暂停使用
translation-copy-lost = 丢了应当原样保留的文字
translation-empty = 译文是空的
translation-untranslated = 有一部分没有翻译
translation-instruction = 没有翻译，而是在回答
translation-too-short = 译文太短
translation-too-long = 译文太长
translation-repeated = 译文重复
translation-span-lost = 丢了引文、人名或标签
translation-span-added = 多出了你没写的链接或标签
translation-number-lost = 丢了数字
translation-noun-lost = 漏译了太多你提到的东西

## 积分

credits = { $credits } 积分
credits-left = 剩余 { $credits } 积分

## 排队、进度和状态

place-next = 下一个就轮到你。
place-behind = 前面还有 { $ahead } 段视频。
place-with-wait = { $place }预计等待{ $wait }。
about-seconds = 约 { $seconds } 秒
about-minutes = 约 { $minutes } 分钟
stage-queued = 排队中
stage-ordered = 在视频服务那边排队
stage-understanding = 正在读提示词
stage-loading = 正在载入模型
stage-drawing = 正在绘制
stage-joining = 正在拼接
stage-generating = 正在生成
stage-decoding = 正在还原画面
stage-fetching = 正在取回视频
stage-encoding = 正在编码
stage-checking = 正在检查
stage-delivering = 正在发送
progress = { $stage } · { $percent }%
progress-with-time = { $stage } · { $percent }% · 还剩{ $left }
state-queued = 排队中。
state-running = 正在制作。
state-succeeded = 已完成。
state-failed = 抱歉，这段视频没能做成。{ $why }积分已经退回。
state-cancelled = 已取消，积分已经退回。
state-queued-short = 排队中
state-running-short = 制作中
state-succeeded-short = 已完成
state-failed-short = 未成功
state-cancelled-short = 已取消

## 标签和参数卡

ratio-portrait = 竖屏
ratio-square = 方形
ratio-landscape = 横屏
ratio-landscape-classic = 横屏 4:3
ratio-portrait-classic = 竖屏 3:4
seconds = { $seconds } 秒
seed = 种子 { $seed }
frames-per-second = 每秒 { $fps } 帧
without = 不要：{ $words }
engine-scene = 内置卡通场景引擎，不是写实模型
engine-film = 由这里做的视频拼成的影片
engine-model = AI 视频模型 { $model }
recipe-draft = 草稿
recipe-standard = 标准
recipe-hd = 高清
card-code = 编号
card-prompt = 提示词
card-revised-prompt = 引擎读到的提示词
card-seed = 种子
card-model = 引擎
card-recipe = 档位
card-size = 尺寸
card-length = 时长
card-price = 价格
card-took = 用时

## 对镜头、速度和风格的要求

wish-camera-push-in = 推镜头
wish-camera-pull-back = 拉镜头
wish-camera-zoom-in = 变焦推近
wish-camera-zoom-out = 变焦拉远
wish-camera-pan-left = 向左摇
wish-camera-pan-right = 向右摇
wish-camera-pan = 摇镜头
wish-camera-tilt-up = 向上摇
wish-camera-tilt-down = 向下摇
wish-camera-orbit = 环绕
wish-camera-aerial = 航拍
wish-camera-tracking = 跟拍
wish-camera-handheld = 手持拍摄
wish-camera-crane = 升降镜头
wish-camera-still = 固定镜头
wish-camera-close-up = 特写
wish-camera-medium = 中景
wish-camera-full-body = 全身
wish-camera-wide = 远景
wish-camera-low-angle = 仰拍
wish-camera-high-angle = 俯拍
wish-camera-over-shoulder = 过肩镜头
wish-camera-dutch-angle = 倾斜构图
wish-camera-dolly-zoom = 滑动变焦
wish-camera-whip-pan = 甩镜头
wish-camera-shallow-focus = 浅景深
wish-camera-rack-focus = 移焦
wish-camera-first-person = 第一人称
wish-camera-one-take = 一镜到底
wish-speed-slow-motion = 慢动作
wish-speed-time-lapse = 延时摄影
wish-speed-fast-motion = 快放
wish-speed-backwards = 倒放
wish-speed-bullet-time = 子弹时间
wish-speed-freeze = 画面定格
wish-speed-loop = 循环
wish-style-ink-wash = 水墨
wish-style-watercolour = 水彩
wish-style-oil-painting = 油画
wish-style-sketch = 素描
wish-style-pixel-art = 像素
wish-style-anime = 动漫
wish-style-ghibli = 吉卜力
wish-style-pixar = 皮克斯
wish-style-cartoon = 卡通
wish-style-comic = 漫画
wish-style-clay = 黏土
wish-style-stop-motion = 定格动画
wish-style-paper-cut = 剪纸
wish-style-shadow-puppet = 皮影
wish-style-three-d = 三维
wish-style-low-poly = 低多边形
wish-style-cyberpunk = 赛博朋克
wish-style-steampunk = 蒸汽朋克
wish-style-vaporwave = 蒸汽波
wish-style-film = 胶片
wish-style-black-and-white = 黑白
wish-style-cinematic = 电影感
wish-style-chinese = 国风
wish-style-ukiyo-e = 浮世绘
wish-style-impressionist = 印象派
wish-style-pop-art = 波普艺术
wish-style-surreal = 超现实
wish-style-minimal = 极简
wish-style-illustration = 插画
wish-style-flat = 扁平插画
wish-style-storybook = 绘本
wish-style-crayon = 蜡笔画
wish-style-felt = 毛毡
wish-style-lego = 积木
wish-style-vintage = 复古
wish-style-vhs = 录像带
wish-style-sci-fi = 科幻
wish-style-fantasy = 奇幻
wish-style-gothic = 哥特
wish-style-realistic = 写实
wish-style-documentary = 纪录片

## 命令

command-hello = 你好！
command-help =
    想看什么，写一句话发给我，我来做成小视频。
    还可以加上：竖屏、方形、6秒、720p、种子42。
command-name-help = 帮助
command-name-my = 我的
command-name-show = 查看
command-name-again = 再来
command-name-cancel = 取消
command-name-original = 用原文
command-name-edit = 修改
command-name-translate = 重译
command-name-rewrite = 扩写
command-name-credits = 积分
command-name-link = 关联
command-name-appeal = 申诉
command-name-appeals = 申诉结果
command-name-report = 举报
command-name-unlabelled = 无标识
command-about-unlabelled = 同意条款后，获取不带显式标识的视频
command-name-privacy = 隐私
command-name-export = 我的资料
command-name-forget_me = 忘记我
command-about-appeal = 请人工复核一次拒绝
command-about-appeals = 查看申诉的结果
command-about-report = 举报有问题的视频
command-about-privacy = 保存哪些数据，保存多久
command-about-export = 导出我的全部数据
command-about-forget_me = 永久删除我的数据
command-about-help = 看看我会做什么
command-about-my = 最近的视频
command-about-show = 视频详情
command-about-again = 再做一次
command-about-cancel = 停止制作，退回积分
command-about-original = 不翻译，直接用原文
command-about-edit = 换成自己写的文字
command-about-translate = 换一种翻译
command-about-rewrite = 把提示词扩写得更具体
command-about-credits = 剩余积分
command-about-link = 与另一个平台共用积分
command-either = { $one } 或 { $other }
command-with-code = { $command } 编号
command-with-words = { $command } 编号 文字
command-with-codes = { $command } 编号 编号 … 淡化
command-line = { $command }：{ $about }
command-unknown = 没有 { $command } 这个命令。发送 /help 看看我会做什么。
command-needs-code = 请加上视频编号，比如：{ $command } K7QM2XD。发送 /my 可以查看编号。
command-needs-words = 请加上要用的文字，比如：/edit { $code } 一只白猫
command-needs-codes = 请按先后写上视频编号，比如：{ $command } K7QM2XD M3XW8TB。末尾加“淡化”，画面就会逐渐过渡。发送 /my 可以查看编号。
continue-needs-prompt = 请写上接下来发生什么，比如：/continue { $code } 小猫跳上屋顶
continue-taken = 接着 { $before } 往下拍，新编号是 { $code }。{ $place }
join-taken = 正在把 { $count } 段视频拼成一部影片，编号是 { $code }。{ $place }
command-name-continue = 续拍
command-name-join = 拼接
command-about-continue = 从视频的结尾接着往下拍
command-about-join = 把几段视频拼成一部影片
command-words-fixed = { $code } 的文字不能这样改。发送 /show { $code } 可以查看。
command-reworded = 换了文字，新编号是 { $code }。{ $place }
command-my = 最近的视频：
command-my-none = 还没有视频。想看什么，直接写给我吧。
command-credits-held = { $balance }，另有 { $held } 积分留给制作中的视频。
command-link-offer =
    十分钟内在另一个平台发送下面这条，两边就能共用积分：
    /link { $code }
command-link-done = 关联好了，两个平台现在共用一个账号：{ $balance }。
command-cancelled = { $code } 已取消，积分已经退回。
again-identical = 画面与 { $code } 完全一致。
again-different = 画面与 { $code } 不同。和当时不一样的有：
again-different-unknown = 画面与 { $code } 不同，但有记录的条件都和当时一样。
command-appeals = 你的申诉：
command-appeals-none = 你还没有申诉。提示词被拒后一天内可以申诉。
command-with-refusal = { $command } 编号
command-needs-refusal = 请加上那次拒绝的编号，例如：{ $command } K7QM2XD
appeal-open = { $appeal }：等待人工复核。在此之前会保留你的提示词；发送 /申诉结果 查看进展。
appeal-upheld = { $appeal }：经人工复核，维持原来的决定。你的提示词已不再保留。
appeal-overturned = { $appeal }：申诉成功。请再发一次提示词，就会开始制作。
command-again = 再做一次，新编号是 { $code }。{ $place }

## 聊天页面

page-title = 皮影 · 一句话，一段视频
page-language = 语言
page-credits = 积分
page-help = 帮助
page-talk = 对话
page-older = 查看更早的视频
page-newest = 回到最新
page-prompt = 提示词
page-placeholder = 想看什么？
page-keys = 按 Enter 发送，Shift + Enter 换行。
page-hint = 还可以加上：竖屏、方形、6秒、720p、种子42。
page-send = 发送
page-recipe = 档位
page-quote = 将会生成的视频和价格
page-hello = 今天演哪一出？
page-hello-more = 用中文或英文写一句话，它就会变成一小段视频。
page-try = 试试这些
page-example-1 = 一只橙色的小猫在雪地里向右奔跑，竖屏 4秒
page-example-2 = 两只企鹅在海边跳舞，4秒
page-example-3 = 下雨的夜晚，两辆红色汽车在城市里飞驰，3秒
page-example-4 = 一枚火箭在太空飞行，方形
page-offline = 连接断开了，正在重新连接…
page-sending = 正在发送…
page-sending-later = 连上后会自动发送。
page-too-long = 内容太长，发不出去。请精简一下。
page-you = 你
page-show-all = 展开
page-show-less = 收起
page-cancel = 取消
page-again = 再来一次
page-again-why = 提示词和种子都不变：同一段视频
page-take = 换一版
page-take-why = 提示词不变，换个种子：另一种布局
page-copy = 复制提示词
page-copied = 已复制
page-verify = 选择视频
page-verify-wait = 正在查看文件…
page-verify-lost = 文件没有传到，请再试一次。
page-declare = 我声明有权这样做，继续制作
page-edit = 修改
page-appeal = 申诉
page-appeal-why = 请人工复核这次拒绝
page-softer = 可以改成这样：
page-softer-use = 用这个
page-download = 下载
page-details = 详情
page-progress = 进度
page-preview = 粗略预览
page-clip = 视频
page-clip-gone = 这段视频已经清理。点“再来一次”可以重新生成。
page-ready = 视频做好了。
page-words = 引擎读到的文字
page-words-change = 更改
page-words-auto = 改回自动
page-words-own = 给引擎的文字
page-words-use = 就用这段文字
page-words-leave = 不改了
page-words-replaces = 替换这段还没做完的视频，它的积分会退回
page-words-costs = 另做一段视频，会再扣积分
page-words-dropped = 提示词改动后，之前选定的文字暂不使用。
page-words-keep = 仍然用它

## 页面入口

login-title = 这个页面已上锁。
login-token = 访问令牌
login-hint = 令牌请向启动皮影的人索取。
login-enter = 进入
login-wrong = 令牌不对，请检查后再试。
login-full = 这一小时来的新访客太多了，请过 { $minutes } 分钟再试。

## 视频接口

api-key-missing = 需要密钥：请带上请求头 Authorization: Bearer sk-piying-…。密钥由服务器的管理员用这条命令生成：piying keys create NAME
api-key-wrong = 密钥不对，或者已被撤销。请让服务器的管理员用这条命令生成新的：piying keys create NAME
api-path-unknown = 这里什么也没有。视频在 /v1/videos，模型在 /v1/models。
api-method-unknown = 这里不能这样操作，可以用：{ $known }
api-body-too-large = 请求太大了，最多 { $limit } MB。请换小一点的图片。
api-body-unreadable = 请求内容没能读懂。请发送 JSON 对象，或者 multipart/form-data 表单。
api-body-slow = 请求在 { $seconds } 秒内没有传完。请重新发送。
api-type-unknown = 请发送 JSON 对象（application/json）或者表单（multipart/form-data）。
api-field-missing = 缺少“{ $field }”。补上之后再发一次吧。
api-field-unknown = 这里不认识“{ $field }”，请去掉它。
api-field-invalid = “{ $field }”不能是这个值。查一下可以填什么，再发一次吧。
api-size-unknown = “{ $model }”不能做 { $value } 的视频，可以选这些尺寸：{ $known }
api-variant-unknown = 视频没有“{ $value }”这一项，可以选：{ $known }
api-picture-elsewhere = “{ $field }”不会从别处下载。请直接上传图片文件，或者用 data:image/ 开头、内容为 base64 的网址。
api-picture-unreadable = “{ $field }”的 base64 内容有误，请重新编码。
api-idempotency-key-invalid = 请求头 Idempotency-Key 不能为空，最多 { $limit } 个字符。
api-idempotency-key-used = 这个 Idempotency-Key 对应的视频已经删除。请换一个新的再发。
api-video-unknown = 没有视频 { $video }。它可能已被删除，或者属于另一个密钥。
api-video-not-ready = { $video } 还没做好。等它的状态变成 completed 再来下载吧。
api-video-failed = { $video } 没有做成，所以没有内容可以下载。原因写在它的 error 里。
api-video-finishing = { $video } 马上就要完成了，请稍后再试。
api-conflict = 同一时刻有别的改动。请再试一次。

## 视频从哪里来（piying verify）

origin-intact = 原件：自 { $signer } 签名以来，这个文件没有被改动过。
origin-unknown-signer = 签名之后没有改动过，但我不认识签名者。对方自称：{ $signer }
origin-altered = 被改过：文件里的签名和内容对不上，它在签名之后被改动过。
origin-re-encoded = 重新编码过：签名已经没有了，但还留着其他来源标记。应该是聊天软件或剪辑软件重新生成了这个文件。
origin-unmarked = 没有找到任何来源标记。但这并不说明它不是 AI 生成的。
origin-unreadable = 读不出这个视频。我能读完整的 MP4、MOV、WebM 和 MKV 文件，最大 1 GB。
origin-code = 视频编号：{ $code }
origin-trained = 签名中写明：由 AI 模型生成，使用 { $generator }。
origin-drawn = 签名中写明：由程序绘制，没有用到训练出来的模型，使用 { $generator }。
origin-made = 签名由 { $generator } 生成。
origin-problems = 对不上的地方：{ $problems }
origin-aigc = 元数据写明内容由 AI 生成，生成者是：{ $producer }
origin-recipe = 元数据里写着制作方法，所用模型：{ $model }。
origin-watermark = 画面里有我们的隐形水印，编号是 { $code }。
origin-no-watermark = 画面里没有找到我们的隐形水印。

## 举报与个人数据

list-of-two = { $first }、{ $second }
command-with-reason = { $command } 编号 问题
command-needs-reason = 请写明哪里有问题，比如：/report { $code } 肖像 这是我的脸。开头可以用这些词：{ $reasons }
command-reported = 谢谢。{ $code } 会在 48 小时内处理。理由：{ $reason }
command-removed = { $code } 因举报被移除。理由：{ $reason }
note-taken-down = 这段视频因举报被移除。
notice-taken-down = 你的视频 { $job } 因被举报已被移除。理由：{ $reason }
notice-report-upheld = 你举报的视频 { $job } 已被移除。
notice-report-rejected = 你举报的视频 { $job }：经人工复核，予以保留。
notice-appeal-upheld = 你的申诉 { $appeal }：经人工复核，维持原来的决定。你的提示词已不再保留。
notice-appeal-overturned = 你的申诉 { $appeal }：申诉成功。请再发一次提示词，就会开始制作。
notice-why = 处理说明：{ $why }
report-reason-minors = 未成年人
report-reason-non-consent = 未经同意
report-reason-likeness = 肖像
report-reason-copyright = 版权
report-reason-sexual = 色情
report-reason-hate = 仇恨
report-reason-illegal = 违法
report-reason-other = 其他
privacy = 以下数据会保存，期限如下：
privacy-clips = 视频：做完后 { $days } 天。
privacy-prompts = 提示词和译文：{ $days } 天。视频文件本身在保留期间会写明制作方法。
privacy-translations = 为重复使用而留的译文：{ $days } 天。
privacy-reports = 举报：处理后 { $days } 天。
privacy-agreements = 你就人物、图片和品牌作出的声明，以及你同意的条款：{ $days } 天。
privacy-ledger = 积分的逐笔记录：{ $days } 天，之后只留总数。
privacy-waiting = 等你点按钮的内容，例如在别处输入给我的话：一小时。
privacy-engines = 这些服务会读到提示词，用来制作视频：{ $names }
privacy-here = 没有别人会看到你的提示词：翻译和审核都在本机完成。
privacy-translators = 为了翻译或扩写，提示词会发给：{ $names }
privacy-moderators = 为了审核，提示词会发给：{ $names }
privacy-rights = /export 导出你的全部数据，/forget_me 删除这些数据，/report 举报不该出现的视频。
moderator-openai = OpenAI
moderator-aliyun = 阿里云
moderator-tencent = 腾讯云
moderator-azure = 微软 Azure
moderator-guard = 审核模型
command-exported = 这是你的全部数据：{ $clips } 段视频、{ $entries } 笔积分记录，以及账号的其他内容。聊天平台能发文件时附有 JSON 文件，否则请向运营者索取。
forget-word = 删除
command-forget-sure = 你的视频、提示词和与其他平台的关联会被永久删除，制作中的视频会取消，剩余的 { $balance } 积分作废。账目依规定保留，但不带你的身份。确定的话，请发送：/forget_me { $word }
command-forgotten = { $clips ->
    [0] 没有视频要删，账号已经删除。
   *[other] 已删除 { $clips } 段视频和你的账号。
 }再来时就是新用户了。

## 频道：发布

command-name-channel = 频道
command-name-publish = 发布
command-name-drafts = 稿件
command-name-draft = 草稿
command-name-submit = 投稿
command-name-approve = 通过
command-name-decline = 退稿
command-name-schedule = 定时
command-name-withdraw = 撤稿
command-about-channel = 你的频道：连接、设定、邀请编辑
command-about-publish = 把你的视频准备好，发到频道
command-about-drafts = 你的稿件，以及等你审的稿件
command-about-draft = 查看草稿，或修改文案
command-about-submit = 交稿，可以附上发布时间
command-about-approve = 通过稿件，马上或定时发布
command-about-decline = 退回稿件，并说明原因
command-about-schedule = 改到别的时间发布
command-about-withdraw = 不发了，或撤下已发布的内容
channel-usage =
    /channel offer 名称：让别人（或你自己）把这个聊天当作频道
    /channel connect 代码：把发出代码的聊天设为你的频道
    /channel profile 频道：查看和修改频道设定
    /channel editors 频道：谁来审稿，并邀请编辑
    /channel members 频道：谁可以投稿，并邀请成员
    /channel join 代码：接受邀请
    /channel disconnect 频道：断开这个频道
publish-usage = 请加上视频编号；频道不止一个时，再加上频道代码：/publish K7QM2XD 频道。发送 /my 可以查看编号。
draft-usage =
    请加上稿件代码和要改的内容：
    /draft 代码 zh 文字：中文文案（en：英文文案；后面什么都不写就是去掉）
    /draft 代码 tags 猫咪，下雨
    /draft 代码 credit 你的署名
    /draft 代码 spoiler on：打上遮盖（off：不遮盖）
    /draft 代码 silent on：静默发布（off：正常提醒）
    /draft 代码 topic 话题号：发到频道的某个话题里
submit-usage = 请加上稿件代码，也可以附上时间：/submit 代码 明晚八点
approve-usage = 请加上稿件代码；不想马上发布就附上时间：/approve 代码 明晚八点
decline-usage = 请加上稿件代码和原因：/decline 代码 请裁掉商标
schedule-usage = 请加上稿件代码和时间：/schedule 代码 明晚八点
withdraw-usage = 请加上稿件代码：/withdraw 代码
channel-none = 你还没有加入任何频道。
channel-list = 你的频道：
channel-line = { $code } · { $title } · { $role }
channel-role-owner = 频道主
channel-role-editor = 编辑
channel-role-member = 成员
channel-offered = 一小时内发送这条命令的人，就是这个聊天的频道主：/channel connect { $code }
channel-connected = { $title } 现在是你的频道，代码 { $code }。发布的内容会出现在那个聊天里。
channel-people = { $title } 的人员：
channel-invite-editor = 想请谁当编辑，就让对方在一小时内发送：/channel join { $code }。只能用一次。
channel-invite-member = 想让大家投稿，就让他们在一小时内发送：/channel join { $code }
channel-remove-how = 取消某人的身份：/channel remove { $code } 序号
channel-joined = 你已加入 { $title }，身份是{ $role }。发送 /publish 就可以投稿。
channel-disconnected = { $title } 已断开。还没发的不会再发，已经发布的留在原处。
profile-usage = 修改设定：/channel profile 频道 名称 值。不写值就恢复原样。
profile-head = { $title }（{ $code }）
profile-line = { $name } · { $about }：{ $value }
profile-any = 不限
profile-recipes = 可以发布哪些档位的视频
profile-ratio = 视频画幅
profile-languages = 文案语言
profile-words = 文案里不能出现的词
profile-quiet = 免打扰时段，期间不发布
profile-timezone = 时区
profile-missed = 我不在线时错过了时间的内容
profile-missed-post = post：补发
profile-missed-ask = ask：先问你
publish-which = 你有好几个频道，请写明发到哪个：/publish { $code } 频道
drafts-mine = 你的稿件：
drafts-waiting = 你的频道里等着处理的：
drafts-none = 现在没有稿件。用 /publish 编号 可以把你的视频准备好发到频道。
drafts-how = 用 /draft 代码 查看。
draft-how =
    修改：/draft { $code } zh 文字（或 en、tags、credit、spoiler、silent、topic）
    交稿：/submit { $code }，可以附上时间
    你能审稿的话：/approve { $code }，马上或定时发布
review-how = /approve { $code }（可以附上时间）、/decline { $code } 原因、/withdraw { $code }，或用 /draft { $code } zh 文字 修改。
draft-spoiler = 打上遮盖
draft-silent = 静默发布
draft-topic = 话题 { $topic }
publication-state-draft = 草稿
publication-state-submitted = 已交稿
publication-state-changed = 已交稿，编辑改过
publication-state-approved = 已通过
publication-state-declined = 已退稿
publication-state-scheduled = 已定时
publication-state-posting = 正在发布
publication-state-posted = 已发布
publication-state-failed = 发布失败
publication-state-missed = 错过了时间
publication-state-withdrawn = 已撤下
submitted = { $code } 已交稿。{ $channel } 的编辑会收到通知，结果也会告诉你。
declined = { $code } 已退回，作者会看到原因。
withdrawn = { $code } 不会发布了。
withdrawn-post = { $code } 已撤下，频道里的内容马上会消失。
scheduled-now = { $code } 正在发到 { $channel }。
scheduled = { $code } 将于 { $at } 发到 { $channel }。
scheduled-quiet = 那时免打扰时段刚好结束。
post-credit = 作者：{ $name }
post-label = AI 生成
post-alt = { $code } 的视频
notice-publication-submit = { $channel } 有稿件 { $publication } 等你审。发送 /draft { $publication } 查看。
notice-publication-change = { $channel } 的编辑改了 { $publication }。发送 /draft { $publication } 查看。
notice-publication-approve = { $publication } 已通过，将发到 { $channel }：{ $at }
notice-publication-schedule = { $publication } 在 { $channel } 的发布时间改了：{ $at }
notice-publication-decline = { $channel } 退回了 { $publication }。用 /draft { $publication } 修改，再用 /submit { $publication } 重新交稿。
notice-publication-withdraw = { $publication } 已从 { $channel } 撤下。
notice-publication-post = { $publication } 已发到 { $channel }。
notice-publication-put-off = { $channel } 正在免打扰时段，{ $publication } 改到 { $at } 发布。
notice-publication-miss = { $publication } 本该在 { $at } 发到 { $channel }，但当时我不在线。要补发就发送 /schedule { $publication } 现在，不发就发送 /withdraw { $publication }。
notice-publication-fail =
    { $error ->
        [post-unsure] { $publication } 发到 { $channel } 的途中断了，不知道发没发出去。请去看一眼：没有的话发送 /schedule { $publication } 现在；已经有了，就用 /withdraw { $publication } 在这里结束它。
        [recipient-gone] { $publication } 没能发布：我进不去 { $channel } 了。请恢复我的权限，再发送 /schedule { $publication } 现在。
        [too-large] { $publication } 对 { $channel } 来说太大了。请做短一点或小一点，再发布那一段。
        [delivery-delayed] 平台一直没有接收发往 { $channel } 的 { $publication }。请用 /schedule { $publication } 现在 再试一次。
        [clip-invalid] { $publication } 的视频已经不在了，没法发到 { $channel }。请用 /again 重新制作，再发布新的那段。
       *[other] { $publication } 没能发到 { $channel }：我们这边出了问题。请用 /schedule { $publication } 现在 再试一次。
    }
error-channel-unknown = 没有你的频道 { $channel }。发送 /channel 可以查看。
error-channel-known = 这个聊天已经是频道了，可以请频道主邀请你。
error-invitation-invalid = 代码不对、用过了，或者超过了一小时。请再要一个新的。
error-not-permitted = 你在 { $channel } 的身份不能这样做。请找频道主或编辑。
error-person-unknown = 没有序号为 { $number } 的人可以取消身份。发送 /channel editors 加频道代码可以查看序号。
error-publication-unknown = 没有你的稿件 { $publication }。发送 /drafts 可以查看。
error-publication-move =
    { $state ->
        [draft] { $publication } 还是草稿。请先交稿：/submit { $publication }
        [declined] { $publication } 被退回了。改好后请重新交稿：/submit { $publication }
        [posting] { $publication } 正在发布，请稍后再试。
        [posted] { $publication } 已经发布。要撤下请发送：/withdraw { $publication }
        [withdrawn] { $publication } 已撤下。请重新发布这段视频。
        [failed] { $publication } 发布失败。再试一次：/schedule { $publication } 现在
        [missed] { $publication } 错过了时间。要发布请发送：/schedule { $publication } 现在
       *[other] { $publication } 已交稿，正在等待。发送 /draft { $publication } 查看进展。
    }
error-publication-unmade = { $job } 还没做完。做好之后就可以发布。
error-publication-unlabelled = { $job } 没有可见标识，不能在这里发布。请用 /again 重新制作，再发布新的那段。
error-publication-recipe = 那里不收 { $job } 的档位。可以用：{ $known }
error-publication-ratio = { $job } 的画幅不是 { $ratio }，那里只收这一种。
error-caption-needed = 至少要有一种频道语言的文案：{ $known }。写一条吧，比如：/draft 代码 zh 两只企鹅在跳舞
error-caption-long = 太长了：有 { $length } 个字符，上限是 { $limit } 个。
error-caption-word = 这个频道不希望出现“{ $word }”。请换个说法。
error-tags-wrong = 标签最多 { $most } 个，只能用文字和数字，每个最长 { $longest }，比如：猫咪，下雨
error-moment-unknown = 看不懂“{ $text }”是什么时间。可以这样写：明晚八点、周五 20:00、两小时后、2026-12-24 18:30
error-moment-past = { $at } 已经过了。请写以后的时间，或者写“现在”。
error-moment-ambiguous = 这可能是 { $one }，也可能是 { $other }。请写明是哪一个。
error-moment-missing = 没有 { $at } 这个时间：时钟会拨快跳过它。请写早一小时或晚一小时。
error-moment-twice = 那天这个时间会出现两次。请写 { $one } 或 { $other }。
error-moment-far = 时间太远了：视频只保留到 { $until }。请选在那之前的时间。
error-post-unsure = 发布途中断了，不知道发没发出去。请去频道里看一眼。

## Telegram：菜单和机器人资料

telegram-name = 皮影 Piying · 文字变视频
telegram-description = 想看什么，用中文或英文写一句话，我来做成小视频。每段视频都标明由 AI 生成。在群里请发送 /video 加一句话，其他消息我不读。发送 /privacy 了解会保存什么。
telegram-short-description = 一句话，一段小视频，中英文都行。
command-name-video = 视频
command-name-animate = 图生视频
command-name-queue = 排队
command-name-settings = 设置
command-name-admin = 管理
command-name-buy = 购买
command-name-terms = 条款
command-name-paysupport = 付款帮助
command-about-video = 制作视频，比如：/video 两只企鹅跳舞
command-about-animate = 让照片动起来：发一张，或回复一张
command-about-queue = 正在等的视频
command-about-settings = 语言、档位、画幅、时长、安静模式
command-about-admin = 本群的权限和用量
command-about-buy = 用 Telegram 星星购买积分
command-about-terms = 购买积分的条款
command-about-paysupport = 付款遇到问题时
command-name-verify = 查验
command-about-verify = 看看视频从哪里来
command-verify = 把视频以文件形式交给我（MP4 或 MOV），我来看它带有哪些来源标记。文件不会保留。
verify-too-large = 文件太大，或者传得太慢：最大 { $limit } MB，最多传五分钟。
telegram-start = 在群里请发送 /video 加一句话，发送 /help 查看全部功能。我做的视频都由 AI 生成，并且会标明。
telegram-link-sure =
    这会把你在这里的账号并入另一个账号，积分和视频都归那边。只有这个关联码是你自己要的，才可以这样做。确认的话，请发送：
    /link { $code }

## Telegram：视频

button-cancel = 取消
telegram-edit = 回复这条消息，写上给引擎看的话。现在是：{ $words }
telegram-in-private = { $command } 请在私聊里发给我。
clip-not-yours = 这是别人的视频。想要自己的，请用 /video。
button-again = 再来一次
button-take = 换一版
button-longer = 加长
button-share = 分享
button-details = 详情
button-report = 举报
clip-ready = { $code } 做好了，马上发给你。
telegram-animate = 发一张照片，并写上要发生什么；或者回复一张照片，例如：/animate 猫转过身来
telegram-animate-words = 说说画面里要发生什么，例如：/animate 猫转过身来。可以写在照片的说明里，也可以回复那张照片。
telegram-verify = 以文件形式发来视频（MP4 或 MOV），并在说明里写 /verify；或者用 /verify 回复视频。我会告诉你它带有哪些来源信息，文件不会留存。
telegram-verify-too-large = 文件太大，我取不下来：最多 { $limit } MB。
telegram-inline-make = 做一个视频
telegram-make = 开始制作
telegram-offer = 还没制作。点一下按钮，我就在这里做。
telegram-offer-private = 要先打开和我的私聊，我才能做。描述已经替你留在那里了。
telegram-draft = 可以开始制作：
telegram-made-there = { $code } 正在制作，做好后会出现在你发起的地方，也会发到这里。
button-newest = ⏮ 最新
button-older = 更早 ▶
queue-none = 没有正在制作的视频。告诉我你想看什么。
ask-again = 原来那条消息已经找不到了，请再发一次。
telegram-guest = 我在私聊里把一句话做成视频，做好后可以从那里发到任何聊天。

## Telegram：星星

stars-none = 这里不出售积分。
stars-alone = 购买积分请到私聊。
stars-choose = 用 Telegram 星星购买积分，请选择：
stars-pack = { $credits } · ⭐ { $stars }
stars-what = 用来在这个机器人制作视频。没做成、没送到的视频不收积分。
stars-pack-gone = 这一档已经不卖了。发送 /buy 看看现在有哪些。
stars-paid = 谢谢！到账 { $credits }，{ $balance }。付款编号：{ $payment }
stars-paid-unclear = 付款收到了，但看不出买的是什么。钱不会丢，请发送 /paysupport。
stars-terms =
    用星星购买积分的条款：
    · 积分只能用来在这个机器人制作视频，付款后立即到账，不能兑换现金，也不能转让。
    · 视频送到才收积分；没做成、被拒绝或取消的都不收。
    · 没用过的积分可以退回星星。用过的积分，如果视频与所售不符，由人工决定是否退。
    · 哪些内容不能做，见拒绝时的说明和 /help；违反规定的账号可能被停用。
    · 卖方不是 Telegram，付款问题它无法处理。请发送 /paysupport。
stars-support = 付款有问题？请把付款编号和经过告诉{ $contact }，星星可以退。付给这个机器人的款项，Telegram 客服无法处理。
stars-operator = 机器人的管理员
stars-operators-only = 只有机器人的管理员可以这样做。
stars-needs-payment = 请加上付款编号，比如：/refund { $example }
stars-refunded = { $payment }：已退 ⭐ { $stars }，收回 { $credits }。
stars-refunded-before = { $payment } 之前已经退过。
stars-refund-waits = { $payment }：积分已收回，但 Telegram 还没有退星星（{ $why }）。我每分钟会再问一次。
stars-refund-told = 你的付款 { $payment } 已退回：⭐ { $stars }，相应的 { $credits } 已收回。

## Telegram：用户和群的设置

open-private = 打开私聊
settings = 你的设置。消息里没写的，就按这里来。
settings-alone = 你的设置在私聊里，别人看不到。
choice = { $title }：{ $value }
choice-on = 开
choice-off = 关
choice-back = ← 返回
choice-close = 关闭
choice-automatic = 自动
choice-language-app = 跟随应用
choice-operators = 按机器人管理员的规定
choice-all = 全部
language-name = 中文
setting-locale = 语言
setting-locale-why = 我用哪种语言？
setting-recipe = 档位
setting-recipe-why = 没写档位时用哪个？
setting-ratio = 画幅
setting-ratio-why = 没写画幅时用哪种？
setting-seconds = 时长
setting-seconds-why = 没写时长时做多长？
setting-quiet = 安静：只发视频
setting-paused = 暂停：这里不制作
setting-clips-a-day = 所有人每天的视频总数
setting-clips-a-day-why = 这里所有人每天最多共做几段视频？只能比机器人管理员的规定更少。
setting-member-clips-a-day = 每人每天的视频数
setting-member-clips-a-day-why = 每个成员每天在这里最多做几段视频？
setting-seconds-a-day = 所有人每天的总秒数
setting-seconds-a-day-why = 这里所有人每天最多共做多少秒视频？只能比机器人管理员的规定更少。
setting-recipes = 可用档位
setting-recipes-why = 这里可以用哪些档位？点一下允许，再点一下取消。
setting-covered = 加遮挡
setting-protected = 禁止转发和保存
admin = 本群的设置，对所有人有效。
admin-usage = 今天：{ $clips } 段视频，共 { $seconds } 秒。
admin-in-groups = /admin 用于群和频道，请在那里发送。
admins-only = 只有本群管理员可以这样做。
stars-refund-refused = { $payment }：Telegram 没有退星星（{ $why }），积分保持不变。
stars-refund-nobody = { $payment }：付款人的资料已删除。请在机器人的交易记录里查到对方的 ID，加在后面：/refund { $payment } ID

## 审核人员

moderate-none = 没有等待处理的申诉或举报。
moderate-list = 共 { $count } 件待处理，最先到期的排在前面：
moderate-usage = 处理方法：/rule 编号 allow 理由（允许制作，或保留视频）；/rule 编号 deny 理由（维持拒绝，或移除视频）。理由会记录在案，并告知当事人（举报则告知视频的主人和举报人），请勿透露双方身份。
case-appeal = { $case } · 申诉 · { $ground } · { $due }
case-report = { $case } · 举报 · { $ground } · { $due }
case-due = 还剩 { $hours } 小时
case-overdue = 已超时 { $hours } 小时
case-own = 这件与你本人有关，由其他人处理。
case-ground =
    { $category ->
        [sexual] 色情
        [gore] 血腥
        [hate] 仇恨
        [terror] 恐怖主义
        [self-harm] 自残
        [illegal] 违法犯罪
        [non-consent] 未经同意
        [real-person] 真实人物
        [political] 政治
        [ip] 他人的角色或品牌
        [horror] 惊悚
       *[other] 其他
    }
case-done-appeal-allow = { $case }：申诉成功，今后允许这条提示词。
case-done-appeal-deny = { $case }：维持拒绝。
case-done-report-allow = { $case }：举报不成立，视频保留，并会告知举报人。
case-done-report-deny = { $case }：视频已移除，并会告知视频的主人和举报人。
operator-title = 审核 · 皮影
operator-heading = 等待处理
operator-none = 没有等待处理的申诉或举报。
operator-appeals = 申诉：{ $count }
operator-reports = 举报：{ $count }
operator-kind-appeal = 申诉
operator-kind-report = 举报
operator-ground = 理由
operator-came = 提交时间
operator-due = 期限
operator-prompt = 提示词
operator-fragment = 涉及的词句
operator-text = 举报内容
operator-clip = 查看视频 { $code }
operator-no-clip = 视频已不存在。
operator-why = 处理理由
operator-why-hint = 会记录在案，并告知当事人（举报则告知视频的主人和举报人），请勿透露双方身份。
operator-appeal-deny = 维持拒绝
operator-appeal-allow = 申诉成立
operator-report-deny = 移除视频
operator-report-allow = 驳回举报
operator-no-reason = 没有处理：请填写理由。

## Discord：视频

button-remix = 改编
button-show = 查看
discord-outdated = 这个命令已经更新。请重启 Discord，或几分钟后再试。
discord-edit-title = 修改 { $code }
discord-edit-words = 给引擎的文字
discord-remix-title = 改编 { $code }
discord-remix-words = 新的描述
discord-animate-title = 让图片动起来
discord-animate-picture = 图片（PNG、JPEG 或 WebP）
discord-animate-words = 希望画面怎么动
button-publish = 发布给关注者
discord-done = { $code } 做好了。
discord-came-late = 制作时间超过了 Discord 允许我在原处回复的时限，所以发在这里。
discord-channel-lacks = 没能发到 { $channel }：我在那里需要{ $permissions }权限，请服务器的管理员开启。
discord-channel-closed = 我已经没法在 { $channel } 发消息了，所以发在这里。
discord-permission-view-channel = “查看频道”
discord-permission-send-messages = “发送消息”
discord-permission-send-messages-in-threads = “在子区内发送消息”
discord-permission-attach-files = “附加文件”
discord-permission-manage-messages = “管理消息”
discord-share-where = 要把 { $code } 发到哪里？
discord-share-choose = 选择频道
discord-shared = { $code } 已经发到 { $channel }。
discord-share-elsewhere = 想让它出现在哪里，就在哪里发送 /show { $code }。
discord-share-no-place = { $channel } 里不能直接发消息，请选一个频道。
discord-share-you-lack = 你在 { $channel } 没有{ $permissions }权限，不能把视频发到那里。
discord-share-i-lack = 我没法发到 { $channel }：我在那里需要{ $permissions }权限。
discord-published = { $code } 正在发给关注这个频道的所有人。
discord-publish-who = 只有视频的作者，或在这里有{ $permissions }权限的人，才能发布。
discord-report-title = { $code } 有什么问题？
discord-report-reason = 原因
discord-report-words = 补充说明

## Discord：菜单

command-name-server = 服务器
command-about-server = 设定本服务器：频道、档位、上限
discord-about-video = 一句话生成一段视频
discord-about-animate = 让图片动起来
option-name-prompt = 提示词
option-about-prompt = 想看到什么，中英文都可以
option-about-animate-prompt = 希望画面怎么动
option-name-recipe = 档位
option-about-recipe = 画质，以及用哪个模型
option-name-ratio = 画幅
option-about-ratio = 画面比例
option-ratio-landscape = 16:9 横屏
option-ratio-portrait = 9:16 竖屏
option-ratio-square = 1:1 方形
option-ratio-landscape-classic = 4:3 横屏
option-ratio-portrait-classic = 3:4 竖屏
option-name-seconds = 秒数
option-about-seconds = 视频要多长
option-name-seed = 种子
option-about-seed = 一个数字：提示词和种子都相同，视频就相同
option-name-negative = 排除
option-about-negative = 画面里不要出现什么
option-name-image = 图片
option-about-image = 视频从这张图片开始
option-name-private = 私密
option-about-private = 只有你看得到
option-name-code = 编号
option-about-code = 视频的编号，例如 K7QM2XD
option-about-continue-prompt = 接下来发生什么，中文或英文
option-name-codes = 各段编号
option-about-codes = 2 到 10 段视频的编号，按先后顺序
option-name-fade = 淡化
option-about-fade = 画面逐渐过渡半秒
option-about-link-code = 在另一个平台拿到的代码；不填就给你一个
menu-animate = 让这张图动起来
menu-video = 把这段话做成视频

## Discord：设置、服务器、个人

setting-labelled = 一律带显式标识
setting-channels = 频道
setting-channels-why = 哪些频道或频道分类可以制作视频？一个都不选就是全部；子区跟随所在的频道。
setting-role-clips-a-day = 按身份组设定的每天视频数
setting-role-clips-a-day-why = 要为哪个身份组单独设上限（代替每位成员的上限）？有多个身份组的成员，按最高的算。
server-role-why = 有 { $role } 身份组的成员，每人每天最多做几段视频？
choice-members = 与其他成员相同
choice-none = 无
server-settings = 本服务器，所有频道、所有成员都适用。
server-choose = 想改哪一项？
server-administrators-only = 只有拥有“管理服务器”权限的人才能这样做。
discord-help = 用 /video 一句话告诉我你想看到什么，中英文都可以，也可以写上“6 秒”“竖屏”“不要有人”。视频由 AI 生成，并带有标识。
discord-help-menu = 在消息的“应用”菜单里：{ $name }
discord-help-reads = 我只看你用这些命令发来的内容，不看其他消息，也不看成员列表。
discord-privacy-rights = 在服务器里，我只看你用命令发来的内容。下面的按钮可以取回我保存的全部数据，或者将其删除。
discord-export = 取回我的数据
discord-erase = 删除我的数据…
discord-erase-title = 删除你的数据
discord-erase-sure = 你的视频、提示词和与其他平台的关联会被永久删除，制作中的视频会取消，剩余的积分作废。账目依规定保留，但不带你的身份。
discord-erase-word = 确定的话，请输入：{ $word }
discord-erase-not = 什么都没有删除：需要输入“{ $word }”。

## Discord：付费

premium-paid = 谢谢！增加 { $credits }，{ $balance }。购买编号：{ $payment }
premium-offers = 可以在 Discord 里购买：

## Showcase and gallery

command-name-remix = 改编
command-name-showcase = 展示
command-name-vote = 投票
command-name-top = 排行
command-about-remix = 换一段提示词，改编一段视频
command-about-showcase = 公开展示自己的视频，或撤下
command-about-vote = 给展示中的视频投票
command-about-top = 看排行：/top day（今日）、week（本周）、month（本月）
command-with-prompt = { $command } 编号 新的提示词
command-with-showcase = { $command } 编号 on 或 off
command-needs-prompt = 请加上新的提示词，比如：/remix { $code } 两只白猫在雨里
error-showcase-unknown = { $job } 不在展示中。发送 /top 可以看看有哪些。
error-showcase-unmade = { $job } 还没有做好，暂时不能展示。
error-showcase-hidden = { $job } 不能公开展示：它可能令人不适，或者没有 AI 生成标识。
error-vote-own = { $job } 是你自己的视频，票要由别人来投。
error-remix-not-allowed = { $job } 的作者不希望别人改编。发送 /top 可以找找别的视频。
note-remix-of = 改编自 { $job }。
remix-made = 改编的新编号是 { $code }。{ $place }
showcase-not =
    { $code } 还没有公开展示。要连同提示词一起展示，请发送：/showcase { $code } on
    允许别人改编就再加 remix，后面还可以写标题：/showcase { $code } on remix 雪地里的猫
showcase-public = 展示的视频会出现在作品广场，网上任何人都能看到。
showcase-on = { $code } 正在展示，现有 { $votes } 票。
showcase-remix = 别人可以改编，改编的视频会注明出处。
showcase-no-remix = 别人不能改编。
showcase-link = 任何人都能在这里看到它：{ $url }
showcase-how = 要撤下请发送：/showcase { $code } off
showcase-off = { $code } 已撤下，不再展示。
vote-on = 已给 { $code } 投票，它现在有 { $votes } 票。要收回请发送：/vote { $code } off
vote-twice = 你已经给 { $code } 投过票了。要收回请发送：/vote { $code } off
vote-off = 已收回给 { $code } 的票，它现在有 { $votes } 票。
vote-none = 你没有给 { $code } 投过票。
top-day = 最近一天的排行：
top-week = 最近 7 天的排行：
top-month = 最近 30 天的排行：
top-none-day = 最近一天没有新的展示。要展示自己的视频，请发送：/showcase 编号 on
top-none-week = 最近 7 天没有新的展示。要展示自己的视频，请发送：/showcase 编号 on
top-none-month = 最近 30 天没有新的展示。要展示自己的视频，请发送：/showcase 编号 on
top-line = { $number }. { $code } · { $votes } 票 · { $name }
top-how = 投票请发送：/vote 编号
top-gallery = 去看视频：{ $url }
gallery-title = 作品广场
gallery-site = 皮影
gallery-about = 由一句话生成的 AI 视频，由写下这句话的人公开展示。
gallery-label = AI 生成
gallery-skip = 跳到视频
gallery-lists = 列表
gallery-newest = 最新
gallery-top-day = 今日排行
gallery-top-week = 本周排行
gallery-top-month = 本月排行
gallery-top-ever = 总排行
gallery-more = 更多
gallery-back = 回到作品广场
gallery-none = 还没有展示中的视频。
gallery-feed = Atom 订阅
gallery-untitled = 视频 { $code }
gallery-alt = AI 生成的视频：{ $prompt }
gallery-votes = { $votes } 票
gallery-prompt = 提示词
gallery-prompt-english = 英文
gallery-prompt-chinese = 中文
gallery-recipe = 制作信息
gallery-shown = 展示时间
gallery-lineage = 改编自
gallery-lineage-gone = 已不再展示
gallery-vote-how = 要投票，请给机器人发送：/vote { $code }
gallery-remix-how = 作者允许改编。请给机器人发送：/remix { $code } 和你自己的提示词
gallery-no-remix = 作者不希望别人改编。
gallery-report = 举报这段视频
gallery-report-reason = 有什么问题
gallery-report-text = 还有什么要补充？不必留下姓名。
gallery-report-send = 提交举报
gallery-report-thanks = 谢谢。我们会在 48 小时内处理 { $code }。
gallery-report-soon = 现在举报的人很多，请过几分钟再试。
gallery-report-invalid = 没有写明哪里有问题，请选择一个理由。
gallery-gone-title = 不在这里
gallery-gone = 这段视频没有展示，或者已经撤下。
