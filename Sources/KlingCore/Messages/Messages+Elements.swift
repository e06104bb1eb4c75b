/// Elements and the prompts' references to them.
extension Message {
    static let elementCount = Message(
        "element.count", .error, en: "`element_list` takes at most {maximum} elements, not {count}.",
        zh: "`element_list` 最多 {maximum} 个主体，现有 {count} 个。")
    static let elementEntry = Message(
        "element.field", .error,
        en: "An element is an object with `name`, `description` and `element_input_urls`, not {actual}.",
        zh: "主体必须是包含 `name`、`description`、`element_input_urls` 的对象，而不是{actual}。")
    static let elementField = Message(
        "element.field", .error, en: "This element's `{name}` is missing or empty.",
        zh: "该主体的 `{name}` 缺失或为空。")
    static let elementFieldType = Message(
        "element.field", .error, en: "An element's `{name}` must be {expected}, not {actual}.",
        zh: "主体的 `{name}` 必须是{expected}，而不是{actual}。")
    static let elementFieldID = Message(
        "element.field", .warning, source: "kling-v3 page, element_list (line 473)",
        en: "`{name}` is left out; an element by `element_id` is announced by the page, but not documented.",
        zh: "缺少 `{name}`；页面提到可用 `element_id` 引用主体，但没有说明用法。")
    static let elementImages = Message(
        "element.images", .error, en: "An element needs {minimum} to {maximum} pictures, not {count}.",
        zh: "每个主体需要 {minimum} 到 {maximum} 张图片，现有 {count} 张。")
    static let elementDuplicateName = Message(
        "element.duplicateName", .error, en: "Two elements are called \"{value}\"; `@{value}` must mean one.",
        zh: "有两个主体都叫“{value}”；`@{value}` 只能指一个。")
    static let elementName = Message(
        "element.name", .hint, source: "kling-v3 page, element_list (line 503)",
        en: "\"{value}\" is hard to refer to: use letters, digits and _ only.",
        zh: "“{value}”不便引用：建议只用字母、数字和下划线。")
    static let elementOverlap = Message(
        "element.overlap", .warning, source: "kling-v3 page, element_list (line 503)",
        en:
            "\"{value}\" begins with another element's name, \"{other}\": `@{value}` may be read as `@{other}`.",
        zh: "“{value}”以另一主体的名称“{other}”开头：`@{value}` 可能被理解为 `@{other}`。")
    static let elementUndefined = Message(
        "element.undefined", .warning, source: "kling-v3 page, element_list (line 503)",
        en: "There is no element \"{value}\" in `element_list`.", zh: "`element_list` 中没有名为“{value}”的主体。")
    static let elementUndefinedNear = Message(
        "element.undefined", .warning, source: "kling-v3 page, element_list (line 503)",
        en: "There is no element \"{value}\" in `element_list`. Did you mean `@{near}`?",
        zh: "`element_list` 中没有名为“{value}”的主体。是否想写 `@{near}`？")
    static let elementUnused = Message(
        "element.unused", .warning, source: "kling-v3 page, element_list (line 503)",
        en: "No prompt refers to `@{value}`.", zh: "没有提示词引用 `@{value}`。")
    static let elementSameImages = Message(
        "element.sameImages", .hint, source: "advice",
        en: "\"{value}\" and \"{other}\" have the same pictures.",
        zh: "“{value}”和“{other}”使用了相同的图片。")
    static let elementWithoutImages = Message(
        "element.withoutImages", .warning, source: "Kling's own documentation; the page is silent",
        en: "Kling documents elements for image to video only; here `image_urls` is missing.",
        zh: "可灵只说明了图生视频可用主体；这里没有 `image_urls`。")

    static let elementTable: [Message] = [
        elementCount, elementEntry, elementField, elementFieldType, elementFieldID, elementImages,
        elementDuplicateName, elementName, elementOverlap, elementUndefined, elementUndefinedNear,
        elementUnused,
        elementSameImages, elementWithoutImages
    ]
}
