/// Mode, duration, aspect ratio and prompts.
extension Message {
    static let modeValue = Message(
        "mode.value", .error, en: "`mode` is {allowed}, not \"{value}\".",
        zh: "`mode` 只能是 {allowed}，不能是“{value}”。")
    static let modeValueElsewhere = Message(
        "mode.value", .error,
        en: "{model} has no mode \"{value}\" ({allowed} only): for it use the model {other}.",
        zh: "{model} 没有“{value}”模式（只有 {allowed}）：需要时请使用 {other}。")
    static let durationQuoted = Message(
        "duration.quoted", .error, source: "kling-v3 page, duration (line 397)",
        en: "`duration` must be a number, not a string: write {value} without quotes.",
        zh: "`duration` 必须是数字而不是字符串：请去掉引号，写成 {value}。")
    static let durationRange = Message(
        "duration.range", .error, en: "`duration` is a whole number of seconds, {allowed}, not {value}.",
        zh: "`duration` 必须是整数秒，{allowed}，不能是 {value}。")
    static let durationRangeHere = Message(
        "duration.range", .error,
        en:
            "`duration` is {allowed} here, not {value}: Kling itself makes 3–10 seconds from references, but this "
            + "gateway documents {allowed} only.",
        zh: "这里的 `duration` 只能是 {allowed}，不能是 {value}：可灵在有参考素材时支持 3–10 秒，但本网关只说明了 {allowed}。")
    static let durationIgnored = Message(
        "duration.ignored", .information, source: "kling-video-o1 page, video_list (line 457)",
        en: "`duration` is ignored: the edited clip's own length decides.",
        zh: "`duration` 不起作用：编辑视频时以上传视频的时长为准。")
    static let aspectRatioValue = Message(
        "aspectRatio.value", .error, en: "`{name}` is {allowed}, not \"{value}\".",
        zh: "`{name}` 只能是 {allowed}，不能是“{value}”。")
    static let aspectRatioIgnored = Message(
        "aspectRatio.ignored", .hint,
        en: "`{name}` may be ignored: the ratio of the given picture or clip wins.",
        zh: "`{name}` 可能不起作用：会以所给图片或视频的比例为准。")
    static let promptMissing = Message(
        "prompt.missing", .error,
        en: "`prompt` is missing or empty: say what the video shows.", zh: "缺少 `prompt` 或内容为空：请描述视频内容。")
    static let promptMissingImages = Message(
        "prompt.missing", .error,
        en:
            "`prompt` is missing or empty. With pictures the page calls it recommended in one table and required in "
            + "the other; say what happens in the video to be sure.",
        zh: "缺少 `prompt` 或内容为空。使用图片时，页面一处写“建议填写”，参数表写“必填”；请描述视频内容以免出错。")
    static let promptMissingIntelligence = Message(
        "prompt.missing", .error, source: "kling-v3 page, 参数互斥与边界 (line 512)",
        en: "`prompt` is missing or empty: with `shot_type` \"intelligence\" the shots are made from it.",
        zh: "缺少 `prompt` 或内容为空：`shot_type` 为“intelligence”时由它生成分镜。")
    static let promptLength = Message(
        "prompt.length", .warning, source: "Kling's own limit; the page names none",
        en: "`{name}` has {count} characters; Kling takes {limit}.",
        zh: "`{name}` 有 {count} 个字符，可灵上限为 {limit}。")
    static let promptLengthFar = Message(
        "prompt.length", .warning, source: "Kling's own limit; the page names none",
        en:
            "`{name}` has {count} characters, beyond every limit known ({limit} at Kling, 3072 elsewhere): it will "
            + "most likely be refused.",
        zh: "`{name}` 有 {count} 个字符，超过所有已知上限（可灵 {limit}，其他网关 3072），很可能被拒绝。")
    static let promptIgnored = Message(
        "prompt.ignored", .hint, source: "kling-v3 page, 参数互斥与边界 (line 512)",
        en: "`prompt` is ignored: with `shot_type` \"customize\" the shots' own prompts count.",
        zh: "`prompt` 不起作用：`shot_type` 为“customize”时以各分镜的提示词为准。")
    static let promptLanguage = Message(
        "prompt.language", .off, source: "kling-v3 page, prompt (line 368)",
        en: "The page advises English prompts.", zh: "页面建议使用英文提示词。")
    static let negativePromptLength = Message(
        "negativePrompt.length", .warning, source: "Kling's own limit; the page names none",
        en: "`negative_prompt` has {count} characters; Kling takes {limit}.",
        zh: "`negative_prompt` 有 {count} 个字符，可灵上限为 {limit}。")
    static let negativePromptOverlap = Message(
        "negativePrompt.overlap", .hint, source: "advice",
        en: "\"{value}\" is asked for in `prompt` and excluded here.",
        zh: "“{value}”在 `prompt` 中要求出现，在这里又被排除。")
    static let modeCost4k = Message(
        "mode.cost", .hint, source: "kling-v3 page, 功能支持矩阵 (line 515)",
        en:
            "`mode` \"4k\" is not in the page's table of supported combinations; it may cost more than \"pro\".",
        zh: "页面的功能支持矩阵没有列出 `mode`“4k”，费用可能高于“pro”。")
    static let modeCost = Message(
        "mode.cost", .hint, source: "kling-v3 page, 功能支持矩阵 (line 515)",
        en:
            "`mode` \"{mode}\" with {duration} seconds is not in the page's support matrix; it may cost more or be "
            + "refused.",
        zh: "`mode`“{mode}”配 {duration} 秒不在页面的功能支持矩阵中，可能费用更高或被拒绝。")

    static let scalarTable: [Message] = [
        modeValue, modeValueElsewhere, durationQuoted, durationRange, durationRangeHere, durationIgnored,
        aspectRatioValue,
        aspectRatioIgnored, promptMissing, promptMissingImages, promptMissingIntelligence, promptLength,
        promptLengthFar, promptIgnored, promptLanguage, negativePromptLength, negativePromptOverlap, modeCost,
        modeCost4k
    ]
}
