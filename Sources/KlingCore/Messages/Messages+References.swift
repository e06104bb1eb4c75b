/// References to pictures inside prompts, and clips.
extension Message {
    static let referenceSyntax = Message(
        "reference.syntax", .warning, source: "kling-v3 page, element_list (line 503)",
        en: "{model} does not know `{value}`; its prompts refer to elements only, as `@name`.",
        zh: "{model} 不识别 `{value}`；它的提示词只能用 `@名称` 引用主体。")
    static let referenceRange = Message(
        "reference.range", .error, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "`{value}` refers to no picture: `image_urls` has {count} {count|picture|pictures}, "
            + "counted from 1.",
        zh: "`{value}` 没有对应的图片：`image_urls` 共有 {count} 张，从 1 开始计数。")
    static let referenceRangeNone = Message(
        "reference.range", .error, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "`{value}` refers to no picture: `image_urls` is missing or empty.",
        zh: "`{value}` 没有对应的图片：`image_urls` 缺失或为空。")
    static let referenceMistyped = Message(
        "reference.mistyped", .warning, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "`{value}` is not read as a reference; write exactly `{near}`.",
        zh: "`{value}` 不会被识别为引用；请准确写成 `{near}`。")
    static let referenceAutomatic = Message(
        "reference.automatic", .information, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "The prompt refers to no picture, so `<<<image_1>>>` is put before it. It is sent "
            + "as \"{effective}\".",
        zh: "提示词没有引用图片，因此会在前面添加 `<<<image_1>>>`，按“{effective}”发送。")
    static let referenceUnusedImage = Message(
        "reference.unusedImage", .hint, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "The prompt does not refer to this picture: write `<<<image_{number}>>>` where it "
            + "is meant.",
        zh: "提示词没有引用这张图片：请在需要的地方写 `<<<image_{number}>>>`。")
    static let referenceVideo = Message(
        "reference.video", .error, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "`{value}` refers to no clip: there is no `video_list`.",
        zh: "`{value}` 没有对应的视频：请求中没有 `video_list`。")
    static let referenceVideoUnknown = Message(
        "reference.video", .hint, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "`{value}` may not be understood: only references to pictures are documented.",
        zh: "`{value}` 可能不被识别：文档只说明了引用图片的写法。")
    static let referenceElement = Message(
        "reference.element", .warning, source: "kling-video-o1 page, request parameters",
        en: "`{value}` is read as plain text: {model} has no elements.",
        zh: "`{value}` 会被当作普通文字：{model} 没有主体功能。")

    static let videoCount = Message(
        "video.count", .error,
        en: "`video_list` takes at most {maximum} {maximum|clip|clips}, not {count}.",
        zh: "`video_list` 最多 {maximum} 段视频，现有 {count} 段。")
    static let videoURL = Message(
        "video.url", .error, en: "A clip is given by its public address, https://…: {fault}.",
        zh: "视频必须是公开可访问的地址（https://…）：{fault}。")
    static let videoURLMissing = Message(
        "video.url", .error, en: "This clip has no `video_url`.", zh: "该视频缺少 `video_url`。")
    static let videoEntry = Message(
        "video.url", .error,
        en: "A clip must be an object { } with `video_url`, not {actual}.",
        zh: "视频必须是包含 `video_url` 的 { } 对象，而不是{actual}。")
    static let videoPrivate = Message(
        "video.url", .warning,
        en: "{host} cannot be reached from the internet; the clip must be publicly accessible.",
        zh: "{host} 无法从互联网访问；视频必须公开可访问。")
    static let videoFormat = Message(
        "video.format", .warning, source: "kling-video-o1 page, video_list (line 460)",
        en: "The clip is a .{extension} file; only mp4 and mov are taken.",
        zh: "视频是 .{extension} 文件；仅支持 mp4 和 mov。")
    static let videoReferType = Message(
        "video.referType", .error,
        en: "`refer_type` must be {allowed}, not \"{value}\".",
        zh: "`refer_type` 只能是 {allowed}，不能是“{value}”。")
    static let videoReferTypeDefault = Message(
        "video.referType", .information, source: "kling-video-o1 page, video_list (line 436)",
        en: "`refer_type` is left out, so it is \"base\": this clip itself is edited. Write "
            + "\"feature\" to have it imitated only.",
        zh: "未填写 `refer_type`，默认为 \"base\"，即编辑这段视频本身。如只作参考，请写 \"feature\"。")
    static let videoKeepSound = Message(
        "video.keepSound", .error,
        en: "`keep_original_sound` must be {allowed}, in quotes, not {value}.",
        zh: "`keep_original_sound` 只能是带引号的 {allowed}，不能是 {value}。")
    static let videoBaseFrames = Message(
        "video.baseFrames", .error, source: "kling-video-o1 page, video_list (line 455)",
        en: "A clip that is edited takes no first and last frame: remove the pictures, or set "
            + "`refer_type` to \"feature\" and keep one picture.",
        zh: "编辑视频（\"base\"）时不能指定首帧和尾帧：请删除图片，或将 `refer_type` 改为 \"feature\" 并只保留一张图片。")
    static let videoBaseFrame = Message(
        "video.baseFrames", .warning, source: "kling-video-o1 page, video_list (line 455)",
        en: "A clip that is edited takes no first frame; this picture can only be a reference.",
        zh: "编辑视频（\"base\"）时不能指定首帧；这张图片只能作为引用图。")
    static let videoFeatureFrames = Message(
        "video.featureFrames", .error, source: "kling-video-o1 page, video_list (line 459)",
        en: "With `refer_type` \"feature\" only one picture is allowed, the first frame.",
        zh: "`refer_type` 为 \"feature\" 时只能有一张图片，即首帧。")
    static let videoLimits = Message(
        "video.limits", .hint, source: "kling-video-o1 page, video_list (line 460)",
        en: "The clip must be 3–10 seconds long, 720–2160 pixels, 24–60 frames per second and "
            + "at most 200 MB; this cannot be seen from its address.",
        zh: "视频须为 3–10 秒、720–2160 像素、每秒 24–60 帧、不超过 200 MB；仅凭地址无法检查这些要求。")

    static let referenceTable: [Message] = [
        referenceSyntax, referenceRange, referenceRangeNone, referenceMistyped, referenceAutomatic,
        referenceUnusedImage,
        referenceVideo,
        referenceVideoUnknown, referenceElement, videoCount, videoURL, videoURLMissing, videoEntry,
        videoPrivate,
        videoFormat, videoReferType, videoReferTypeDefault, videoKeepSound, videoBaseFrames, videoBaseFrame,
        videoFeatureFrames, videoLimits
    ]

    /// Every sentence of the validator.
    package static let all: [Message] =
        submitTable + syntaxTable + documentTable + scalarTable + imageTable + shotTable + elementTable
        + referenceTable
}
