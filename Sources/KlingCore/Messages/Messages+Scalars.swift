/// Mode, duration, aspect ratio and prompts.
extension Message {
    static let modeValue = Message(
        "mode.value", .error,
        en: "`mode` must be {allowed}, not \"{value}\".",
        zh: "`mode` 只能是 {allowed}，不能是 \"{value}\"。")
    static let modeValueElsewhere = Message(
        "mode.value", .error,
        en: "{model} has no mode \"{value}\", only {allowed}. For \"{value}\" use the model {other}.",
        zh: "{model} 没有 \"{value}\" 模式，只有 {allowed}。要用 \"{value}\"，请改用模型 {other}。")
    static let durationQuoted = Message(
        "duration.quoted", .error, source: "kling-v3 page, duration (line 397)",
        en: "`duration` must be a number, not a string: write {value} without quotes.",
        zh: "`duration` 必须是数字而不是字符串：请去掉引号，写成 {value}。")
    static let durationQuotedRange = Message(
        "duration.quoted", .error, source: "kling-v3 page, duration (line 397)",
        en: "`duration` must be a number without quotes, and a whole number of seconds, {allowed}, "
            + "not {value}.",
        zh: "`duration` 必须是不加引号的整数秒：{allowed}，不能是 {value}。")
    static let durationRange = Message(
        "duration.range", .error,
        en: "`duration` must be a whole number of seconds, {allowed}, not {value}.",
        zh: "`duration` 必须是整数秒：{allowed}，不能是 {value}。")
    static let durationRangeHere = Message(
        "duration.range", .error,
        en: "`duration` must be {allowed} here, not {value}. Kling itself makes 3–10 seconds when "
            + "pictures or a clip are given, but this service documents only {allowed}.",
        zh: "这里的 `duration` 只能是 {allowed}，不能是 {value}。提供图片或视频时可灵本身支持 3–10 "
            + "秒，但本服务的文档只列出 {allowed}。")
    static let durationRangeShots = Message(
        "duration.range", .error,
        en: "`duration` must be a whole number of seconds, {allowed}, not {value}. The shots last "
            + "{sum} seconds together: write {sum}.",
        zh: "`duration` 必须是整数秒：{allowed}，不能是 {value}。各分镜时长之和为 {sum} 秒：请写 {sum}。")
    static let durationRangeShotsToo = Message(
        "duration.range", .error,
        en: "`duration` must be a whole number of seconds, {allowed}, not {value}. The shots last {sum} "
            + "{sum|second|seconds} together, which is not allowed either: change them as well, so that both are "
            + "the same.",
        zh: "`duration` 必须是整数秒：{allowed}，不能是 {value}。各分镜时长之和为 {sum} 秒，也不在此范围内：请一并修改，使两者相等。")
    static let durationIgnored = Message(
        "duration.ignored", .information, source: "kling-video-o1 page, video_list (line 457)",
        en: "`duration` has no effect here: when a clip is edited, the video is as long as the clip. "
            + "Remove `duration`.",
        zh: "`duration` 在这里不起作用：编辑视频时，时长以所编辑的视频为准。请删除 `duration`。")
    static let aspectRatioValue = Message(
        "aspectRatio.value", .error,
        en: "`{name}` must be {allowed}, not \"{value}\".",
        zh: "`{name}` 只能是 {allowed}，不能是 \"{value}\"。")
    static let aspectRatioIgnored = Message(
        "aspectRatio.ignored", .hint,
        en:
            "The picture decides where its shape and `{name}` differ: the documentation says that it may override "
            + "`{name}`. For a certain shape, give a picture of that shape; `{name}` may then be left out.",
        zh: "图片比例与 `{name}` 不同时，以图片为准：文档说明 `{name}` 可能被图片的实际比例覆盖。如需特定比例，请提供该比例的图片；"
            + "此时可以不写 `{name}`。")
    static let aspectRatioIgnoredClip = Message(
        "aspectRatio.ignored", .hint,
        en: "A clip that is edited already has a shape, and the documentation does not say that "
            + "`{name}` changes it. For a certain shape, give a clip of that shape; `{name}` may then "
            + "be left out.",
        zh: "所编辑的视频本身已有画面比例，文档没有说明 `{name}` 能改变它。如需特定比例，"
            + "请提供该比例的视频；此时可以不写 `{name}`。")
    static let promptMissing = Message(
        "prompt.missing", .error,
        en: "`prompt` is missing or empty: describe what the video shows, for example \"A cat runs "
            + "across a meadow\".",
        zh: "缺少 `prompt` 或内容为空：请描述视频内容，例如“一只猫跑过草地”。")
    static let promptMissingImages = Message(
        "prompt.missing", .error,
        en: "`prompt` is missing or empty. Write one also when pictures are given: the documentation "
            + "requires it in its list of parameters, and only its overview of the two kinds of video "
            + "calls it recommended. Describe what happens, for example \"The cat slowly walks "
            + "forward\".",
        zh: "缺少 `prompt` 或内容为空。提供图片时也请填写：文档的参数说明写“必填”，只有“文生视频 "
            + "vs 图生视频”一表写“建议填写”。请描述画面如何变化，例如“猫咪缓缓向前走”。")
    static let promptMissingIntelligence = Message(
        "prompt.missing", .error, source: "kling-v3 page, 参数互斥与边界 (line 512)",
        en: "`prompt` is missing or empty: with `shot_type` \"intelligence\" the model makes the "
            + "shots from it. Describe the whole video.",
        zh: "缺少 `prompt` 或内容为空：`shot_type` 为 \"intelligence\" 时，模型根据它自动生成分镜。"
            + "请描述整段视频。")
    static let promptMissingIntelligenceShots = Message(
        "prompt.missing", .error, source: "kling-v3 page, 参数互斥与边界 (line 512)",
        en: "`prompt` is missing or empty: with `shot_type` \"intelligence\" the model makes the "
            + "shots from it, and those in `multi_prompt` are not read. Set `shot_type` to "
            + "\"customize\" to use them, or write a `prompt`.",
        zh: "缺少 `prompt` 或内容为空：`shot_type` 为 \"intelligence\" 时，模型根据它自动生成分镜，"
            + "不读取 `multi_prompt` 中的分镜。要使用这些分镜，请将 `shot_type` 改为 \"customize\"；"
            + "否则请填写 `prompt`。")
    static let promptMissingShots = Message(
        "prompt.missing", .error, source: "kling-v3 page, 参数互斥与边界 (line 512)",
        en: "`prompt` is missing or empty, and the shots in `multi_prompt` are not read because "
            + "`multi_shot` is not true. Set `multi_shot` to true and `shot_type` to \"customize\" to "
            + "use them, or write a `prompt`.",
        zh: "缺少 `prompt` 或内容为空，而 `multi_shot` 不为 true，因此不读取 `multi_prompt` "
            + "中的分镜。要使用这些分镜，请将 `multi_shot` 设为 true、`shot_type` 设为 \"customize\"；"
            + "否则请填写 `prompt`。")
    static let promptMissingShotsName = Message(
        "prompt.missing", .error, source: "kling-v3 page, 参数互斥与边界 (line 512)",
        en: "`prompt` is missing or empty, and `{name}` is not read: a list of shots must be called "
            + "`multi_prompt`. Rename it, with `multi_shot` true and `shot_type` \"customize\", or "
            + "write a `prompt`.",
        zh: "缺少 `prompt` 或内容为空，而 `{name}` 不会被读取：分镜列表必须命名为 `multi_prompt`。"
            + "请重命名，并将 `multi_shot` 设为 true、`shot_type` 设为 \"customize\"；或者填写 "
            + "`prompt`。")
    static let promptLength = Message(
        "prompt.length", .warning, source: "Kling's own limit; the page names none",
        en: "`{name}` has {count} characters{prefix}; Kling takes at most {limit}. Shorten it.",
        zh: "`{name}` {prefix}有 {count} 个字符，可灵最多接受 {limit} 个。请缩短。")
    static let promptLengthFar = Message(
        "prompt.length", .warning, source: "Kling's own limit; the page names none",
        en: "`{name}` has {count} characters{prefix}, more than any known service takes (Kling {limit}, "
            + "others 3072): it will most likely be refused. Shorten it.",
        zh: "`{name}` {prefix}有 {count} 个字符，超过所有已知服务的上限（可灵 {limit}，其他服务 3072），"
            + "很可能被拒绝。请缩短。")
    static let promptIgnored = Message(
        "prompt.ignored", .hint, source: "kling-v3 page, 参数互斥与边界 (line 512)",
        en: "`prompt` has no effect: with `shot_type` \"customize\" only the shots' own prompts in "
            + "`multi_prompt` count. Move what you need into them, and remove `prompt`.",
        zh: "`prompt` 不起作用：`shot_type` 为 \"customize\" 时，只以 `multi_prompt` "
            + "中各分镜自己的提示词为准。请将需要的内容移入分镜，并删除 `prompt`。")
    static let promptLanguage = Message(
        "prompt.language", .off, source: "kling-v3 page, prompt (line 368)",
        en: "Most of this `prompt` is not English; the documentation advises English.",
        zh: "此 `prompt` 大部分不是英文；文档建议使用英文提示词。")
    static let negativePromptLength = Message(
        "negativePrompt.length", .warning, source: "Kling's own limit; the page names none",
        en: "`negative_prompt` has {count} characters; Kling takes at most {limit}. Shorten it.",
        zh: "`negative_prompt` 有 {count} 个字符，可灵最多接受 {limit} 个。请缩短。")
    static let negativePromptOverlap = Message(
        "negativePrompt.overlap", .hint, source: "advice",
        en: "\"{value}\" is excluded here, but the prompt asks for it. Remove it from one of the two.",
        zh: "这里排除了 \"{value}\"，而提示词却要求出现它。请从其中一处删除。")
    static let modeCost4k = Message(
        "mode.cost", .hint, source: "kling-v3 page, 功能支持矩阵 (line 515)",
        en: "`mode` \"4k\" is allowed, but the documentation's table of supported combinations lists "
            + "only \"std\" and \"pro\", and no price: expect it to cost more than \"pro\". Where "
            + "1080p will do, use \"pro\".",
        zh: "`mode` 可以是 \"4k\"，但文档的功能支持矩阵只列出 \"std\" 和 \"pro\"，也没有给出价格："
            + "费用预计高于 \"pro\"。如果 1080P 已够用，请用 \"pro\"。")
    static let modeCost = Message(
        "mode.cost", .hint, source: "kling-v3 page, 功能支持矩阵 (line 515)",
        en: "`mode` \"{mode}\" with {duration} seconds is none of the combinations that the documentation "
            + "lists as supported: \"std\" up to 15 seconds, \"{mode}\" up to 10. It may be refused, or cost "
            + "more than \"std\". Use \"std\", or at most 10 seconds.",
        zh: "`mode` \"{mode}\" 配 {duration} 秒不在文档的功能支持矩阵中：\"std\" 最长 15 秒，\"{mode}\" 最长 10 秒。"
            + "可能被拒绝，或费用高于 \"std\"。请改用 \"std\"，或不超过 10 秒。")

    static let scalarTable: [Message] = [
        modeValue, modeValueElsewhere, durationQuoted, durationQuotedRange, durationRange, durationRangeHere,
        durationRangeShots, durationRangeShotsToo, durationIgnored,
        aspectRatioValue,
        aspectRatioIgnored, aspectRatioIgnoredClip, promptMissing, promptMissingImages,
        promptMissingIntelligence, promptMissingIntelligenceShots, promptMissingShots, promptMissingShotsName,
        promptLength,
        promptLengthFar, promptIgnored, promptLanguage, negativePromptLength, negativePromptOverlap, modeCost,
        modeCost4k
    ]
}
