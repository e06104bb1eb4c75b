/// The document and its members (both models).
extension Message {
    static let documentRoot = Message(
        "document.root", .error, source: "both pages, request example",
        en: "A request must be one object in { }, not {type}.", zh: "请求必须是一个 { } 对象，而不是{type}。")
    static let documentRootOrArray = Message(
        "document.root", .error, source: "both pages, request example",
        en: "A document must hold one request, an object in { }, or a list of them in [ ], not {type}.",
        zh: "文档必须是一个请求（{ } 对象）或请求的列表（[ ]），而不是{type}。")
    static let documentEmpty = Message(
        "document.empty", .information, source: "both pages, request example",
        en:
            "This list holds no request, so nothing would be sent. Write a request, an object in { }, into it.",
        zh: "列表中没有请求，不会发送任何内容。请在其中写一个请求（{ } 对象）。")
    static let documentWithoutLines = Message(
        "document.empty", .information, source: "both pages, request example",
        en: "This text holds no request, so nothing would be sent. Write one on each line: an object in { }.",
        zh: "文本中没有请求，不会发送任何内容。请每行写一个请求（{ } 对象）。")
    static let moreProblems = Message(
        "document.moreProblems", .information, source: "wire contract, limits",
        en: "{count} more {count|problem is|problems are} not listed. Mend these first, then check again.",
        zh: "还有 {count} 个问题没有列出。请先修正以上问题，再重新检查。")
    static let duplicateKey = Message(
        "document.duplicateKey", .error, source: "RFC 8259 §4; both pages name each parameter once",
        en: "`{name}` is given more than once here, and only the last one counts. Remove this one.",
        zh: "`{name}` 在这里重复出现，只有最后一个生效。请删除这一个。")
    static let parameterType = Message(
        "parameter.type", .error, en: "`{name}` must be {expected}, not {actual}.",
        zh: "`{name}` 必须是{expected}，而不是{actual}。")
    static let parameterTypeShots = Message(
        "parameter.type", .error,
        en: "`{name}` must be {expected}, not {actual}. The shots last {sum} seconds together: write {sum}.",
        zh: "`{name}` 必须是{expected}，而不是{actual}。各分镜时长之和为 {sum} 秒：请写 {sum}。")
    static let parameterTypeShotsToo = Message(
        "parameter.type", .error,
        en:
            "`{name}` must be {expected}, not {actual}. The shots last {sum} {sum|second|seconds} together, which "
            + "is not allowed either: change them as well, so that both are the same.",
        zh: "`{name}` 必须是{expected}，而不是{actual}。各分镜时长之和为 {sum} 秒，也不在此范围内：请一并修改，使两者相等。")
    static let parameterValue = Message(
        "parameter.value", .error, en: "`{name}` must be {allowed}, not {value}.",
        zh: "`{name}` 必须是{allowed}，不能是{value}。")
    static let parameterCount = Message(
        "parameter.count", .error, en: "`{name}` takes {minimum} to {maximum} entries, not {count}.",
        zh: "`{name}` 需要 {minimum} 到 {maximum} 项，现有 {count} 项。")
    static let parameterNull = Message(
        "parameter.null", .hint,
        en: "`{name}` is null: it is not sent, as if it were left out. Remove it, or give it a value.",
        zh: "`{name}` 为 null，不会发送，等同于未填写。请删除它，或填写取值。")
    static let parameterUnknown = Message(
        "parameter.unknown", .warning, source: "both pages, request parameters",
        en: "`{name}` is not a parameter of {model}; the service may ignore or refuse it. Remove it.",
        zh: "`{name}` 不是{model}的参数，服务可能忽略或拒绝它。请删除。")
    static let parameterUnknownNear = Message(
        "parameter.unknown", .warning, source: "both pages, request parameters",
        en: "`{name}` is not a parameter of {model}. Did you mean `{near}`?",
        zh: "`{name}` 不是{model}的参数。是否想写 `{near}`？")
    static let parameterUnknownOtherwise = Message(
        "parameter.unknown", .warning, source: "both pages, request parameters",
        en: "`{name}` is not a parameter of {model}. Did you mean `{near}`? There the value is written "
            + "{value}.",
        zh: "`{name}` 不是{model}的参数。是否想写 `{near}`？其中取值应写成 {value}。")
    static let parameterUnknownGiven = Message(
        "parameter.unknown", .warning, source: "both pages, request parameters",
        en: "`{name}` is not a parameter of {model}. The right one, `{near}`, is given already: remove "
            + "`{name}`.",
        zh: "`{name}` 不是{model}的参数。正确的参数 `{near}` 已经填写：请删除 `{name}`。")
    static let parameterUnknownUnfit = Message(
        "parameter.unknown", .warning, source: "both pages, request parameters",
        en: "`{name}` is not a parameter of {model}. Did you mean `{near}`? {value} cannot be turned into a "
            + "value of it: remove `{name}`, and if you need `{near}`, write one of its values: {allowed}.",
        zh: "`{name}` 不是{model}的参数。是否想写 `{near}`？{value} 无法换算成它的取值：请删除 `{name}`；"
            + "如需 `{near}`，请填写它的取值：{allowed}。")
    static let parameterUnknownAnew = Message(
        "parameter.unknown", .warning, source: "both pages, request parameters",
        en: "`{name}` is not a parameter of {model}. Did you mean `{near}`? What stands here would be wrong "
            + "there: remove `{name}`, and write `{near}` anew.",
        zh: "`{name}` 不是{model}的参数。是否想写 `{near}`？这里的内容不符合它的要求：请删除 `{name}`，并重新填写 `{near}`。")
    static let parameterUnknownMore = Message(
        "parameter.unknown", .warning, source: "both pages, request parameters",
        en: "`{name}` is not a parameter of {model}. Did you mean `{near}`? A new name alone is not enough. "
            + "{problem}",
        zh: "`{name}` 不是{model}的参数。是否想写 `{near}`？仅仅改名还不够。{problem}")
    static let parameterUnknownEntry = Message(
        "parameter.unknown", .warning, source: "both pages, request parameters",
        en:
            "`{name}` has no effect here: it belongs inside an entry of `{list}`, as `{near}`. Move it there.",
        zh: "`{name}` 写在这里不起作用：应写在 `{list}` 的条目中，名称为 `{near}`。请移到那里。")
    static let parameterUnknownEntryElsewhere = Message(
        "parameter.unknown", .warning, source: "both pages, request parameters",
        en:
            "`{name}` is not a parameter of {model}: it belongs inside an entry of `{list}`, as `{near}`, and only "
            + "{other} has that list. Use that model, or remove `{name}`.",
        zh: "`{name}` 不是{model}的参数：应写在 `{list}` 的条目中，名称为 `{near}`，而只有 {other} 有这个列表。请改用该模型，或删除 `{name}`。")
    static let parameterUnknownElsewhere = Message(
        "parameter.unknown", .warning, source: "both pages, request parameters",
        en: "`{name}` is not a parameter of {model}. Did you mean `{near}`? Only {other} has it: use that "
            + "model, or remove `{name}`.",
        zh: "`{name}` 不是{model}的参数。是否想写 `{near}`？只有 {other} 有这个参数：请改用该模型，或删除 `{name}`。")
    static let parameterUnknownPicture = Message(
        "parameter.unknown", .warning, source: "both pages, image_urls",
        en:
            "`{name}` is not a parameter of {model}, so its picture is not used. Did you mean `{near}`? Write "
            + "the picture's address into that list: the first frame of the video first, the last frame "
            + "second.",
        zh: "`{name}` 不是{model}的参数，其中的图片不会被使用。是否想写 `{near}`？请把图片地址写入该列表：第 1 张为首帧，第 2 张为尾帧。")
    static let parameterAlias = Message(
        "parameter.alias", .warning,
        en: "`{name}` is sent as `{target}`, the documented name of this parameter. Rename it.",
        zh: "`{name}` 会按文档中的参数名 `{target}` 发送。请重命名。")
    static let parameterAliasDouble = Message(
        "parameter.alias", .warning,
        en: "`{name}` says the same as `{other}`, which is the one that counts. Remove `{name}`.",
        zh: "`{name}` 与 `{other}` 含义相同，以 `{other}` 为准。请删除 `{name}`。")
    static let parameterAliasesConflict = Message(
        "parameter.aliasConflict", .error,
        en:
            "`{name}` and `{other}` both mean `{target}`, but their values differ. Keep only one, and call it "
            + "`{target}`.",
        zh: "`{name}` 与 `{other}` 都表示 `{target}`，取值却不同。请只保留一个，并改名为 `{target}`。")
    static let parameterAliasConflict = Message(
        "parameter.aliasConflict", .error,
        en: "`{name}` and `{target}` are the same parameter, but their values differ. Keep only one, "
            + "preferably `{target}`.",
        zh: "`{name}` 与 `{target}` 是同一个参数，取值却不同。请只保留一个，建议保留 `{target}`。")
    static let parameterFrameField = Message(
        "parameter.frameField", .error,
        en: "{model} has no parameter `{name}`, so its picture is not used. Write the picture's address into "
            + "the list `image_urls` instead: the first frame of the video first, the last frame second.",
        zh: "{model} 没有参数 `{name}`，其中的图片不会被使用。请改为把图片地址写入列表 `image_urls`：第 1 张为首帧，第 2 张为尾帧。")
    static let parameterFrameFieldTwice = Message(
        "parameter.frameField", .error,
        en:
            "{model} has no parameter `{name}`, and its picture stands in the list `image_urls` already. Remove `{name}`.",
        zh: "{model} 没有参数 `{name}`，且其中的图片已在列表 `image_urls` 中。请删除 `{name}`。")
    static let parameterFrameFieldLast = Message(
        "parameter.frameField", .error, source: "kling-v3 page, 参数互斥与边界 (line 511)",
        en:
            "{model} has no parameter `{name}`, so its picture is not used. A last frame needs a first frame: "
            + "write both addresses into the list `image_urls`, the first frame first. A picture that stands "
            + "there alone is the first frame.",
        zh: "{model} 没有参数 `{name}`，其中的图片不会被使用。尾帧必须配首帧：请把首帧和尾帧的地址依次写入列表 `image_urls`。"
            + "列表中只有一张图片时，它就是首帧。")
    static let parameterFrameFieldAddress = Message(
        "parameter.frameField", .error,
        en: "{model} has no parameter `{name}`. Write the picture's public address, https://…, into the list "
            + "`image_urls` instead; what stands here cannot go there: {fault}.",
        zh: "{model} 没有参数 `{name}`。请改为把图片的公开地址（https://…）写入列表 `image_urls`；这里的内容不能直接移过去：{fault}。")
    static let parameterFrameFieldFull = Message(
        "parameter.frameField", .error,
        en:
            "{model} has no parameter `{name}`: pictures belong in the list `image_urls`, which takes at most "
            + "{maximum} here. Write the {maximum|picture|pictures} you want there, and remove `{name}`.",
        zh: "{model} 没有参数 `{name}`：图片应写入列表 `image_urls`，这里最多 {maximum} 张。请在其中写入需要的图片，并删除 `{name}`。")
    static let parameterEmpty = Message(
        "parameter.empty", .hint,
        en: "`{name}` is empty: it is not sent, as if it were left out. Remove it, or give it a value.",
        zh: "`{name}` 为空，不会发送，等同于未填写。请删除它，或填写取值。")
    static let modelMissing = Message(
        "model.missing", .error, source: "both pages, model",
        en: "`model` is missing: write {allowed}.", zh: "缺少 `model`：请填写 {allowed}。")
    static let modelUnknown = Message(
        "model.unknown", .error, source: "both pages, model",
        en: "There is no model \"{value}\" here: write {allowed}.", zh: "没有名为 \"{value}\" 的模型：请填写 {allowed}。")
    static let modelUnknownNear = Message(
        "model.unknown", .error, source: "both pages, model",
        en: "There is no model \"{value}\" here. Did you mean \"{near}\"?",
        zh: "没有名为 \"{value}\" 的模型。是否想写 \"{near}\"？")
    static let parameterOtherModel = Message(
        "parameter.otherModel", .warning, source: "both pages, request parameters",
        en: "`{name}` is a parameter of {other} only; {model} may ignore or refuse it. Remove it, or use the "
            + "model {other}.",
        zh: "`{name}` 是 {other} 专用的参数；{model} 可能忽略或拒绝它。请删除它，或改用模型 {other}。")
    static let parameterOtherModelAlias = Message(
        "parameter.otherModel", .warning, source: "both pages, request parameters",
        en:
            "`{name}` means `{target}`, a parameter of {other} only; {model} may ignore or refuse it. Remove it, or use "
            + "the model {other}.",
        zh: "`{name}` 即 `{target}`，是 {other} 专用的参数；{model} 可能忽略或拒绝它。请删除它，或改用模型 {other}。")

    static let documentTable: [Message] = [
        moreProblems, parameterValue, parameterCount,
        documentRoot, documentRootOrArray, documentEmpty, documentWithoutLines, parameterOtherModelAlias,
        duplicateKey, parameterType, parameterTypeShots,
        parameterTypeShotsToo, parameterNull,
        parameterUnknown,
        parameterUnknownNear, parameterUnknownOtherwise, parameterUnknownGiven, parameterUnknownUnfit,
        parameterUnknownAnew, parameterUnknownPicture,
        parameterUnknownMore, parameterUnknownEntry, parameterUnknownEntryElsewhere,
        parameterUnknownElsewhere,
        parameterAlias, parameterAliasDouble, parameterAliasConflict, parameterAliasesConflict,
        parameterFrameField, parameterFrameFieldTwice, parameterFrameFieldLast,
        parameterFrameFieldAddress, parameterFrameFieldFull,
        parameterEmpty, modelMissing, modelUnknown, modelUnknownNear, parameterOtherModel
    ]
}
