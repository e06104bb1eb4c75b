/// The document and its members (both models).
extension Message {
    static let documentRoot = Message(
        "document.root", .error, source: "both pages, request example",
        en: "A request is one object in { }, not {type}.", zh: "请求必须是一个 { } 对象，而不是{type}。")
    static let documentRootOrArray = Message(
        "document.root", .error, source: "both pages, request example",
        en: "A document holds one request object in { }, or a list of them, not {type}.",
        zh: "文档应为一个 { } 请求对象或请求对象的列表，而不是{type}。")
    static let moreProblems = Message(
        "document.moreProblems", .information, source: "wire contract, limits",
        en: "{count} more {count|problem is|problems are} not listed. Mend these first, then look again.",
        zh: "还有 {count} 个问题没有列出。请先修正以上问题，再重新检查。")
    static let duplicateKey = Message(
        "document.duplicateKey", .error, source: "RFC 8259 §4; both pages name each parameter once",
        en: "`{name}` is given more than once, and only the last one counts. Remove this one.",
        zh: "`{name}` 重复出现，只有最后一个生效。请删除这一个。")
    static let parameterType = Message(
        "parameter.type", .error, en: "`{name}` must be {expected}, not {actual}.",
        zh: "`{name}` 必须是{expected}，而不是{actual}。")
    static let parameterValue = Message(
        "parameter.value", .error, en: "`{name}` must be {allowed}, not {value}.",
        zh: "`{name}` 必须是 {allowed}，不能是 {value}。")
    static let parameterCount = Message(
        "parameter.count", .error, en: "`{name}` takes {minimum} to {maximum} entries, not {count}.",
        zh: "`{name}` 需要 {minimum} 到 {maximum} 项，现在是 {count} 项。")
    static let parameterNull = Message(
        "parameter.null", .hint,
        en: "`{name}` is null: it is not sent, as if it were left out.",
        zh: "`{name}` 为 null，不会发送，等同于未填写。")
    static let parameterUnknown = Message(
        "parameter.unknown", .warning, source: "both pages, request parameters",
        en: "{model} has no parameter `{name}`; the service may ignore or refuse it.",
        zh: "{model} 没有参数 `{name}`，服务可能忽略或拒绝它。")
    static let parameterUnknownNear = Message(
        "parameter.unknown", .warning, source: "both pages, request parameters",
        en: "`{name}` is not a parameter of {model}. Did you mean `{near}`?",
        zh: "`{name}` 不是 {model} 的参数。是否想写 `{near}`？")
    static let parameterAlias = Message(
        "parameter.alias", .warning,
        en: "The parameter is called `{target}`, and `{name}` is sent under that name.",
        zh: "该参数的名称是 `{target}`；`{name}` 会以此名称发送。")
    static let parameterAliasConflict = Message(
        "parameter.aliasConflict", .error,
        en: "`{name}` and `{target}` mean the same parameter but say different things. Keep "
            + "one, best `{target}`.",
        zh: "`{name}` 与 `{target}` 是同一个参数，取值却不同。请只保留一个，建议保留 `{target}`。")
    static let parameterFrameField = Message(
        "parameter.frameField", .error,
        en: "There is no `{name}`: put the picture into the list `image_urls`, the first frame "
            + "of the video first, the last frame second.",
        zh: "没有 `{name}` 这个参数：请把图片放入列表 `image_urls`，第 1 张为视频首帧，第 2 张为尾帧。")
    static let parameterFrameFieldLast = Message(
        "parameter.frameField", .error, source: "kling-v3 page, 参数互斥与边界 (line 511)",
        en: "There is no `{name}`, and a last frame needs a first frame: put both into the list "
            + "`image_urls`, the first frame first.",
        zh: "没有 `{name}` 这个参数，而且尾帧必须配首帧：请把首帧和尾帧依次放入列表 `image_urls`。")
    static let parameterEmpty = Message(
        "parameter.empty", .hint,
        en: "`{name}` is empty: it is not sent, as if it were left out.",
        zh: "`{name}` 为空，不会发送，等同于未填写。")
    static let modelMissing = Message(
        "model.missing", .error, source: "both pages, model",
        en: "`model` is missing: write {allowed}.", zh: "缺少 `model`：请填写 {allowed}。")
    static let modelUnknown = Message(
        "model.unknown", .error, source: "both pages, model",
        en: "There is no model \"{value}\" here: write {allowed}.", zh: "没有名为“{value}”的模型：请填写 {allowed}。")
    static let modelUnknownNear = Message(
        "model.unknown", .error, source: "both pages, model",
        en: "There is no model \"{value}\" here. Did you mean \"{near}\"?",
        zh: "没有名为“{value}”的模型。是否想写 \"{near}\"？")
    static let parameterOtherModel = Message(
        "parameter.otherModel", .warning, source: "both pages, request parameters",
        en: "`{name}` is a parameter of {other} only; {model} may ignore or refuse it.",
        zh: "`{name}` 是 {other} 专用的参数；{model} 可能忽略或拒绝它。")

    static let documentTable: [Message] = [
        moreProblems, parameterValue, parameterCount,
        documentRoot, documentRootOrArray, duplicateKey, parameterType, parameterNull, parameterUnknown,
        parameterUnknownNear, parameterAlias, parameterAliasConflict, parameterFrameField,
        parameterFrameFieldLast,
        parameterEmpty, modelMissing, modelUnknown, modelUnknownNear, parameterOtherModel
    ]
}
