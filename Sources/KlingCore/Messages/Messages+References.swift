/// References to pictures inside prompts, and clips.
extension Message {
    static let referenceSyntax = Message(
        "reference.syntax", .warning, source: "kling-v3 page, element_list (line 503)",
        en: "{model} does not know `{value}`; it refers to elements as `@name`.",
        zh: "{model} 不识别 `{value}`；它用 `@name` 引用主体。")
    static let referenceRange = Message(
        "reference.range", .error, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "`{value}` names no picture: `image_urls` has {count}, counted from 1.",
        zh: "`{value}` 没有对应的图片：`image_urls` 共有 {count} 张，从 1 开始计数。")
    static let referenceMistyped = Message(
        "reference.mistyped", .warning, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "`{value}` is not read as a reference; write `{near}`.", zh: "`{value}` 不会被识别为引用；请写成 `{near}`。")
    static let referenceAutomatic = Message(
        "reference.automatic", .information, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "The prompt refers to no picture, so `<<<image_1>>>` is put before it: \"{effective}\".",
        zh: "提示词没有引用图片，会自动在前面添加 `<<<image_1>>>`：“{effective}”。")
    static let referenceUnusedImage = Message(
        "reference.unusedImage", .hint, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "The prompt does not refer to this picture: `<<<image_{number}>>>`.",
        zh: "提示词没有引用这张图片：`<<<image_{number}>>>`。")
    static let referenceVideo = Message(
        "reference.video", .error, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "`{value}` names no clip: there is no `video_list`.", zh: "`{value}` 没有对应的视频：没有 `video_list`。")
    static let referenceVideoUnknown = Message(
        "reference.video", .hint, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "The page does not describe `{value}`; only pictures are referred to by number.",
        zh: "页面没有说明 `{value}`；只有图片可以按序号引用。")
    static let referenceElement = Message(
        "reference.element", .warning, source: "kling-video-o1 page, request parameters",
        en: "{model} has no elements: `{value}` is read as plain text.",
        zh: "{model} 没有主体功能：`{value}` 会被当作普通文字。")

    static let videoCount = Message(
        "video.count", .error, en: "`video_list` takes {maximum} clip, not {count}.",
        zh: "`video_list` 最多 {maximum} 段视频，现有 {count} 段。")
    static let videoURL = Message(
        "video.url", .error, en: "A clip is given by its public address, https://…: {fault}.",
        zh: "视频必须是公开可访问的地址（https://…）：{fault}。")
    static let videoURLMissing = Message(
        "video.url", .error, en: "This clip has no `video_url`.", zh: "该视频缺少 `video_url`。")
    static let videoEntry = Message(
        "video.url", .error, en: "A clip is an object with `video_url`, not {actual}.",
        zh: "视频必须是包含 `video_url` 的对象，而不是{actual}。")
    static let videoPrivate = Message(
        "video.url", .warning, en: "{host} is not reachable from outside; the clip must be public.",
        zh: "{host} 无法从外部访问；视频必须公开可访问。")
    static let videoFormat = Message(
        "video.format", .warning, source: "kling-video-o1 page, video_list (line 460)",
        en: "The clip ends in .{extension}; only mp4 and mov are taken.",
        zh: "视频扩展名为 .{extension}；仅支持 mp4 和 mov。")
    static let videoReferType = Message(
        "video.referType", .error, en: "`refer_type` is {allowed}, not \"{value}\".",
        zh: "`refer_type` 只能是 {allowed}，不能是“{value}”。")
    static let videoReferTypeDefault = Message(
        "video.referType", .information, source: "kling-video-o1 page, video_list (line 436)",
        en: "`refer_type` is left out, so it is \"base\": this clip is edited.",
        zh: "未填写 `refer_type`，默认为“base”，即编辑该视频。")
    static let videoKeepSound = Message(
        "video.keepSound", .error, en: "`keep_original_sound` is {allowed}, in quotes, not {value}.",
        zh: "`keep_original_sound` 只能是带引号的 {allowed}，不能是 {value}。")
    static let videoBaseFrames = Message(
        "video.baseFrames", .error, source: "kling-video-o1 page, video_list (line 455)",
        en: "A clip that is edited takes no first and last frame: remove the pictures or set `refer_type` to "
            + "\"feature\" with one picture.",
        zh: "编辑视频（base）不能定义首尾帧：请删除图片，或将 `refer_type` 改为“feature”并只用一张图片。")
    static let videoBaseFrame = Message(
        "video.baseFrames", .warning, source: "kling-video-o1 page, video_list (line 455)",
        en: "A clip that is edited takes no first frame; this picture can only be a reference.",
        zh: "编辑视频（base）不能定义首帧；这张图片只能作为引用。")
    static let videoFeatureFrames = Message(
        "video.featureFrames", .error, source: "kling-video-o1 page, video_list (line 459)",
        en: "With a `feature` clip only a first frame may be given: one picture.",
        zh: "`refer_type` 为“feature”时只可上传首帧图片，即一张。")
    static let videoLimits = Message(
        "video.limits", .hint, source: "kling-video-o1 page, video_list (line 460)",
        en:
            "The clip must be 3–10 s long, 720–2160 px, 24–60 fps and at most 200 MB; this cannot be seen from its "
            + "address.",
        zh: "视频须为 3–10 秒、720px–2160px、24–60fps、不超过 200MB；从地址无法判断。")

    static let referenceTable: [Message] = [
        referenceSyntax, referenceRange, referenceMistyped, referenceAutomatic, referenceUnusedImage,
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
