/// Pictures and their addresses (both models); the faults of an address are shared with clips.
extension Message {
    static let imageCount = Message(
        "image.count", .error, en: "`{name}` takes at most {maximum} pictures, not {count}.",
        zh: "`{name}` 最多 {maximum} 张图片，现有 {count} 张。")
    static let imageURL = Message(
        "image.url", .error, en: "A picture is given by its public address, https://…: {fault}.",
        zh: "图片必须是公开可访问的地址（https://…）：{fault}。")
    static let imagePrivate = Message(
        "image.private", .warning,
        en: "{host} cannot be reached from the internet; the picture must be publicly "
            + "accessible.",
        zh: "{host} 无法从互联网访问；图片必须公开可访问。")
    static let imageFormat = Message(
        "image.format", .warning, source: "Kling's own limit; the page's sample uses .webp",
        en: "The picture is a .{extension} file; Kling names only jpg, jpeg and png.",
        zh: "图片是 .{extension} 文件；可灵只列出 jpg、jpeg 和 png。")
    static let imageSameFrames = Message(
        "image.sameFrames", .hint, source: "advice",
        en: "The first and the last frame are the same picture.",
        zh: "首帧和尾帧是同一张图片。")
    static let imageRoles = Message(
        "image.roles", .warning, source: "kling-video-o1 page, image_urls (lines 420 and 427)",
        en: "Two pictures can be meant as references or as the first and the last frame: the "
            + "documentation says both. Say in the prompt what each one is for.",
        zh: "两张图片既可能是引用图，也可能是首帧和尾帧：文档两种说法都有。请在提示词中写明每张图片的用途。")
    static let imageMultiShotLastFrame = Message(
        "image.multiShotLastFrame", .warning, source: "Kling's own limit; the page is silent",
        en: "The second picture is the last frame; whether that works together with several "
            + "shots is not documented.",
        zh: "第 2 张图片是尾帧；文档没有说明多镜头时能否使用尾帧。")

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
