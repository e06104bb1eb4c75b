/// Pictures and their addresses (both models); the faults of an address are shared with clips.
extension Message {
    static let imageCount = Message(
        "image.count", .error, en: "`{name}` takes at most {maximum} pictures, not {count}.",
        zh: "`{name}` 最多 {maximum} 张图片，现有 {count} 张。")
    static let imageURL = Message(
        "image.url", .error, en: "A picture is given by its public address, https://…: {fault}.",
        zh: "图片必须是公开可访问的地址（https://…）：{fault}。")
    static let imagePrivate = Message(
        "image.private", .warning, en: "{host} is not reachable from outside; the picture must be public.",
        zh: "{host} 无法从外部访问；图片必须公开可访问。")
    static let imageFormat = Message(
        "image.format", .warning, source: "Kling's own limit; the page's sample uses .webp",
        en: "The picture ends in .{extension}; Kling names only jpg, jpeg and png.",
        zh: "图片扩展名为 .{extension}；可灵只列出 jpg、jpeg 和 png。")
    static let imageSameFrames = Message(
        "image.sameFrames", .hint, source: "advice",
        en: "The first and the last frame are the same picture.", zh: "首帧和尾帧是同一张图片。")
    static let imageRoles = Message(
        "image.roles", .warning, source: "kling-video-o1 page, image_urls (lines 420 and 427)",
        en:
            "The page reads two pictures both as references and as first and last frame; say in the prompt which is "
            + "meant.",
        zh: "页面对两张图片有两种说法：引用图片，或首帧和尾帧；请在提示词中写明用途。")
    static let imageMultiShotLastFrame = Message(
        "image.multiShotLastFrame", .warning, source: "Kling's own limit; the page is silent",
        en: "A last frame together with several shots: Kling does not document it.",
        zh: "多镜头同时使用尾帧：可灵没有相关说明。")

    static let imageTable: [Message] = [
        imageCount, imageURL, imagePrivate, imageFormat, imageSameFrames, imageRoles, imageMultiShotLastFrame
    ]
}

/// What can be wrong with an address, as the end of a sentence.
extension URLFault {
    var words: LocalizedText {
        switch self {
        case .notString: LocalizedText(en: "this is not a string", zh: "这里不是字符串")
        case .empty: LocalizedText(en: "this one is empty", zh: "这里为空")
        case .whiteSpace: LocalizedText(en: "this one holds white space", zh: "其中含有空白字符")
        case .backslash:
            LocalizedText(en: "this one holds a \\, addresses have / only", zh: "其中含有 \\，地址只能用 /")
        case .data: LocalizedText(en: "data: content is not taken, upload it first", zh: "不支持 data: 内容，请先上传")
        case .base64:
            LocalizedText(en: "base64 content is not taken, upload it first", zh: "不支持 base64 内容，请先上传")
        case .localPath:
            LocalizedText(en: "this is a file on your machine, upload it first", zh: "这是本机文件路径，请先上传")
        case .scheme:
            LocalizedText(en: "it must begin with http:// or https://", zh: "必须以 http:// 或 https:// 开头")
        case .host: LocalizedText(en: "the host name or port is missing or malformed", zh: "缺少主机名，或者主机名、端口有误")
        case .credentials: LocalizedText(en: "it must not hold a user name or password", zh: "不能包含用户名或密码")
        }
    }
}
