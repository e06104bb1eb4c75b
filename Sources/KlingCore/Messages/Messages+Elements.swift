/// Elements and the prompts' references to them.
extension Message {
    static let elementCount = Message(
        "element.count", .error, en: "`element_list` takes at most {maximum} elements, not {count}.",
        zh: "`element_list` 最多 {maximum} 个主体，现有 {count} 个。")
    static let elementEntry = Message(
        "element.field", .error,
        en: "An element must be an object { } with `name`, `description` and "
            + "`element_input_urls`, not {actual}.",
        zh: "主体必须是包含 `name`、`description`、`element_input_urls` 的 { } 对象，而不是{actual}。")
    static let elementField = Message(
        "element.field", .error, en: "This element's `{name}` is missing or empty.",
        zh: "该主体的 `{name}` 缺失或为空。")
    static let elementFieldType = Message(
        "element.field", .error, en: "An element's `{name}` must be {expected}, not {actual}.",
        zh: "主体的 `{name}` 必须是{expected}，而不是{actual}。")
    static let elementFieldID = Message(
        "element.field", .warning, source: "kling-v3 page, element_list (line 473)",
        en: "`{name}` is missing. That an element may be given by `element_id` instead is "
            + "announced in the documentation, but not described; it may be refused.",
        zh: "缺少 `{name}`。文档提到可以改用 `element_id` 引用主体，但没有说明用法，可能被拒绝。")
    static let elementImages = Message(
        "element.images", .error,
        en: "`element_input_urls` must hold {minimum} to {maximum} pictures of the element, not "
            + "{count}.",
        zh: "`element_input_urls` 需要 {minimum} 到 {maximum} 张主体图片，现有 {count} 张。")
    static let elementDuplicateName = Message(
        "element.duplicateName", .error,
        en: "Two elements are called \"{value}\", so it is not clear which one `@{value}` "
            + "means.",
        zh: "有两个主体都叫“{value}”，无法确定 `@{value}` 指哪一个。")
    static let elementName = Message(
        "element.name", .hint, source: "kling-v3 page, element_list (line 503)",
        en: "\"{value}\" is hard to refer to as `@{value}`: better use letters, digits and _ "
            + "only.",
        zh: "“{value}”不便用 `@{value}` 引用：建议只用英文字母、数字和下划线。")
    static let elementOverlap = Message(
        "element.overlap", .warning, source: "kling-v3 page, element_list (line 503)",
        en: "\"{value}\" begins with another element's name, \"{other}\": `@{value}` may be "
            + "read as `@{other}`.",
        zh: "“{value}”以另一主体的名称“{other}”开头：`@{value}` 可能被理解为 `@{other}`。")
    static let elementUndefined = Message(
        "element.undefined", .warning, source: "kling-v3 page, element_list (line 503)",
        en: "`@{value}` means an element, a subject described in `element_list`, but none there "
            + "has this name.",
        zh: "`@{value}` 表示引用 `element_list` 中的主体，但其中没有这个名称的主体。")
    static let elementUndefinedNear = Message(
        "element.undefined", .warning, source: "kling-v3 page, element_list (line 503)",
        en: "`@{value}` means an element, a subject described in `element_list`, but none there "
            + "has this name. Did you mean `@{near}`?",
        zh: "`@{value}` 表示引用 `element_list` 中的主体，但其中没有这个名称的主体。是否想写 `@{near}`？")
    static let elementUnused = Message(
        "element.unused", .warning, source: "kling-v3 page, element_list (line 503)",
        en: "No prompt refers to this element: write `@{value}` where it appears.",
        zh: "没有提示词引用这个主体：请在它出现的地方写 `@{value}`。")
    static let elementSameImages = Message(
        "element.sameImages", .hint, source: "advice",
        en: "The elements \"{value}\" and \"{other}\" have the same pictures.",
        zh: "主体“{value}”和“{other}”使用了相同的图片。")
    static let elementWithoutImages = Message(
        "element.withoutImages", .warning, source: "Kling's own documentation; the page is silent",
        en: "Kling documents elements only for videos that are made from pictures, and this "
            + "request has no `image_urls`.",
        zh: "可灵只说明了图生视频可以使用主体，而这个请求没有 `image_urls`。")

    static let elementTable: [Message] = [
        elementCount, elementEntry, elementField, elementFieldType, elementFieldID, elementImages,
        elementDuplicateName, elementName, elementOverlap, elementUndefined, elementUndefinedNear,
        elementUnused,
        elementSameImages, elementWithoutImages
    ]
}
