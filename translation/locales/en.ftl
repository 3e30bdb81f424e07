### Everything Piying says, in English. Short sentences: what happened, then what to do next.
### zh-Hans.ftl has the same messages with the same placeholders.

## Refusals: the user can mend them

error-prompt-empty = Tell me what to draw. For example: two penguins dancing in the snow
error-prompt-only-options = Those are only settings. Add what should happen, for example: a red car racing at night, 6s
error-prompt-blocked =
    { $category ->
        [minors] I won’t make sexual content with minors, real or drawn. Please ask for something else.
        [sexual] I can’t make nude or sexual videos. Describe the scene without that and send it again.
        [gore] I can’t make bloody or cruel scenes. Describe something gentler and send it again.
        [hate] I can’t make videos that attack people for who they are. Please ask for something else.
        [terror] I can’t make videos that praise or plan terror. Please ask for something else.
        [self-harm] I won’t draw this. If you are thinking of hurting yourself, please talk to someone now: call 12356 in China, 988 in the US, or find a line near you at findahelpline.com.
        [illegal] I can’t help with drugs, weapons or other crimes. Please ask for something else.
        [non-consent] I won’t make videos of people without their consent. Please ask for something else.
        [real-person] I can’t make videos of this person here. Describe somebody made up and send it again.
        [political] I can’t make realistic videos of politicians or elections. Please ask for something else.
        [ip] I can’t make videos of this character or brand here. Describe one of your own and send it again.
        [horror] This is too disturbing for this chat. Describe something milder and send it again.
       *[other] This prompt is not allowed here. Change it and send it again.
    }
error-declaration-needed =
    { $category ->
        [real-person] This names a real person. Videos of real people are made only if you declare that you may ask for it.
        [ip] This names a character or brand that belongs to somebody. It is made only if you declare that you may use it.
        [picture] A video of a picture is made only if you declare that you may use the picture, that everybody who can be recognised in it agrees, and that you may ask for whoever and whatever your prompt names.
       *[other] This is made only if you declare that you may ask for it.
    }
declare-by-flag = To declare it, add --declare.
blocked-fragment = It is about: “{ $fragment }”.
blocked-cost = Nothing was charged.
error-prompt-too-long = Too long: { $length } characters. The limit is { $limit }.
error-translation-failed =
    { $language ->
        [zh] Your prompt couldn’t be translated into Chinese just now. Write it in Chinese, or send it again in a minute.
       *[other] Your prompt couldn’t be translated into English just now. Write it in English, or send it again in a minute.
    }
error-moderation-unavailable = Your prompt couldn’t be checked just now, so nothing was made or charged. Send it again in a minute.
error-message-invalid = I couldn’t read that message. Reload the page and send it again.
error-too-fast =
    { $seconds ->
        [one] That was fast! Wait { $seconds } second and send it again.
       *[other] That was fast! Wait { $seconds } seconds and send it again.
    }
error-account-blocked = This account is blocked. To have it opened again, write to whoever runs this bot.
error-account-paused = Too many refused prompts in a short time. Your videos and credits stay; you can send prompts again from { $until }.
error-appeals-many = { $limit } of your appeals are waiting already. Send this one once some of them are decided.
error-unlabelled-off = Videos without a visible label are not given out here. The law allows them only on request and under terms; whoever runs this bot has not opened that.
error-unlabelled-unmade = { $job } is not finished. Once it is, you can ask for it without its label.
error-clip-others = { $job } is somebody else’s. Only your own videos can be continued or joined.
error-clip-unfinished = { $job } is not finished. Only finished videos can be continued or joined.
error-film-clips = A film is made of { $least } to { $most } videos. Send their codes in order, for example: /join K7QM2XD M3XW8TB
error-film-long = Together these videos are { $seconds } seconds long; a film can be { $most }. Leave some out.
error-film-fixed = A film is nothing but its videos: it has no words, length or seed to change. Make one of its videos anew, then /join them again.
error-case-unknown = No open case { $case }. /moderate lists those that wait.
error-case-own = { $case } is about yourself, so it isn’t yours to decide. Another moderator does, or whoever runs this bot.
error-appeal-unknown = I know no refusal { $appeal } of yours. A refusal can be appealed within a day: send the prompt again, and appeal then.
error-job-unknown = I don’t know a video { $job }. Send /my to see the codes of yours.
error-job-finished = { $job } has already ended, so there is nothing to cancel. To make it again, send /again { $job }.
error-job-delivering = { $job } is just being sent and can no longer be cancelled. It will be here in a moment.
error-not-yours = { $job } belongs to another chat. Send /my to see the videos of this one.
error-link-invalid = This link code is wrong, too old, or your own. Send /link on your other platform for a new one, and use it here within ten minutes.
error-link-busy = Some videos of this account are still being made. Wait for them or cancel them, then link again.
error-timezone-unknown = I don’t know a time zone “{ $value }”. Use a name like Asia/Shanghai or Europe/London.
error-chat-paused = The administrators of this chat have paused videos here. Send your prompt in another chat, or ask one of them.
error-clip-for-adults = { $job } was made in a channel for adults, so it can only be shown in one.
error-clip-private = { $job } was for you alone. To keep it so, choose True for the option “private”; to let everybody here see it, choose False.
error-chat-not-allowed = The administrators of this server have chosen other channels for videos. Send your prompt there or in our private chat, or ask one of them.
error-unlabelled-not-here = The administrators of this chat want every video here to carry its visible label.
error-setting-unknown = There is no setting “{ $setting }”. There is: { $known }
error-setting-choice = “{ $value }” can’t be chosen. Choose one of these: { $known }
error-setting-number = “{ $value }” can’t be chosen. Give a number from { NUMBER($minimum, useGrouping: 0) } to { NUMBER($maximum, useGrouping: 0) }.
error-payment-unknown = I know no payment { $payment }.
error-refund-open = Money of yours is just being given back. Once it is, send /forget_me again.

## Refusals: credits and limits

error-credits-short = The price is { $price } and you have { $balance } in credits. Make it shorter or smaller, or ask whoever runs this bot for more.
error-limit-clips = You have reached today’s limit of videos ({ $limit }). You can make more from { $resets_at }.
error-limit-seconds = This would go over today’s limit of { $limit } seconds of video. Make it shorter, or come back at { $resets_at }.
error-limit-waiting = You already have { $limit } in the making, the most at once. Wait for one to finish, or cancel one.
error-limit-chat-clips = This chat has reached today’s limit of videos ({ $limit }). You can make more here from { $resets_at }.
error-limit-chat-seconds = This would go over this chat’s daily limit of { $limit } seconds of video. Make it shorter, or come back at { $resets_at }.
error-limit-member-clips = You have reached today’s limit of videos for a member of this chat ({ $limit }). You can make more here from { $resets_at }.

## Refusals: what the recipe cannot do

error-translator-unknown = There is no translator “{ $translator }” here. There is: { $known }
error-language-unsupported =
    { $language ->
        [zh] This model reads English only. Please write your prompt in English, or choose another recipe.
        [en] This model doesn’t read English. Please write your prompt in Chinese, or choose another recipe.
       *[other] I read Chinese and English. Please write your prompt in one of the two.
    }
error-nothing-to-draw =
    { $count ->
        [0] I can’t find anything here that I can draw. Name an animal, a vehicle, some food or a place, for example: a cat on the beach
       *[other] I have no drawing of: { $words }. Name an animal, a vehicle, some food or a person, for example: a cat on the beach
    }
error-option-seconds = I can’t make { $value } seconds. Choose { $minimum } to { $maximum } seconds.
error-option-length = { $value } seconds is not on offer here. Choose one of these lengths in seconds: { $known }
error-option-resolution = { $value } is not on offer here. Choose one of these: { $known }
error-option-ratio = { $value } is not on offer here. Choose one of these: { $known }
error-option-recipe = There is no recipe “{ $value }”. Choose one of these: { $known }
error-recipe-not-here = This chat doesn’t allow the recipe “{ $value }”. Choose one of these: { $known }
error-option-seed = A seed is a whole number from 0 to { NUMBER($maximum, useGrouping: 0) }. Choose one in that range.
error-option-negative = The recipe “{ $recipe }” can’t be told what to leave out. Take that away, or choose an open model’s standard recipe.
error-option-guidance = The guidance scale can’t be set like that for “{ $recipe }”. Open models’ standard recipes take a number above 1, up to { $maximum }; or leave it out.
error-image-needed =
    { $count ->
        [1] This recipe starts from a picture. Send one with your prompt, or choose a recipe that needs none.
       *[other] This recipe needs two pictures, the first and the last. Send both, or choose another recipe.
    }
error-image-unsupported = This recipe can’t start from a picture. Leave it out, or choose a recipe for pictures.
error-continue-unsupported = No recipe here can start from a picture, so a video can’t be continued. Whoever runs this bot can enable one (PIYING_MODELS, or a video service’s key).
error-film-unsupported = Videos can’t be joined here.
error-last-image-unsupported = This recipe can’t end on a picture. Leave the last one out, or choose a recipe that takes both.
error-image-invalid = I can’t read that picture. Send a PNG, JPEG or WebP of at most 20 MB and 40 megapixels.

## Faults: never the user’s (no placeholders, since only the code of a failure is kept)

error-engine-busy = The engine is very busy. Try again in a few minutes.
error-engine-unavailable = The engine isn’t available right now. Try again later, or tell whoever runs this bot.
error-budget-spent = This one costs more than this bot may still spend on video services today. Choose a shorter or smaller one, or another recipe, or come back tomorrow.
error-engine-refused = The engine won’t make this one. Change the prompt and send it again.
error-prompt-refused = The video service doesn’t take this prompt under its own rules, which are stricter than ours. Say it in other words, or choose another recipe.
error-clip-refused = The video service made this one and then held it back under its own rules. That is partly chance: send it again, or change the prompt.
error-engine-fault = Something broke on our side. Send it again, and if it breaks again, tell whoever runs this bot.
error-engine-died = The engine stopped in the middle. Please send it again.
error-answer-lost = The video service didn’t say whether it took this one, so we stopped rather than pay for it twice. Please send it again.
error-clip-lost = The video service no longer knows this video. Please send it again.
error-clip-unfetched = The video was made, but the video service’s file couldn’t be fetched. Try again later; if it happens again, tell whoever runs this bot.
error-source-lost = A video that this film was to be made of has been deleted. Please join the others again.
error-worker-lost = We tried three times, and each time the machine stopped. Try a shorter video or other words.
error-clip-invalid = The finished file didn’t pass our check. Please send it again.
error-storage-full = The disk here is full. Try again later, or tell whoever runs this bot.
error-timed-out = It took too long, so we stopped. Try a shorter or smaller video.
error-out-of-memory = This one is too big for the graphics card here. Try a shorter or smaller video.
error-delivery-delayed = The chat platform kept us waiting, and the video could not be sent. Try again in a while.
error-recipient-gone = I couldn’t reach the chat. Write to me there again, then ask for the video once more.
error-too-large = The video is too big for this chat. Try fewer seconds, or 480p.
error-conflict = Something else changed this at the same moment. Look at /my and, if needed, try again.

## Notes on a job

note-undrawn = No drawing of: { $words }. The rest is in the video.
note-scenery-only = No drawing of: { $words }. The video shows the scenery alone.
note-left-out = A video holds { $most } kinds of things. Left out: { $words }.
note-count-cut = I draw at most { $drawn } of a kind: { $word } (you asked for { $asked }).
note-prompt-cut = This is a long prompt: the model reads about the first { $tokens } words or characters of it.
note-negative-ignored = The recipe “{ $recipe }” can’t be told what to leave out, so this may still show up: { $words }
note-cost-stands = The video service may have begun already, and then it charges whoever runs this bot all the same. You pay nothing.
note-rerouted = The video service for “{ $from }” can’t be used right now, so “{ $to }” makes this one. It costs no more credits than you agreed to.
note-snapped = Asked for { $asked }, which this recipe hasn’t got: it will be { $made }.
note-seed-ignored = The recipe “{ $recipe }” doesn’t take a seed: the same prompt will come out differently each time.
note-fps-fixed = This model always makes { $fps } frames a second; { $asked } is not on offer.
note-not-followed = The built-in engine can’t do this: { $words }
note-resolution-ignored = { $asked } is not on offer here. You can have: { $known }
note-one-clip = One message makes one video. For more, send it again.
note-continues = Goes on from { $job }.
note-continued-by = The recipe of the first video can’t start from a picture, so “{ $recipe }” makes this one.
note-joined = Made of { $clips }.
note-recipe-left-out = Your usual recipe “{ $asked }” can’t be used for this, so another one is.
note-ratio-left-out = Your usual shape, { $asked }, is not on offer with this recipe.
note-seconds-left-out = Your usual length, { $asked } s, is not on offer with this recipe.
note-declared =
    { $category ->
        [real-person] You declared that you may ask for a video of this person. That is kept on record.
        [ip] You declared that you may use this character or brand. That is kept on record.
        [picture] You declared that you may use the picture and that the people in it agree. That is kept on record.
       *[other] You declared that you may ask for this. That is kept on record.
    }
note-covered = This may disturb; it is shown behind a cover where the chat has one.
note-replaced = { $job } was made in its place, with other words.
note-rewrite-failed = The prompt couldn’t be expanded in time; it is used as it is.
note-language-unread =
    { $language ->
        [zh] This model doesn’t read Chinese: it may not follow these words.
        [en] This model doesn’t read English: it may not follow these words.
       *[other] This model doesn’t read this language: it may not follow these words.
    }

note-unlabelled = Without a visible label, as you asked and agreed: label it yourself wherever you show it.
unlabelled-word = agree
unlabelled-terms =
    I can make { $code } once more without the visible label, for { $price } credits. Its metadata and signature stay. The law allows that if you agree to this:
    1. The duty to label is yours: wherever you show it or pass it on, you say plainly that AI made it.
    2. You leave metadata, watermark and signature in the file, and forge none.
    3. You deceive nobody with it, and use it for nothing that the law or the rules here forbid.
    4. Your account, the code of the video and the time are kept on record for at least six months.
    If you agree, send: /unlabelled { $code } { $word }
command-unlabelled = Making it without a label as { $code }. { $place }

## The words that the engine reads

wording-translated = The engine reads this, translated by { $translator }:
wording-english = In English, translated by { $translator } (the engine reads your own words):
wording-original = The engine reads your prompt as you typed it. In English, by { $translator }:
wording-user = The engine reads the words you chose:
wording-director = The engine reads this, expanded by { $translator }:
wording-in-english = In English: { $text }
wording-doubtful = This translation may be off: { $why }. Please check it.
wording-fallback = No translation by { $translator }: { $why }.
wording-not-used = Not used: “{ $text }” by { $translator } ({ $why }).
wording-use-original = Use original
wording-edit = Edit
wording-translate-again = Translate again: { $translator }
wording-rewrite = Expand
wording-rewrite-again = Expand again
translator-none = nobody
translator-original = nobody
translator-user = you
translator-director = the language model
translator-phrase = the built-in translator
translator-gloss = the built-in dictionary
translator-nmt = this machine’s translation model
translator-llm = the language model
translator-deepl = DeepL
translator-baidu = Baidu Translate
translator-tencent = Tencent Translate
translation-timed-out = no answer in time
translation-unavailable = it can’t be reached
translation-busy = it is busy
translation-denied = it refuses our key
translation-spent = our credit there is used up
translation-rejected = it does not take this text
translation-unreadable = its answer made no sense
translation-crashed = it broke down
translation-resting = it failed several times, and is left alone for a while
translation-copy-lost = words that were to stay were lost
translation-empty = it is empty
translation-untranslated = part of it is still in the other language
translation-instruction = it answers instead of translating
translation-too-short = it is too short
translation-too-long = it is too long
translation-repeated = it repeats itself
translation-span-lost = a quotation, name or tag was lost
translation-span-added = it has a link or tag that you did not write
translation-number-lost = a number was lost
translation-noun-lost = too many things that you named are missing

## Credits

credits =
    { $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }
credits-left =
    { $credits ->
        [one] { $credits } credit left
       *[other] { $credits } credits left
    }

## Queue, progress and state of a job

place-next = You’re next.
place-behind =
    { $ahead ->
        [one] { $ahead } video is ahead of yours.
       *[other] { $ahead } videos are ahead of yours.
    }
place-with-wait = { $place } The wait is { $wait }.
about-seconds =
    { $seconds ->
        [one] about { $seconds } second
       *[other] about { $seconds } seconds
    }
about-minutes =
    { $minutes ->
        [one] about { $minutes } minute
       *[other] about { $minutes } minutes
    }
stage-queued = Waiting
stage-ordered = Waiting at the video service
stage-understanding = Reading
stage-loading = Loading the model
stage-drawing = Drawing
stage-joining = Joining
stage-generating = Generating
stage-decoding = Developing the frames
stage-fetching = Fetching the video
stage-encoding = Encoding
stage-checking = Checking
stage-delivering = Delivering
progress = { $stage } · { $percent }%
progress-with-time = { $stage } · { $percent }% · { $left } left
state-queued = Waiting for its turn.
state-running = Being made.
state-succeeded = Done.
state-failed = Sorry, this one didn’t work out. { $why } Your credits are back.
state-cancelled = Cancelled. Your credits are back.
state-queued-short = waiting
state-running-short = being made
state-succeeded-short = done
state-failed-short = failed
state-cancelled-short = cancelled

## Chips and the recipe card

ratio-portrait = Vertical
ratio-square = Square
ratio-landscape = Landscape
ratio-landscape-classic = Landscape 4:3
ratio-portrait-classic = Vertical 3:4
seconds = { $seconds } s
seed = Seed { $seed }
frames-per-second = { $fps } fps
without = Without: { $words }
engine-scene = Built-in cartoon scene engine, not a photo-real model
engine-film = Film joined from videos made here
engine-model = { $model }, an AI video model
recipe-draft = Draft
recipe-standard = Standard
recipe-hd = HD
card-code = Code
card-prompt = Prompt
card-revised-prompt = What the engine read
card-seed = Seed
card-model = Made by
card-recipe = Recipe
card-size = Size
card-length = Length
card-price = Price
card-took = Time taken

## What a prompt asks of camera, speed and style

wish-camera-push-in = Push in
wish-camera-pull-back = Pull back
wish-camera-zoom-in = Zoom in
wish-camera-zoom-out = Zoom out
wish-camera-pan-left = Pan left
wish-camera-pan-right = Pan right
wish-camera-pan = Pan
wish-camera-tilt-up = Tilt up
wish-camera-tilt-down = Tilt down
wish-camera-orbit = Orbit
wish-camera-aerial = Aerial
wish-camera-tracking = Tracking shot
wish-camera-handheld = Handheld
wish-camera-crane = Crane shot
wish-camera-still = Still camera
wish-camera-close-up = Close-up
wish-camera-medium = Medium shot
wish-camera-full-body = Full body
wish-camera-wide = Wide shot
wish-camera-low-angle = Low angle
wish-camera-high-angle = High angle
wish-camera-over-shoulder = Over the shoulder
wish-camera-dutch-angle = Dutch angle
wish-camera-dolly-zoom = Dolly zoom
wish-camera-whip-pan = Whip pan
wish-camera-shallow-focus = Shallow focus
wish-camera-rack-focus = Rack focus
wish-camera-first-person = First person
wish-camera-one-take = One take
wish-speed-slow-motion = Slow motion
wish-speed-time-lapse = Time-lapse
wish-speed-fast-motion = Fast motion
wish-speed-backwards = Backwards
wish-speed-bullet-time = Bullet time
wish-speed-freeze = Freeze frame
wish-speed-loop = Loop
wish-style-ink-wash = Ink wash
wish-style-watercolour = Watercolour
wish-style-oil-painting = Oil painting
wish-style-sketch = Sketch
wish-style-pixel-art = Pixel art
wish-style-anime = Anime
wish-style-ghibli = Ghibli
wish-style-pixar = Pixar
wish-style-cartoon = Cartoon
wish-style-comic = Comic
wish-style-clay = Clay
wish-style-stop-motion = Stop motion
wish-style-paper-cut = Paper cut
wish-style-shadow-puppet = Shadow puppets
wish-style-three-d = 3D
wish-style-low-poly = Low poly
wish-style-cyberpunk = Cyberpunk
wish-style-steampunk = Steampunk
wish-style-vaporwave = Vaporwave
wish-style-film = Film grain
wish-style-black-and-white = Black and white
wish-style-cinematic = Cinematic
wish-style-chinese = Chinese style
wish-style-ukiyo-e = Ukiyo-e
wish-style-impressionist = Impressionist
wish-style-pop-art = Pop art
wish-style-surreal = Surreal
wish-style-minimal = Minimalist
wish-style-illustration = Illustration
wish-style-flat = Flat design
wish-style-storybook = Storybook
wish-style-crayon = Crayon
wish-style-felt = Felt
wish-style-lego = Toy bricks
wish-style-vintage = Vintage
wish-style-vhs = VHS
wish-style-sci-fi = Science fiction
wish-style-fantasy = Fantasy
wish-style-gothic = Gothic
wish-style-realistic = Realistic
wish-style-documentary = Documentary

## Typed commands

command-hello = Hello!
command-help =
    Tell me what you’d like to see, and I’ll make a short video of it.
    You can add: vertical, square, 6s, 720p, seed 42.
command-name-help = help
command-name-my = my
command-name-show = show
command-name-again = again
command-name-cancel = cancel
command-name-original = original
command-name-edit = edit
command-name-translate = translate
command-name-rewrite = rewrite
command-name-credits = credits
command-name-link = link
command-name-appeal = appeal
command-name-appeals = appeals
command-name-report = report
command-name-unlabelled = unlabelled
command-about-unlabelled = A video without its visible label, under terms
command-name-privacy = privacy
command-name-export = export
command-name-forget_me = forget_me
command-about-appeal = Have people look at a refusal again
command-about-appeals = What became of your appeals
command-about-report = Say what is wrong with a video
command-about-privacy = What I keep of you, and how long
command-about-export = All I keep of you, as a file
command-about-forget_me = Erase what I keep of you, for good
command-about-help = See what I can do
command-about-my = Your latest videos
command-about-show = More about a video
command-about-again = Make a video once more
command-about-cancel = Stop a video and get its credits back
command-about-original = Make it from your own words, untranslated
command-about-edit = Give the engine other words
command-about-translate = Have another translator translate it
command-about-rewrite = Expand a short prompt
command-about-credits = What you can still spend
command-about-link = Share your credits with another platform
command-either = { $one } or { $other }
command-with-code = { $command } CODE
command-with-words = { $command } CODE words
command-with-codes = { $command } CODE CODE … fade
command-line = { $command } – { $about }
command-unknown = I don’t know { $command }. Send /help to see what I can do.
command-needs-code = Add the code of a video, for example: { $command } K7QM2XD. Send /my to see the codes of yours.
command-needs-words = Add the words for the engine, for example: /edit { $code } a white cat
command-needs-codes = Add the codes of your videos in order, for example: { $command } K7QM2XD M3XW8TB. With the word “fade” at the end they pass over into each other. Send /my to see the codes.
continue-needs-prompt = Add what happens next, for example: /continue { $code } the cat jumps onto the roof
continue-taken = Going on from { $before } as { $code }. { $place }
join-taken = Joining { $count } videos as { $code }. { $place }
command-name-continue = continue
command-name-join = join
command-about-continue = Go on from where your video ends
command-about-join = Join your videos into one film
command-words-fixed = The words of { $code } can’t be changed that way. Send /show { $code } to see them.
command-reworded = Making it in other words as { $code }. { $place }
command-my = Your latest videos:
command-my-none = No videos yet. Just tell me what you’d like to see.
command-credits-held = { $balance }, and { $held } set aside for videos in the making.
command-link-offer =
    Send this on your other platform within ten minutes, and both will share these credits:
    /link { $code }
command-link-done = Linked. Both platforms now share one account: { $balance }.
command-cancelled = { $code } is cancelled. Its credits are back.
again-identical = The frames are identical to those of { $code }.
again-different = The frames differ from those of { $code }. This has changed since:
again-different-unknown = The frames differ from those of { $code }, though nothing on record has changed since.
command-appeals = Your appeals:
command-appeals-none = You have no appeals. A refused prompt can be appealed within a day.
command-with-refusal = { $command } CODE
command-needs-refusal = Add the code of the refusal, for example: { $command } K7QM2XD
appeal-open = { $appeal }: people will look at it. Until then your prompt is kept; send /appeals to see what came of it.
appeal-upheld = { $appeal }: people have looked at it, and the refusal stands. Your prompt is no longer kept.
appeal-overturned = { $appeal }: you were right. Send the prompt again, and it is made.
command-again = Making it again as { $code }. { $place }

## The chat page

page-title = Piying · a sentence becomes a video
page-language = Language
page-credits = Credits
page-help = Help
page-talk = Conversation
page-older = Show older videos
page-newest = Newest
page-prompt = Prompt
page-placeholder = What would you like to see?
page-keys = Enter sends, Shift + Enter makes a new line.
page-hint = You can add: vertical, square, 6s, 720p, seed 42.
page-send = Send
page-recipe = Recipe
page-quote = What it will be, and its price
page-hello = What shall we put on stage?
page-hello-more = Write a sentence in English or Chinese, and it becomes a short video.
page-try = Try one of these
page-example-1 = two penguins dancing in the snow, 4s
page-example-2 = two red cars racing left through a city at night in the rain, 3s
page-example-3 = an orange cat running in a meadow, vertical 4s
page-example-4 = a rocket flying in space, square
page-offline = The connection is lost. Reconnecting…
page-sending = Sending…
page-sending-later = Will be sent when the connection is back.
page-too-long = This is too long to send. Please shorten it.
page-you = You
page-show-all = Show all
page-show-less = Show less
page-cancel = Cancel
page-again = Again
page-again-why = Same prompt, same seed: the same video
page-take = Another take
page-take-why = Same prompt, new seed: a new layout
page-copy = Copy prompt
page-copied = Copied
page-verify = Choose a video
page-verify-wait = Looking at the file…
page-verify-lost = The file did not arrive. Try again.
page-declare = I declare that I may: make it
page-edit = Edit
page-appeal = Appeal
page-appeal-why = Have people look at this refusal again
page-softer = A harmless version:
page-softer-use = Use this
page-download = Download
page-details = Details
page-progress = Progress
page-preview = Rough preview
page-clip = Video
page-clip-gone = This video is no longer kept. Press Again to make it once more.
page-ready = Your video is ready.
page-words = What the engine reads
page-words-change = Change
page-words-auto = Back to automatic
page-words-own = Words for the engine
page-words-use = Use these words
page-words-leave = Leave it
page-words-replaces = Takes the place of this unfinished video, whose credits come back
page-words-costs = Makes another video, and costs credits again
page-words-dropped = Your choice of words was set aside, as the prompt has changed.
page-words-keep = Use it all the same

## The page’s door

login-title = This page is locked.
login-token = Access token
login-hint = Ask whoever started Piying for the token.
login-enter = Enter
login-wrong = That’s not the token. Check it and try again.
login-full =
    { $minutes ->
        [one] Too many new visitors came in this hour. Try again in { $minutes } minute.
       *[other] Too many new visitors came in this hour. Try again in { $minutes } minutes.
    }

## The videos API

api-key-missing = A key is needed: send “Authorization: Bearer sk-piying-…”. Whoever runs this server makes one with: piying keys create NAME
api-key-wrong = This key is unknown or revoked. Whoever runs this server makes a new one with: piying keys create NAME
api-path-unknown = There is nothing here. Videos are at /v1/videos, models at /v1/models.
api-method-unknown = That can’t be done here. Use one of these: { $known }
api-body-too-large = This is too long to send: { $limit } MB is the most. Send smaller pictures.
api-body-unreadable = The request can’t be read. Send a JSON object, or a form as multipart/form-data.
api-body-slow = The request did not arrive whole within { $seconds } seconds. Send it again.
api-type-unknown = Send a JSON object (application/json) or a form (multipart/form-data).
api-field-missing = “{ $field }” is missing. Add it and send it again.
api-field-unknown = “{ $field }” is not understood here. Leave it out.
api-field-invalid = “{ $field }” can’t have this value. Look up what it may be, and send it again.
api-size-unknown = “{ $model }” makes no videos of the size { $value }. Choose one of these: { $known }
api-variant-unknown = There is no “{ $value }” of a video. Choose one of these: { $known }
api-picture-elsewhere = “{ $field }” is not downloaded from elsewhere. Send the picture as a file, or as a URL that begins with data:image/ and holds it in base64.
api-picture-unreadable = The base64 of “{ $field }” is broken. Encode the picture again.
api-idempotency-key-invalid = An Idempotency-Key has { $limit } characters at most, and at least one.
api-idempotency-key-used = The video of this Idempotency-Key was deleted. Send it again with a new one.
api-video-unknown = There is no video { $video }. It may have been deleted, or belong to another key.
api-video-not-ready = { $video } is not ready yet. Ask for it again when its status is “completed”.
api-video-failed = { $video } was not made, so there is nothing to download. Its “error” says why.
api-video-finishing = { $video } is just being finished. Try again in a moment.
api-conflict = Something else changed this at the same moment. Try again.

## Where a video comes from (piying verify)

origin-intact = Genuine: this file is as { $signer } signed it.
origin-unknown-signer = Unchanged since it was signed, but I don’t know who signed it. They call themselves: { $signer }
origin-altered = Altered: this file carries a signature that no longer fits it. It was changed after it was signed.
origin-re-encoded = Re-encoded: there is no signature any more, but other marks of its origin are left. A chat app or an editor has written this file anew.
origin-unmarked = I find no marks of origin. That doesn’t mean that it wasn’t made by AI.
origin-unreadable = I can’t read this as a video. I read whole MP4, MOV, WebM and MKV files of up to 1 GB.
origin-code = Its code: { $code }
origin-trained = The signature says: made by an AI model, with { $generator }.
origin-drawn = The signature says: drawn by a program without a trained model, with { $generator }.
origin-made = The signature was made with { $generator }.
origin-problems = What doesn’t fit: { $problems }
origin-aigc = Its metadata say that it was made by AI. They name as producer: { $producer }
origin-recipe = Its metadata tell how it was made, with the model { $model }.
origin-watermark = In its pictures is our invisible watermark, with the code { $code }.
origin-no-watermark = I find no invisible watermark of ours in its pictures.

## Reports, and people's own data

list-of-two = { $first }, { $second }
command-with-reason = { $command } CODE what is wrong
command-needs-reason = Add what is wrong with it, for example: /report { $code } likeness – that is my face. It can begin with one of these: { $reasons }
command-reported = Thank you. Somebody will look at { $code } within 48 hours. Reason: { $reason }
command-removed = { $code } was removed after a report. Reason: { $reason }
note-taken-down = This video was removed after a report.
notice-taken-down = Your video { $job } was removed after a report. Reason: { $reason }
notice-report-upheld = Your report of { $job }: the video was removed.
notice-report-rejected = Your report of { $job }: somebody has looked at it, and the video stays.
notice-appeal-upheld = Your appeal { $appeal }: people have looked at it, and the refusal stands. Your prompt is no longer kept.
notice-appeal-overturned = Your appeal { $appeal }: you were right. Send the prompt again, and it is made.
notice-why = What they wrote: { $why }
report-reason-minors = minors
report-reason-non-consent = non-consent
report-reason-likeness = likeness
report-reason-copyright = copyright
report-reason-sexual = sexual
report-reason-hate = hate
report-reason-illegal = illegal
report-reason-other = other
privacy = What I keep, and for how long:
privacy-clips = Videos: { $days ->
    [one] one day
   *[other] { $days } days
 } after they are finished.
privacy-prompts = What you asked for, and its translation: { $days ->
    [one] one day
   *[other] { $days } days
 }. A video’s own file says how it was made for as long as it is here.
privacy-translations = Translations, to use them again: { $days ->
    [one] one day
   *[other] { $days } days
 }.
privacy-reports = Reports: { $days } days after they are decided.
privacy-agreements = What you declared about people, pictures and brands, and what you agreed to: { $days } days.
privacy-ledger = Single entries about credits: { $days } days. After that, only their sums.
privacy-waiting = What waits for you to press a button, such as words you typed after my name elsewhere: an hour.
privacy-engines = These services read prompts to make videos of them: { $names }
privacy-here = Nobody else reads your prompts: they are translated and checked on this machine.
privacy-translators = These services read prompts to translate or expand them: { $names }
privacy-moderators = These services read prompts to check them: { $names }
privacy-rights = /export gives you all I keep of you. /forget_me erases it. /report tells us about a video that should not be here.
moderator-openai = OpenAI
moderator-aliyun = Alibaba Cloud
moderator-tencent = Tencent Cloud
moderator-azure = Microsoft Azure
moderator-guard = a guard model
command-exported = This is all I keep of you: { $clips ->
    [one] one video
   *[other] { $clips } videos
 }, { $entries ->
    [one] one entry about credits
   *[other] { $entries } entries about credits
 }, and whatever else belongs to your account. It comes as a JSON file where this chat can hold one; otherwise ask whoever runs this bot for it.
forget-word = erase
command-forget-sure = This erases your videos, your prompts and your links to other platforms, for good; videos in the making are cancelled. Your { $balance } credits are lost. What the books must keep stays without your name. If you are sure, send: /forget_me { $word }
command-forgotten = Done. { $clips ->
    [0] There were no videos to erase, and your account is gone.
    [one] One video and your account are gone.
   *[other] { $clips } videos and your account are gone.
 } If you write again, you are new here.

## Channels: publishing

command-name-channel = channel
command-name-publish = publish
command-name-drafts = drafts
command-name-draft = draft
command-name-submit = submit
command-name-approve = approve
command-name-decline = decline
command-name-schedule = schedule
command-name-withdraw = withdraw
command-about-channel = Your channels: connect one, set it, invite editors
command-about-publish = Prepare a video of yours for a channel
command-about-drafts = What you prepare, and what waits for you to decide
command-about-draft = Look at a draft, or change what it says
command-about-submit = Hand a draft in, with a time if you like
command-about-approve = Let a draft be posted, now or at a time
command-about-decline = Send a draft back, with a reason
command-about-schedule = Post it at another time
command-about-withdraw = Don’t post it, or take the post away
channel-usage =
    /channel offer name – let somebody (or yourself) make this chat their channel
    /channel connect CODE – own the chat that the code is from
    /channel profile CHANNEL – see and set what holds there
    /channel editors CHANNEL – who decides there, and invite one
    /channel members CHANNEL – who may hand in, and invite some
    /channel join CODE – take an invitation
    /channel disconnect CHANNEL – forget it
publish-usage = Add the code of a video, and of a channel if you have several: /publish K7QM2XD CHANNEL. Send /my to see the codes of yours.
draft-usage =
    Add the code of a draft, and what to change:
    /draft CODE en words – the English caption (zh: the Chinese one; nothing after it drops it)
    /draft CODE tags cats, rain
    /draft CODE credit your name
    /draft CODE spoiler on – behind a cover (off: not)
    /draft CODE silent on – without a sound (off: with one)
    /draft CODE topic ID – in a topic of the channel
submit-usage = Add the code of a draft, and a time if you like: /submit CODE tomorrow 8pm
approve-usage = Add the code of a draft, and a time if it shouldn’t be posted at once: /approve CODE tomorrow 8pm
decline-usage = Add the code of the draft and a reason: /decline CODE please crop the logo
schedule-usage = Add the code and a time: /schedule CODE tomorrow 8pm
withdraw-usage = Add the code of a draft or a post: /withdraw CODE
channel-none = You are of no channel yet.
channel-list = Your channels:
channel-line = { $code } · { $title } · { $role }
channel-role-owner = owner
channel-role-editor = editor
channel-role-member = member
channel-offered = Whoever sends this within an hour owns this chat as a channel: /channel connect { $code }
channel-connected = { $title } is your channel now, as { $code }. What is published there appears in that chat.
channel-people = Of { $title }:
channel-invite-editor = To make somebody an editor, let them send this within an hour: /channel join { $code }. It works once.
channel-invite-member = To let people hand in videos, let them send this within an hour: /channel join { $code }
channel-remove-how = To take somebody’s role away: /channel remove { $code } NUMBER
channel-joined = You are of { $title } now, as { $role }. Send /publish to hand in a video.
channel-disconnected = { $title } is forgotten. What was to be posted there won’t be; what is posted stays.
profile-usage = To set one: /channel profile CHANNEL name value. Without a value it is set back.
profile-head = { $title } ({ $code })
profile-line = { $name } · { $about }: { $value }
profile-any = any
profile-recipes = recipes whose videos may be published
profile-ratio = the shape of the videos
profile-languages = languages of the captions
profile-words = words that no caption may hold
profile-quiet = hours in which nothing is posted
profile-timezone = time zone
profile-missed = a post whose time went by while I was away
profile-missed-post = post – it is posted late
profile-missed-ask = ask – you are asked
publish-which = You have several channels. Say which one: /publish { $code } CHANNEL
drafts-mine = Yours:
drafts-waiting = Waiting in your channels:
drafts-none = Nothing is under way. /publish CODE prepares a video of yours for a channel.
drafts-how = /draft CODE shows one.
draft-how =
    To change it: /draft { $code } en words (or zh, tags, credit, spoiler, silent, topic)
    To hand it in: /submit { $code }, with a time if you like
    If you decide there: /approve { $code }, now or with a time
review-how = /approve { $code } (with a time if you like), /decline { $code } reason, /withdraw { $code }, or /draft { $code } en words to change it.
draft-spoiler = behind a cover
draft-silent = without a sound
draft-topic = topic { $topic }
publication-state-draft = draft
publication-state-submitted = handed in
publication-state-changed = handed in, changed by an editor
publication-state-approved = approved
publication-state-declined = sent back
publication-state-scheduled = scheduled
publication-state-posting = being posted
publication-state-posted = posted
publication-state-failed = failed
publication-state-missed = missed its time
publication-state-withdrawn = withdrawn
submitted = { $code } is handed in. Whoever decides in { $channel } is told, and then you are.
declined = { $code } is sent back, and its author is told why.
withdrawn = { $code } won’t be posted.
withdrawn-post = { $code } is withdrawn. The post goes away in a moment.
scheduled-now = { $code } is being posted in { $channel }.
scheduled = { $code } will be posted in { $channel } at { $at }.
scheduled-quiet = That is when the quiet hours end.
post-credit = By { $name }
post-label = AI-generated
post-alt = Video of the post { $code }
notice-publication-submit = { $publication } waits for you to decide in { $channel }. See it with /draft { $publication }.
notice-publication-change = An editor of { $channel } changed { $publication }. See it with /draft { $publication }.
notice-publication-approve = { $publication } is approved for { $channel }: { $at }
notice-publication-schedule = { $publication } has another time in { $channel }: { $at }
notice-publication-decline = { $publication } came back from { $channel }. Change it with /draft { $publication } and hand it in again with /submit { $publication }.
notice-publication-withdraw = { $publication } is withdrawn from { $channel }.
notice-publication-post = { $publication } is posted in { $channel }.
notice-publication-put-off = It is the quiet hours of { $channel }: { $publication } is posted at { $at }.
notice-publication-miss = { $publication } should have been posted in { $channel } at { $at }, while I was away. Post it with /schedule { $publication } now, or leave it with /withdraw { $publication }.
notice-publication-fail =
    { $error ->
        [post-unsure] I was cut off while posting { $publication } in { $channel } and can’t tell whether it is there. Look: if it isn’t, send /schedule { $publication } now; if it is, /withdraw { $publication } only ends it here.
        [recipient-gone] { $publication } couldn’t be posted: I can’t reach { $channel } any more. Give me back my rights there, then send /schedule { $publication } now.
        [too-large] { $publication } is too big for { $channel }. Make it shorter or smaller, and publish that one.
        [delivery-delayed] The platform didn’t take { $publication } for { $channel } in time. Try again with /schedule { $publication } now.
        [clip-invalid] The video of { $publication } is no longer here, so it can’t be posted in { $channel }. Make it again with /again, and publish that one.
       *[other] { $publication } couldn’t be posted in { $channel }: something broke on our side. Try again with /schedule { $publication } now.
    }
error-channel-unknown = I know no channel { $channel } of yours. Send /channel to see yours.
error-channel-known = This chat is connected already. Its owner can invite you.
error-invitation-invalid = This code is wrong, used, or older than an hour. Ask for a new one.
error-not-permitted = Your role in { $channel } doesn’t cover that. Ask its owner or an editor.
error-person-unknown = There is nobody with the number { $number } whose role can be taken away. Send /channel editors and the channel’s code to see the numbers.
error-publication-unknown = I know no draft or post { $publication } of yours. Send /drafts to see them.
error-publication-move =
    { $state ->
        [draft] { $publication } is only a draft. Hand it in first: /submit { $publication }
        [declined] { $publication } was sent back. Change it, then hand it in again: /submit { $publication }
        [posting] { $publication } is just being posted. Try again in a moment.
        [posted] { $publication } is posted already. To take it away: /withdraw { $publication }
        [withdrawn] { $publication } is withdrawn. Publish the video anew.
        [failed] { $publication } failed. To try again: /schedule { $publication } now
        [missed] { $publication } missed its time. To post it: /schedule { $publication } now
       *[other] { $publication } is handed in and waits. Send /draft { $publication } to see how it stands.
    }
error-publication-unmade = { $job } is not finished. Once it is, you can publish it.
error-publication-unlabelled = { $job } has no visible label, so it can’t be published here. Make it again with /again, and publish that one.
error-publication-recipe = The recipe of { $job } isn’t taken there. It takes: { $known }
error-publication-ratio = { $job } has another shape than { $ratio }, the only one taken there.
error-caption-needed = It needs a caption in one of the channel’s languages: { $known }. Write one, for example: /draft CODE en two penguins dance
error-caption-long = Too long: { $length } characters. The limit is { $limit }.
error-caption-word = The channel doesn’t want “{ $word }” in its posts. Say it in other words.
error-tags-wrong = At most { $most } tags of letters and figures, each up to { $longest } long, for example: cats, rain
error-moment-unknown = I can’t read “{ $text }” as a time. Write for example: tomorrow 8pm, Friday 20:00, in 2 hours, or 2026-12-24 18:30
error-moment-past = { $at } is over. Write a time to come, or now.
error-moment-ambiguous = That may be { $one } or { $other }. Write the one you mean.
error-moment-missing = There is no { $at }: the clocks are set forward over it. Write a time an hour earlier or later.
error-moment-twice = That time comes twice that day. Write { $one } or { $other }.
error-moment-far = That is too far ahead: the video is kept until { $until }. Choose a time before that.
error-post-unsure = I was cut off while posting it and can’t tell whether it is there. Look at the channel.

## Telegram: menus and the bot’s own page

telegram-name = Piying 皮影: text to video
telegram-description = Tell me in a sentence what you’d like to see, in English or Chinese, and I’ll make a short video of it. Every clip says that a machine made it. In a group, send /video and your sentence: I read nothing else there. /privacy tells what I keep.
telegram-short-description = A sentence becomes a short video, in English and Chinese.
command-name-video = video
command-name-animate = animate
command-name-queue = queue
command-name-settings = settings
command-name-admin = admin
command-name-buy = buy
command-name-terms = terms
command-name-paysupport = paysupport
command-about-video = Make a video: /video two penguins dancing
command-about-animate = Set a photo in motion: send it, or reply to one
command-about-queue = What you are waiting for
command-about-settings = Language, quality, shape, length, quiet
command-about-admin = What this chat may do
command-about-buy = Buy credits with Telegram Stars
command-about-terms = What holds for bought credits
command-about-paysupport = When something is wrong with a payment
command-name-verify = verify
command-about-verify = See where a video comes from
command-verify = Give me a video as a file (MP4 or MOV), and I’ll say what it carries of its origin. I keep nothing of it.
verify-too-large = That is too large, or came too slowly: { $limit } MB and five minutes at most.
telegram-start = In a group, send /video and your sentence. /help shows everything I can do. What I make is made by a machine, and says so.
telegram-link-sure =
    This joins your account here to another one: your credits and videos go to it. Only do that if you asked for this code yourself. If you did, send:
    /link { $code }

## Telegram: clips

button-cancel = Cancel
telegram-edit = Answer this with the words for the engine. Now they are: { $words }
telegram-in-private = { $command } is for our private chat: send it there.
clip-not-yours = This is somebody else’s. Make your own with /video.
button-again = Again
button-take = Another take
button-longer = Longer
button-share = Share
button-details = Details
button-report = Report
clip-ready = { $code } is ready and on its way to you.
telegram-animate = Send a photo with words that say what should happen in it, or reply to one: /animate the cat turns around
telegram-animate-words = Say what should happen in the picture, for example: /animate the cat turns around. Write it below the photo, or as a reply to it.
telegram-verify = Send the video as a file (MP4 or MOV) with /verify below it, or reply to it with /verify. I’ll say what it carries of its origin, and keep nothing of it.
telegram-verify-too-large = That is too large for me to fetch: { $limit } MB at most.
telegram-inline-make = Make a video
telegram-make = Make it
telegram-offer = Not made yet. Press the button and I’ll make it, right here.
telegram-offer-private = I can only make this once you have opened our private chat. It’s ready for you there.
telegram-draft = Ready to be made:
telegram-made-there = { $code } is being made. You’ll see it where you asked for it, and here.
button-newest = ⏮ Newest
button-older = Older ▶
queue-none = Nothing is in the making. Tell me what you’d like to see.
ask-again = I no longer have that message. Please send it again.
telegram-guest = I make videos out of sentences, in our private chat. Yours can be sent from there to any chat.

## Telegram: Stars

stars-none = Credits are not sold here.
stars-alone = Credits are sold in our private chat.
stars-choose = Credits for Telegram Stars. Choose how many:
stars-pack = { $credits } for ⭐ { $stars }
stars-what = For videos by this bot. A video that is not made or not delivered costs nothing.
stars-pack-gone = This is not on offer any more. Send /buy to see what is.
stars-paid = Thank you! { $credits } more, { $balance }. The payment’s code is { $payment }.
stars-paid-unclear = Your payment has arrived, but I can’t tell what it was for. It is not lost: send /paysupport.
stars-terms =
    What holds for credits bought with Stars:
    · You buy credits for videos by this bot, and nothing else. They are there at once, and can’t be turned into money or given away.
    · A video is paid when it has arrived. What fails, is refused or is cancelled costs nothing.
    · Credits that you have not spent can be given back for Stars. Spent ones can be where a video was not what was sold; people decide that.
    · What may be made, you find in the refusals and in /help; who breaks the rules can be blocked.
    · Telegram is not the seller and can’t help with payments here. Send /paysupport.
stars-support = Something wrong with a payment? Send the code that came with it, and what happened, to { $contact }. Stars can be given back. Telegram’s own support can’t help with payments to this bot.
stars-operator = whoever runs this bot
stars-operators-only = Only those who run this bot can do that.
stars-needs-payment = Add the code of the payment, for example: /refund { $example }
stars-refunded = { $payment }: ⭐ { $stars } are given back, and { $credits } are taken back.
stars-refunded-before = { $payment } has been given back before.
stars-refund-waits = { $payment }: the credits are taken back, but Telegram has not given the Stars back yet ({ $why }). I ask again every minute.
stars-refund-told = Your payment { $payment } was given back: ⭐ { $stars }. { $credits } were taken back for it.

## Telegram: settings of users and of chats

open-private = Open our private chat
settings = Your settings. They hold wherever a message says nothing else.
settings-alone = Your settings are in our private chat, where nobody looks on.
choice = { $title }: { $value }
choice-on = on
choice-off = off
choice-back = ← Back
choice-close = Close
choice-automatic = automatic
choice-language-app = as in your app
choice-operators = as the operator has it
choice-all = all
language-name = English
setting-locale = Language
setting-locale-why = Which language shall I speak?
setting-recipe = Quality
setting-recipe-why = Which recipe shall I use where you name none?
setting-ratio = Shape
setting-ratio-why = Which shape shall videos have where you name none?
setting-seconds = Length
setting-seconds-why = How long shall videos be where you say nothing of it?
setting-quiet = Quiet: only the video
setting-paused = Paused: no videos here
setting-clips-a-day = Videos a day, all together
setting-clips-a-day-why = How many videos may be made here a day, all together? It can only be less than the operator allows.
setting-member-clips-a-day = Videos a day, each member
setting-member-clips-a-day-why = How many videos may each member make here a day?
setting-seconds-a-day = Seconds of video a day
setting-seconds-a-day-why = How many seconds of video may be made here a day, all together? It can only be less than the operator allows.
setting-recipes = Recipes allowed
setting-recipes-why = Which recipes may be used here? Press one to allow it or take it away.
setting-covered = Behind a cover
setting-protected = No forwarding or saving
admin = This chat, for all in it.
admin-usage = Today: { $clips ->
    [one] one video
   *[other] { $clips } videos
 }, { $seconds } seconds.
admin-in-groups = /admin is for groups and channels: send it there.
admins-only = Only administrators of this chat can do that.
stars-refund-refused = { $payment }: Telegram does not give the Stars back ({ $why }). The credits stay where they are.
stars-refund-nobody = { $payment }: whoever paid is forgotten here. Look up their id among the bot’s transactions, and add it: /refund { $payment } ID

## Moderators

moderate-none = Nothing waits for a decision.
moderate-list = { $count } waiting, first what is due first:
moderate-usage = To decide: /rule CODE allow REASON – the prompt may be made, or the video stays. /rule CODE deny REASON – the prompt stays refused, or the video is removed. The reason goes on record and to those concerned: of a report, the video’s owner and whoever reported it. Name neither.
case-appeal = { $case } · appeal · { $ground } · { $due }
case-report = { $case } · report · { $ground } · { $due }
case-due = due in { $hours } h
case-overdue = overdue by { $hours } h
case-own = This one is about yourself: somebody else decides it.
case-ground =
    { $category ->
        [sexual] sexual
        [gore] gore
        [hate] hate
        [terror] terror
        [self-harm] self-harm
        [illegal] crime
        [non-consent] without consent
        [real-person] real person
        [political] politics
        [ip] somebody’s character or brand
        [horror] horror
       *[other] other
    }
case-done-appeal-allow = { $case }: overturned. The prompt is allowed from now on.
case-done-appeal-deny = { $case }: upheld. The prompt stays refused.
case-done-report-allow = { $case }: dismissed. The video stays, and whoever reported it is told.
case-done-report-deny = { $case }: the video is removed. Its owner is told, and whoever reported it.
operator-title = Moderation · Piying
operator-heading = Waiting for a decision
operator-none = Nothing waits for a decision.
operator-appeals = Appeals: { $count }
operator-reports = Reports: { $count }
operator-kind-appeal = Appeal
operator-kind-report = Report
operator-ground = Ground
operator-came = Came
operator-due = Due
operator-prompt = Prompt
operator-fragment = Held against it
operator-text = What was reported
operator-clip = Show the video of { $code }
operator-no-clip = The video is not there (any more).
operator-why = Reason
operator-why-hint = It goes on record, and to those concerned: of a report, the video’s owner and whoever reported it. Name neither.
operator-appeal-deny = Uphold the refusal
operator-appeal-allow = Overturn it
operator-report-deny = Take the video down
operator-report-allow = Dismiss the report
operator-no-reason = Nothing was decided: write a reason.

## Discord: clips

button-remix = Remix
button-show = Show
discord-outdated = This command has changed. Restart Discord to see it as it is now, or try again in a few minutes.
discord-edit-title = Edit { $code }
discord-edit-words = What the engine shall read
discord-remix-title = Remix { $code }
discord-remix-words = The new prompt
discord-animate-title = Animate a picture
discord-animate-picture = The picture (PNG, JPEG or WebP)
discord-animate-words = What should happen in it
button-publish = Publish to followers
discord-done = { $code } is ready.
discord-came-late = This took longer than Discord lets me answer where you asked, so here it is.
discord-channel-lacks = I couldn’t post this in { $channel }: I need { $permissions } there. Whoever looks after the server can give me that.
discord-channel-closed = I can’t post in { $channel } any more, so here it is.
discord-permission-view-channel = “View Channels”
discord-permission-send-messages = “Send Messages”
discord-permission-send-messages-in-threads = “Send Messages in Threads”
discord-permission-attach-files = “Attach Files”
discord-permission-manage-messages = “Manage Messages”
discord-share-where = Where shall I post { $code }?
discord-share-choose = Choose a channel
discord-shared = { $code } is in { $channel } now.
discord-share-elsewhere = Send /show { $code } wherever you’d like it to be seen.
discord-share-no-place = Nothing can be posted in { $channel } itself. Choose a channel.
discord-share-you-lack = You can’t post in { $channel } yourself: that takes { $permissions }.
discord-share-i-lack = I can’t post in { $channel }: I need { $permissions } there.
discord-published = { $code } is on its way to everybody who follows this channel.
discord-publish-who = Whoever made it can publish it, or who has { $permissions } here.
discord-report-title = What is wrong with { $code }?
discord-report-reason = Reason
discord-report-words = In your words

## Discord: menus

command-name-server = server
command-about-server = What this server may do: channels, recipes, limits
discord-about-video = Make a video from a sentence
discord-about-animate = Set a picture in motion
option-name-prompt = prompt
option-about-prompt = What you’d like to see, in English or Chinese
option-about-animate-prompt = What should happen in the picture
option-name-recipe = recipe
option-about-recipe = How good it shall be, and by which model
option-name-ratio = ratio
option-about-ratio = Its shape
option-ratio-landscape = 16:9 landscape
option-ratio-portrait = 9:16 vertical
option-ratio-square = 1:1 square
option-ratio-landscape-classic = 4:3 landscape
option-ratio-portrait-classic = 3:4 vertical
option-name-seconds = seconds
option-about-seconds = How long it shall be
option-name-seed = seed
option-about-seed = A number: with the same one, the same prompt gives the same video
option-name-negative = negative
option-about-negative = What should not be in it
option-name-image = image
option-about-image = A picture that it begins with
option-name-private = private
option-about-private = Only you see it
option-name-code = code
option-about-code = The code of a video, such as K7QM2XD
option-about-continue-prompt = What happens next, in English or Chinese
option-name-codes = codes
option-about-codes = The codes of 2 to 10 of your videos, in order
option-name-fade = fade
option-about-fade = Let them pass over into each other for half a second
option-about-link-code = The code that you were given on the other platform; without one, you get one
menu-animate = Animate this image
menu-video = Make a video of this

## Discord: settings, servers, people

setting-labelled = Always with the visible label
setting-channels = Channels
setting-channels-why = In which channels or categories may videos be made? With none chosen, in all; threads go with their channel.
setting-role-clips-a-day = Videos a day, by role
setting-role-clips-a-day-why = Which role shall have a limit of its own, in place of every member’s? Of several roles, the highest counts.
server-role-why = How many videos may each member with { $role } make here a day?
choice-members = as every member
choice-none = none
server-settings = This server, for everybody in all its channels.
server-choose = What would you like to change?
server-administrators-only = Only those who may manage this server can do that.
discord-help = Tell me in a sentence what you’d like to see, in English or Chinese, with /video. “6s”, “vertical” or “without people” may be part of it. What I make is made by a machine, and says so.
discord-help-menu = In the Apps menu of a message: { $name }
discord-help-reads = I read what you send me with these commands, and nothing else: no other messages, no member lists.
discord-privacy-rights = In servers I read what you send me with a command, and nothing else. The buttons below give you all I keep of you, or erase it.
discord-export = Give me my data
discord-erase = Erase my data …
discord-erase-title = Erase your data
discord-erase-sure = This erases your videos, your prompts and your links to other platforms, for good; videos in the making are cancelled. Your credits are lost. What the books must keep stays without your name.
discord-erase-word = If you are sure, type: { $word }
discord-erase-not = Nothing was erased: that takes the word “{ $word }”.

## Discord: premium

premium-paid = Thank you! { $credits } more, { $balance }. The purchase’s code is { $payment }.
premium-offers = More of them, from Discord itself:

## Showcase and gallery

command-name-remix = remix
command-name-showcase = showcase
command-name-vote = vote
command-name-top = top
command-about-remix = Build on a video with other words
command-about-showcase = Show a video of yours to everybody, or hide it
command-about-vote = Vote for a video of the showcase
command-about-top = The best of the showcase: /top day, week or month
command-with-prompt = { $command } CODE new prompt
command-with-showcase = { $command } CODE on or off
command-needs-prompt = Add what to show instead, for example: /remix { $code } two white cats in the rain
error-showcase-unknown = { $job } is not in the showcase. Send /top to see what is.
error-showcase-unmade = { $job } is not finished, so it can’t be shown yet.
error-showcase-hidden = { $job } can’t be shown to everybody: it may disturb, or it has no label that says it was made by AI.
error-vote-own = { $job } is your own. The votes of others count.
error-remix-not-allowed = Whoever made { $job } does not want it remixed. Send /top to find others.
note-remix-of = Made out of { $job }.
remix-made = Your remix is { $code }. { $place }
showcase-not =
    { $code } is not in the showcase. To show it there, with its prompt: /showcase { $code } on
    To let others remix it, add the word remix; a title may follow: /showcase { $code } on remix Snow cat
showcase-public = Everybody on the internet can see the showcase, at the gallery.
showcase-on =
    { $code } is in the showcase. { $votes ->
        [one] { $votes } vote.
       *[other] { $votes } votes.
    }
showcase-remix = Others may remix it; their videos name yours.
showcase-no-remix = Others may not remix it.
showcase-link = Anyone can see it: { $url }
showcase-how = To take it back: /showcase { $code } off
showcase-off = { $code } is no longer in the showcase.
vote-on =
    Your vote for { $code } counts. { $votes ->
        [one] It has { $votes } vote.
       *[other] It has { $votes } votes.
    } To take it back: /vote { $code } off
vote-twice = You have voted for { $code } before. To take your vote back: /vote { $code } off
vote-off =
    Your vote for { $code } is taken back. { $votes ->
        [one] It has { $votes } vote.
       *[other] It has { $votes } votes.
    }
vote-none = You had not voted for { $code }.
top-day = The best of the last day:
top-week = The best of the last 7 days:
top-month = The best of the last 30 days:
top-none-day = Nothing was shown in the last day. Show one of yours: /showcase CODE on
top-none-week = Nothing was shown in the last 7 days. Show one of yours: /showcase CODE on
top-none-month = Nothing was shown in the last 30 days. Show one of yours: /showcase CODE on
top-line =
    { $number }. { $code } · { $votes ->
        [one] { $votes } vote
       *[other] { $votes } votes
    } · { $name }
top-how = To vote: /vote CODE
top-gallery = Watch them: { $url }
gallery-title = Gallery
gallery-site = Piying
gallery-about = Videos made by AI from a sentence, shown by the people who wrote it.
gallery-label = AI-generated
gallery-skip = Skip to the videos
gallery-lists = Lists
gallery-newest = Newest
gallery-top-day = Top of the day
gallery-top-week = Top of the week
gallery-top-month = Top of the month
gallery-top-ever = Top of all time
gallery-more = More
gallery-back = Back to the gallery
gallery-none = Nothing is shown here yet.
gallery-feed = Atom feed
gallery-untitled = Video { $code }
gallery-alt = AI-generated video: { $prompt }
gallery-votes =
    { $votes ->
        [one] { $votes } vote
       *[other] { $votes } votes
    }
gallery-prompt = Prompt
gallery-prompt-english = In English
gallery-prompt-chinese = In Chinese
gallery-recipe = How it was made
gallery-shown = Shown since
gallery-lineage = Made out of
gallery-lineage-gone = no longer shown
gallery-vote-how = To vote, send the bot: /vote { $code }
gallery-remix-how = Whoever made it lets others build on it. Send the bot: /remix { $code } and your own words
gallery-no-remix = Whoever made it does not want it remixed.
gallery-report = Report this video
gallery-report-reason = What is wrong with it
gallery-report-text = Anything to add? You need not say who you are.
gallery-report-send = Send the report
gallery-report-thanks = Thank you. Somebody will look at { $code } within 48 hours.
gallery-report-soon = There are many reports just now. Please try again in a few minutes.
gallery-report-invalid = The report did not say what is wrong. Please choose a reason.
gallery-gone-title = Not here
gallery-gone = This video is not shown here, or no longer.
