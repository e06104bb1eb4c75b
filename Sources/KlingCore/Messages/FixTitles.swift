/// The titles of fixes.
extension LocalizedText {
    static let write = LocalizedText(en: "Write {value}", zh: "改为 {value}")
    static let remove = LocalizedText(en: "Remove `{name}`", zh: "删除 `{name}`")
    static let removeFirst = LocalizedText(
        en: "Remove this `{name}`, which does not count", zh: "删除这个不起作用的 `{name}`")
    static let rename = LocalizedText(en: "Rename to `{name}`", zh: "重命名为 `{name}`")
    static let add = LocalizedText(en: "Add `{name}`: {value}", zh: "添加 `{name}`：{value}")
    static let keep = LocalizedText(en: "Keep `{name}`: {value}", zh: "保留 `{name}`：{value}")
    static let moveToImages = LocalizedText(en: "Move into `image_urls`", zh: "移入 `image_urls`")
    static let changeModel = LocalizedText(en: "Use the model {value}", zh: "改用模型 {value}")
    static let unquote = LocalizedText(en: "Write {value} without quotes", zh: "去掉引号，写成 {value}")
    static let keepFirst = LocalizedText(en: "Keep the first {count}", zh: "只保留前 {count} 项")
    static let renumber = LocalizedText(en: "Renumber the shots", zh: "重新为分镜编号")
    static let setTotal = LocalizedText(en: "Set `duration` to {value}", zh: "将 `duration` 改为 {value}")
    static let rebalance = LocalizedText(
        en: "Rebalance the shots to {value} seconds", zh: "将各分镜调整为共 {value} 秒")
    static let mendText = LocalizedText(en: "Mend the text", zh: "修正文本")
    static let trim = LocalizedText(en: "Remove the white space", zh: "删除空白字符")
    static let enableMultiShot = LocalizedText(en: "Set `multi_shot` to true", zh: "将 `multi_shot` 设为 true")
    static let addPrefix = LocalizedText(
        en: "Write `<<<image_1>>>` into the prompt", zh: "在提示词中写明 `<<<image_1>>>`")

    // Notes at related places.
    static let counts = LocalizedText(en: "this one counts", zh: "这一个生效")
    static let otherValue = LocalizedText(en: "the other value", zh: "另一个取值")
    static let decides = LocalizedText(en: "this decides", zh: "由此决定")
    static let firstNamed = LocalizedText(en: "the name is first used here", zh: "名称首次出现在这里")
}
