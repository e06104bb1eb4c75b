/// Pictures and their addresses (both models); the faults of an address are shared with clips.
extension Message {
    static let imageCount = Message(
        "image.count", .error,
        en: "`{name}` takes at most {maximum} pictures, not {count}. Remove some.",
        zh: "`{name}` 最多 {maximum} 张图片，现有 {count} 张。请删除多余的。")
    static let imageURL = Message(
        "image.url", .error,
        en: "A picture must be given as a public address, https://…: {fault}.",
        zh: "图片必须以公开地址（https://…）给出：{fault}。")
    static let imagePrivate = Message(
        "image.private", .warning,
        en: "{host} cannot be reached from the internet. Put the picture where anyone can fetch it, "
            + "and write that address.",
        zh: "{host} 无法从互联网访问。请将图片放到可公开访问的位置，并填写该地址。")
    static let imageFormat = Message(
        "image.format", .warning, source: "Kling's own limit; the page's sample uses .webp",
        en: "The picture is a .{extension} file; Kling names only jpg, jpeg and png, so it may be "
            + "refused. Convert it to one of these.",
        zh: "图片是 .{extension} 文件；可灵只列出 jpg、jpeg 和 png，可能被拒绝。请转换为其中一种格式。")
    static let imageSameFrames = Message(
        "image.sameFrames", .hint, source: "advice",
        en: "The first and the last frame are the same picture, so the video ends as it begins. If "
            + "that is not meant, remove or replace the second.",
        zh: "首帧和尾帧是同一张图片，视频会以开头的画面结束。如非本意，请删除或更换第 2 张。")
    static let imageRoles = Message(
        "image.roles", .warning, source: "kling-video-o1 page, image_urls (lines 420 and 427)",
        en: "Two pictures can be meant as references or as the first and the last frame: the "
            + "documentation says both. Say in the prompt what each one is for.",
        zh: "两张图片既可能是引用图，也可能是首帧和尾帧：文档两种说法都有。请在提示词中写明每张图片的用途。")
    static let imageMultiShotLastFrame = Message(
        "image.multiShotLastFrame", .warning, source: "Kling's own limit; the page is silent",
        en: "The second picture is the last frame, and the documentation does not say whether that "
            + "works together with several shots. To be safe, give only the first frame.",
        zh: "第 2 张图片是尾帧，文档没有说明多镜头时能否使用尾帧。为稳妥起见，请只提供首帧。")

    static let imageTable: [Message] = [
        imageCount, imageURL, imagePrivate, imageFormat, imageSameFrames, imageRoles, imageMultiShotLastFrame
    ]
}

/// What can be wrong with an address, as the end of a sentence.
extension URLFault {
    var words: LocalizedText {
        switch self {
        case .notString: LocalizedText(en: "this is not text in quotes", zh: "这里不是带引号的文本")
        case .empty: LocalizedText(en: "this is empty", zh: "这里为空")
        case .whiteSpace: LocalizedText(en: "this holds white space", zh: "其中含有空白字符")
        case .backslash:
            LocalizedText(en: "this holds a \\, where an address has /", zh: "其中含有 \\，地址中应为 /")
        case .data:
            LocalizedText(
                en: "data: content is not taken, upload the file first and write its address",
                zh: "不支持 data: 内容，请先上传文件，再填写其地址")
        case .base64:
            LocalizedText(
                en: "base64 content is not taken, upload the file first and write its address",
                zh: "不支持 base64 内容，请先上传文件，再填写其地址")
        case .localPath:
            LocalizedText(
                en: "this is a file on your machine, upload it first and write its address",
                zh: "这是本机文件路径，请先上传文件，再填写其地址")
        case .scheme:
            LocalizedText(
                en: "this does not begin with https:// or http://", zh: "这里没有以 https:// 或 http:// 开头")
        case .host:
            LocalizedText(
                en: "the host name or port in this one is missing or malformed",
                zh: "缺少主机名，或者主机名、端口有误")
        case .credentials:
            LocalizedText(
                en: "this holds a user name or password, which must not be sent",
                zh: "其中含有用户名或密码，不能发送")
        }
    }
}
