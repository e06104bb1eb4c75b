/// References to pictures inside prompts, and clips.
extension Message {
    static let referenceSyntax = Message(
        "reference.syntax", .warning, source: "kling-v3 page, element_list (line 504)",
        en: "{model} does not know `{value}`: its prompts can refer only to elements of "
            + "`element_list`, as `@name`. Say it in words instead.",
        zh: "{model} 不识别 `{value}`：它的提示词只能用 `@name` 引用 `element_list` 中的主体。"
            + "请改用文字描述。")
    static let referenceSyntaxIgnored = Message(
        "reference.syntax", .hint, source: "kling-v3 page, element_list (line 504)",
        en: "{model} does not know `{value}`. This `prompt` has no effect; say it in words before "
            + "you move it into a shot.",
        zh: "{model} 不识别 `{value}`。此 `prompt` 不起作用；移入分镜之前请改用文字描述。")
    static let referenceRange = Message(
        "reference.range", .error, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "`{value}` refers to no picture: `image_urls` has {count} {count|picture|pictures}, and "
            + "the first is `<<<image_1>>>`.",
        zh: "`{value}` 没有对应的图片：`image_urls` 共有 {count} 张图片，第 1 张是 `<<<image_1>>>`。")
    static let referenceRangeNone = Message(
        "reference.range", .error, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "`{value}` refers to no picture: `image_urls` is missing or empty. Add the picture "
            + "there, or remove the reference.",
        zh: "`{value}` 没有对应的图片：`image_urls` 缺失或为空。请在其中添加图片，或删除这个引用。")
    static let referenceMistyped = Message(
        "reference.mistyped", .warning, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "`{value}` is not read as a reference. Write exactly `{near}`.",
        zh: "`{value}` 不会被识别为引用。请准确写成 `{near}`。")
    static let referenceAutomatic = Message(
        "reference.automatic", .information, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "The prompt refers to no picture, so `<<<image_1>>>` is put before it. What is sent is "
            + "\"{effective}\".",
        zh: "提示词没有引用图片，因此会在前面添加 `<<<image_1>>>`。实际发送的提示词是 \"{effective}\"。")
    static let referenceUnusedImage = Message(
        "reference.unusedImage", .hint, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "The prompt does not refer to this picture: write `<<<image_{number}>>>` where it "
            + "is meant.",
        zh: "提示词没有引用这张图片：请在需要的地方写 `<<<image_{number}>>>`。")
    static let referenceVideo = Message(
        "reference.video", .error, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "`{value}` refers to no clip: there is no `video_list`. Add the clip there, or remove "
            + "the reference.",
        zh: "`{value}` 没有对应的视频：请求中没有 `video_list`。请在其中添加视频，或删除这个引用。")
    static let referenceVideoUnknown = Message(
        "reference.video", .hint, source: "kling-video-o1 page, 图片引用语法 (line 464)",
        en: "`{value}` may not be understood: only references to pictures are documented. To be "
            + "safe, write \"the clip\" in words.",
        zh: "`{value}` 可能不被识别：文档只说明了引用图片的写法。为稳妥起见，请用文字写“视频”。")
    static let referenceElement = Message(
        "reference.element", .warning, source: "kling-video-o1 page, request parameters",
        en: "`{value}` is read as plain text: {model} has no elements. Describe it in words, or "
            + "refer to a picture of it as `<<<image_1>>>`.",
        zh: "`{value}` 会被当作普通文字：{model} 没有主体功能。请用文字描述，或用 `<<<image_1>>>` "
            + "引用它的图片。")

    static let videoCount = Message(
        "video.count", .error, source: "kling-video-o1 page, video_list (line 432)",

        en: "`video_list` takes at most {maximum} {maximum|clip|clips}, not {count}. Remove the others.",
        zh: "`video_list` 最多 {maximum} 段视频，现有 {count} 段。请删除多余的。")
    static let videoURL = Message(
        "video.url", .error, source: "kling-video-o1 page, video_list (line 453)",

        en: "A clip must be given as a public address, https://…: {fault}.",
        zh: "视频必须以公开地址（https://…）给出：{fault}。")
    static let videoURLMissing = Message(
        "video.url", .error, source: "kling-video-o1 page, video_list (line 453)",

        en: "This clip has no `video_url`: write its public address, https://….",
        zh: "该视频缺少 `video_url`：请填写公开地址（https://…）。")
    static let videoEntry = Message(
        "video.url", .error, source: "kling-video-o1 page, video_list (line 453)",

        en: "A clip must be an object, such as {\"video_url\": \"https://example.com/clip.mp4\"}, "
            + "not {actual}.",
        zh: "视频必须是一个对象，例如 {\"video_url\": \"https://example.com/clip.mp4\"}，而不是{actual}。")
    static let videoPrivate = Message(
        "video.url", .warning, source: "kling-video-o1 page, video_list (line 453)",

        en: "{host} cannot be reached from the internet. Put the clip where anyone can fetch it, and "
            + "write that address.",
        zh: "{host} 无法从互联网访问。请将视频放到可公开访问的位置，并填写该地址。")
    static let videoFormat = Message(
        "video.format", .warning, source: "kling-video-o1 page, video_list (line 460)",
        en: "The clip is a .{extension} file; only mp4 and mov are taken. Convert it to one of these.",
        zh: "视频是 .{extension} 文件；仅支持 mp4 和 mov。请转换为其中一种格式。")
    static let videoReferType = Message(
        "video.referType", .error,
        en: "`refer_type` must be {allowed}, not \"{value}\": \"base\" edits the clip itself, "
            + "\"feature\" uses it only as a reference.",
        zh: "`refer_type` 只能是 {allowed}，不能是 \"{value}\"：\"base\" 表示编辑这段视频本身，"
            + "\"feature\" 表示只作参考。")
    static let videoReferTypeDefault = Message(
        "video.referType", .information, source: "kling-video-o1 page, video_list (line 436)",
        en: "`refer_type` is left out, so it is \"base\": this clip itself is edited. Write "
            + "\"feature\" to use it only as a reference.",
        zh: "未填写 `refer_type`，默认为 \"base\"，即编辑这段视频本身。如只作参考，请写 \"feature\"。")
    static let videoKeepSound = Message(
        "video.keepSound", .error,
        en: "`keep_original_sound` must be the text {allowed}, with its quotes, not {value}.",
        zh: "`keep_original_sound` 只能是带引号的 {allowed}，不能是 {value}。")
    static let videoKeepSoundWord = Message(
        "video.keepSound", .error,
        en: "`keep_original_sound` must be {allowed}, in small letters, not \"{value}\".",
        zh: "`keep_original_sound` 只能是小写的 {allowed}，不能是 \"{value}\"。")
    static let videoBaseFrames = Message(
        "video.baseFrames", .error, source: "kling-video-o1 page, video_list (line 455)",
        en: "A clip that is edited (`refer_type` \"base\") takes no first and last frame: remove the "
            + "pictures, or set `refer_type` to \"feature\" and keep one picture.",
        zh: "编辑视频（`refer_type` 为 \"base\"）时不能指定首帧和尾帧：请删除图片，或将 `refer_type` "
            + "改为 \"feature\" 并只保留一张图片。")
    static let videoBaseFrame = Message(
        "video.baseFrames", .warning, source: "kling-video-o1 page, video_list (line 455)",
        en: "A clip that is edited (`refer_type` \"base\") takes no first frame; this picture can "
            + "only be a reference. If it is meant as the first frame, set `refer_type` to \"feature\".",
        zh: "编辑视频（`refer_type` 为 \"base\"）时不能指定首帧；这张图片只能作为引用图。"
            + "如需作为首帧，请将 `refer_type` 改为 \"feature\"。")
    static let videoFeatureFrames = Message(
        "video.featureFrames", .error, source: "kling-video-o1 page, video_list (line 459)",
        en: "With `refer_type` \"feature\" only one picture is allowed, the first frame. Remove the "
            + "second.",
        zh: "`refer_type` 为 \"feature\" 时只能有一张图片，即首帧。请删除第 2 张。")
    static let videoLimits = Message(
        "video.limits", .hint, source: "kling-video-o1 page, video_list (line 460)",
        en: "Check the clip yourself, since its address does not tell: it must be 3–10 seconds long, "
            + "720–2160 pixels, 24–60 frames per second and at most 200 MB.",
        zh: "仅凭地址无法检查视频，请自行确认：时长 3–10 秒，720–2160 像素，每秒 24–60 帧，不超过 "
            + "200 MB。")

    static let referenceTable: [Message] = [
        referenceSyntax, referenceSyntaxIgnored, referenceRange, referenceRangeNone, referenceMistyped,
        referenceAutomatic,
        referenceUnusedImage,
        referenceVideo,
        referenceVideoUnknown, referenceElement, videoCount, videoURL, videoURLMissing, videoEntry,
        videoPrivate,
        videoFormat, videoReferType, videoReferTypeDefault, videoKeepSound, videoKeepSoundWord,
        videoBaseFrames, videoBaseFrame,
        videoFeatureFrames, videoLimits
    ]

    /// Every sentence of the validator.
    package static let all: [Message] =
        submitTable + syntaxTable + documentTable + scalarTable + imageTable + shotTable + elementTable
        + referenceTable
}
