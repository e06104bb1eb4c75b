/// Elements and the prompts' references to them.
extension Message {
    static let elementCount = Message(
        "element.count", .error, source: "kling-v3 page, element_list (line 473)",

        en: "`element_list` takes at most {maximum} elements, not {count}. Remove some.",
        zh: "`element_list` 最多 {maximum} 个主体，现有 {count} 个。请删除多余的。")
    static let elementEntry = Message(
        "element.field", .error, source: "kling-v3 page, element_list (line 502)",

        en: "An element must be an object { } with `name`, `description` and `element_input_urls`, "
            + "not {actual}.",
        zh: "主体必须是包含 `name`、`description`、`element_input_urls` 的 { } 对象，而不是{actual}。")
    static let elementField = Message(
        "element.field", .error, source: "kling-v3 page, element_list (line 502)",

        en: "This element's `{name}` is missing or empty: an element needs `name`, `description` and "
            + "`element_input_urls`.",
        zh: "该主体的 `{name}` 缺失或为空：主体必须有 `name`、`description` 和 `element_input_urls`。")
    static let elementFieldType = Message(
        "element.field", .error, source: "kling-v3 page, element_list (line 502)",
        en: "An element's `{name}` must be {expected}, not {actual}.",
        zh: "主体的 `{name}` 必须是{expected}，而不是{actual}。")
    static let elementFieldID = Message(
        "element.field", .warning, source: "kling-v3 page, element_list (line 473)",
        en: "This element has an `element_id`, but is without {names}. The documentation mentions a second "
            + "way to give an element without describing it, so this may be refused: to be safe, give "
            + "`name`, `description` and `element_input_urls`.",
        zh: "该主体填写了 `element_id`，但缺少 {names}。文档提到还有另一种引用主体的方式，"
            + "却没有说明用法，因此可能被拒绝：为稳妥起见，请填写 `name`、`description` 和 "
            + "`element_input_urls`。")
    static let elementImages = Message(
        "element.images", .error, source: "kling-v3 page, element_list (line 503)",

        en: "`element_input_urls` must hold {minimum} to {maximum} pictures of the element, the "
            + "first from the front, not {count}.",
        zh: "`element_input_urls` 需要 {minimum} 到 {maximum} 张主体图片（第 1 张为正面图），现有 "
            + "{count} 张。")
    static let elementDuplicateName = Message(
        "element.duplicateName", .error, source: "kling-v3 page, element_list (line 504)",

        en: "Two elements are called \"{value}\", so it is not clear which one `@{value}` means. "
            + "Rename one of them.",
        zh: "有两个主体都叫 \"{value}\"，无法确定 `@{value}` 指哪一个。请重命名其中一个。")
    static let elementName = Message(
        "element.name", .hint, source: "kling-v3 page, element_list (line 504)",
        en: "\"{value}\" may not be recognised when a prompt says `@{value}`: use only English "
            + "letters, digits and _ in the name.",
        zh: "提示词中写 `@{value}` 时，\"{value}\" 可能无法识别：名称请只用英文字母、数字和下划线。")
    static let elementOverlap = Message(
        "element.overlap", .warning, source: "kling-v3 page, element_list (line 504)",
        en: "\"{value}\" begins with another element's name, \"{other}\", so `@{value}` may be read "
            + "as `@{other}`. Rename one of them.",
        zh: "\"{value}\" 以另一主体的名称 \"{other}\" 开头，`@{value}` 可能被理解为 `@{other}`。"
            + "请重命名其中一个。")
    static let elementUndefined = Message(
        "element.undefined", .warning, source: "kling-v3 page, element_list (line 504)",
        en: "`@{value}` refers to an element, but `element_list` has none of that name. Add the "
            + "element, or write the word without @.",
        zh: "`@{value}` 引用了主体，但 `element_list` 中没有这个名称的主体。请添加该主体，或去掉 @。")
    static let elementUndefinedNear = Message(
        "element.undefined", .warning, source: "kling-v3 page, element_list (line 504)",
        en: "`@{value}` refers to an element, but `element_list` has none of that name. Did you mean "
            + "`@{near}`?",
        zh: "`@{value}` 引用了主体，但 `element_list` 中没有这个名称的主体。是否想写 `@{near}`？")
    static let elementUndefinedIgnored = Message(
        "element.undefined", .hint, source: "kling-v3 page, element_list (line 504)",
        en: "`@{value}` refers to an element, but `element_list` has none of that name. This "
            + "`prompt` has no effect; correct the name before you move it into a shot.",
        zh: "`@{value}` 引用了主体，但 `element_list` 中没有这个名称的主体。此 `prompt` 不起作用；"
            + "移入分镜之前请先改正名称。")
    static let elementUnused = Message(
        "element.unused", .warning, source: "kling-v3 page, element_list (line 504)",
        en: "No prompt refers to this element: write `@{value}` where it appears, or remove the element.",
        zh: "没有提示词引用这个主体：请在它出现的地方写 `@{value}`，或删除该主体。")
    static let elementSameImages = Message(
        "element.sameImages", .hint, source: "advice",
        en: "The elements \"{value}\" and \"{other}\" have the same pictures. Give each its own.",
        zh: "主体 \"{value}\" 和 \"{other}\" 使用了相同的图片。请为各自提供不同的图片。")
    static let elementWithoutImages = Message(
        "element.withoutImages", .warning, source: "Kling's own documentation; the page is silent",
        en: "`element_list` describes subjects that keep their looks (elements), which a prompt "
            + "calls `@name`. Kling documents them only for videos made from a picture, and this "
            + "request has none: add the first frame, such as \"image_urls\": "
            + "[\"https://example.com/first.jpg\"].",
        zh: "`element_list` 描述外观保持一致的主体，在提示词中写作 `@name`。"
            + "可灵只说明了图生视频可以使用主体，而这个请求没有图片：请添加首帧，例如 \"image_urls\": "
            + "[\"https://example.com/first.jpg\"]。")

    static let elementTable: [Message] = [
        elementCount, elementEntry, elementField, elementFieldType, elementFieldID, elementImages,
        elementDuplicateName, elementName, elementOverlap, elementUndefined, elementUndefinedNear,
        elementUndefinedIgnored, elementUnused,
        elementSameImages, elementWithoutImages
    ]
}
