/// Mode, duration, aspect ratio and prompts.
extension Message {
    static let modeValue = Message(
        "mode.value", .error,
        en: "`mode` must be {allowed}, not \"{value}\".",
        zh: "`mode` 只能是 {allowed}，不能是“{value}”。")
    static let modeValueElsewhere = Message(
        "mode.value", .error,
        en: "{model} has no mode \"{value}\", only {allowed}. For \"{value}\" use the model "
            + "{other}.",
        zh: "{model} 没有“{value}”模式，只有 {allowed}。要用 \"{value}\"，请改用模型 {other}。")
    static let durationQuoted = Message(
        "duration.quoted", .error, source: "kling-v3 page, duration (line 397)",
        en: "`duration` must be a number, not a string: write {value} without quotes.",
        zh: "`duration` 必须是数字而不是字符串：请去掉引号，写成 {value}。")
    static let durationQuotedRange = Message(
        "duration.quoted", .error, source: "kling-v3 page, duration (line 397)",
        en: "`duration` must be a number, not a string, and a whole number of seconds, "
            + "{allowed}, not {value}.",
        zh: "`duration` 必须是数字而不是字符串，并且只能填整数秒：{allowed}，不能是 {value}。")
    static let durationRange = Message(
        "duration.range", .error,
        en: "`duration` must be a whole number of seconds, {allowed}, not {value}.",
        zh: "`duration` 只能填整数秒：{allowed}，不能是 {value}。")
    static let durationRangeHere = Message(
        "duration.range", .error,
        en: "`duration` must be {allowed} here, not {value}: Kling itself makes 3–10 seconds "
            + "from reference material, but this service documents only {allowed}.",
        zh: "这里的 `duration` 只能是 {allowed}，不能是 {value}：有参考素材时可灵支持 3–10 秒，但本服务只列出了 {allowed}。")
    static let durationIgnored = Message(
        "duration.ignored", .information, source: "kling-video-o1 page, video_list (line 457)",
        en: "`duration` has no effect here: the video is as long as the clip that is edited.",
        zh: "`duration` 在这里不起作用：编辑视频时，时长以上传的视频为准。")
    static let aspectRatioValue = Message(
        "aspectRatio.value", .error,
        en: "`{name}` must be {allowed}, not \"{value}\".",
        zh: "`{name}` 只能是 {allowed}，不能是“{value}”。")
    static let aspectRatioIgnored = Message(
        "aspectRatio.ignored", .hint,
        en: "`{name}` may have no effect: the shape of the given picture or clip can win.",
        zh: "`{name}` 可能不起作用：画面比例可能以所给的图片或视频为准。")
    static let promptMissing = Message(
        "prompt.missing", .error,
        en: "`prompt` is missing or empty: describe what the video shows.",
        zh: "缺少 `prompt` 或内容为空：请描述视频内容。")
    static let promptMissingImages = Message(
        "prompt.missing", .error,
        en: "`prompt` is missing or empty. With pictures the documentation recommends it in one "
            + "place and requires it in another; describe what happens in the video to be safe.",
        zh: "缺少 `prompt` 或内容为空。使用图片时，文档一处写“建议填写”，另一处写“必填”；为避免出错，请描述视频内容。")
    static let promptMissingIntelligence = Message(
        "prompt.missing", .error, source: "kling-v3 page, 参数互斥与边界 (line 512)",
        en: "`prompt` is missing or empty: with `shot_type` \"intelligence\" the shots are made "
            + "from it.",
        zh: "缺少 `prompt` 或内容为空：`shot_type` 为 \"intelligence\" 时，由它自动生成分镜。")
    static let promptLength = Message(
        "prompt.length", .warning, source: "Kling's own limit; the page names none",
        en: "`{name}` has {count} characters; Kling takes at most {limit}.",
        zh: "`{name}` 有 {count} 个字符，可灵最多接受 {limit} 个。")
    static let promptLengthFar = Message(
        "prompt.length", .warning, source: "Kling's own limit; the page names none",
        en: "`{name}` has {count} characters, more than any known service takes (Kling {limit}, "
            + "others 3072): it will most likely be refused.",
        zh: "`{name}` 有 {count} 个字符，超过所有已知服务的上限（可灵 {limit}，其他服务 3072），很可能被拒绝。")
    static let promptIgnored = Message(
        "prompt.ignored", .hint, source: "kling-v3 page, 参数互斥与边界 (line 512)",
        en: "`prompt` has no effect: with `shot_type` \"customize\" each shot's own prompt "
            + "counts.",
        zh: "`prompt` 不起作用：`shot_type` 为 \"customize\" 时，以各分镜自己的提示词为准。")
    static let promptLanguage = Message(
        "prompt.language", .off, source: "kling-v3 page, prompt (line 368)",
        en: "The documentation advises writing prompts in English.",
        zh: "文档建议使用英文提示词。")
    static let negativePromptLength = Message(
        "negativePrompt.length", .warning, source: "Kling's own limit; the page names none",
        en: "`negative_prompt` has {count} characters; Kling takes at most {limit}.",
        zh: "`negative_prompt` 有 {count} 个字符，可灵最多接受 {limit} 个。")
    static let negativePromptOverlap = Message(
        "negativePrompt.overlap", .hint, source: "advice",
        en: "\"{value}\" is excluded here, but the prompt asks for it.",
        zh: "这里排除了“{value}”，而提示词却要求出现它。")
    static let modeCost4k = Message(
        "mode.cost", .hint, source: "kling-v3 page, 功能支持矩阵 (line 515)",
        en: "`mode` \"4k\" is not in the documentation's table of supported combinations; it "
            + "may cost more than \"pro\".",
        zh: "文档的功能支持表没有列出 `mode` \"4k\"，费用可能高于 \"pro\"。")
    static let modeCost = Message(
        "mode.cost", .hint, source: "kling-v3 page, 功能支持矩阵 (line 515)",
        en: "`mode` \"{mode}\" with {duration} seconds is not in the documentation's table of "
            + "supported combinations; it may cost more or be refused.",
        zh: "文档的功能支持表没有列出 `mode` \"{mode}\" 配 {duration} 秒，可能费用更高或被拒绝。")

    static let scalarTable: [Message] = [
        modeValue, modeValueElsewhere, durationQuoted, durationQuotedRange, durationRange, durationRangeHere,
        durationIgnored,
        aspectRatioValue,
        aspectRatioIgnored, promptMissing, promptMissingImages, promptMissingIntelligence, promptLength,
        promptLengthFar, promptIgnored, promptLanguage, negativePromptLength, negativePromptOverlap, modeCost,
        modeCost4k
    ]
}
