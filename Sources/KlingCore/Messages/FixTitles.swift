/// The titles of fixes.
extension LocalizedText {
    static let write = LocalizedText(en: "Write {value}", zh: "改为 {value}")
    static let remove = LocalizedText(en: "Remove `{name}`", zh: "删除 `{name}`")
    static let removeFirst = LocalizedText(
        en: "Remove this `{name}`, which does not count", zh: "删除这个不起作用的 `{name}`")
    static let rename = LocalizedText(en: "Rename to `{name}`", zh: "重命名为 `{name}`")
    static let add = LocalizedText(en: "Add `{name}`: {value}", zh: "添加 `{name}`：{value}")
    static let keep = LocalizedText(en: "Keep `{name}`: {value}", zh: "保留 `{name}`：{value}")
    static let writeInstead = LocalizedText(
        en: "Write `{name}` instead: {value}", zh: "改写为 `{name}`：{value}")
    static let writeBoth = LocalizedText(
        en: "Write `{name}` instead: {value}, and `{other}`: {otherValue}",
        zh: "改写为 `{name}`：{value}，并添加 `{other}`：{otherValue}")
    static let moveInto = LocalizedText(en: "Move it into `{name}`", zh: "移入 `{name}`")
    static let changeModelAndName = LocalizedText(
        en: "Use the model {value} and its parameter `{name}`", zh: "改用模型 {value} 及其参数 `{name}`")
    static let moveToImages = LocalizedText(
        en: "Move the picture into `image_urls`", zh: "将图片移入 `image_urls`")
    static let moveAsFirst = LocalizedText(
        en: "Move the picture into `image_urls`, as the first frame", zh: "将图片移入 `image_urls`，作为首帧")
    static let moveAsLast = LocalizedText(
        en: "Move the picture into `image_urls`, as the last frame", zh: "将图片移入 `image_urls`，作为尾帧")
    static let removePicture = LocalizedText(
        en: "Remove `{name}` and do without its picture", zh: "删除 `{name}`，不使用其中的图片")
    static let changeModel = LocalizedText(en: "Use the model {value}", zh: "改用模型 {value}")
    static let unquote = LocalizedText(en: "Write {value} without quotes", zh: "去掉引号，写成 {value}")
    static let keepFirst = LocalizedText(en: "Keep only the first {count}", zh: "只保留前 {count} 项")
    static let keepFirstOne = LocalizedText(en: "Keep only the first", zh: "只保留第 1 项")
    static let renumber = LocalizedText(
        en: "Number the shots 1, 2, 3 … in the order of the list", zh: "按排列顺序将分镜编号为 1、2、3 …")
    static let sortShots = LocalizedText(en: "Sort the list by `index`", zh: "按 `index` 排列各分镜")
    static let setTotal = LocalizedText(en: "Set `duration` to {value}", zh: "将 `duration` 改为 {value}")
    static let rebalance = LocalizedText(
        en: "Change the shots to last {value} seconds together", zh: "将各分镜时长调整为共 {value} 秒")
    static let setTotalToShots = LocalizedText(
        en: "Set `duration` to {value}, the sum of the shots", zh: "将 `duration` 改为 {value}，即各分镜时长之和")
    static let insertText = LocalizedText(en: "Insert {value}", zh: "插入{value}")
    static let removeText = LocalizedText(en: "Remove {value}", zh: "删除{value}")
    static let replaceText = LocalizedText(en: "Write {value} instead of {old}", zh: "将{old}改为{value}")
    static let makeList = LocalizedText(
        en: "Put the requests in [ ], with commas between", zh: "用 [ ] 括起所有请求，并以逗号分隔")
    static let removeFences = LocalizedText(en: "Remove the code block marks", zh: "删除代码块标记")
    static let removeAround = LocalizedText(
        en: "Remove the text around the request", zh: "删除请求前后的文字")
    static let removeSpaces = LocalizedText(en: "Remove the invisible characters", zh: "删除不可见字符")
    static let writeSpaces = LocalizedText(en: "Write ordinary spaces", zh: "改为普通空格")
    static let addBraces = LocalizedText(en: "Put { } around the members", zh: "用 { } 括起所有成员")
    static let escapeQuotes = LocalizedText(
        en: "Write \\\" for the quotes inside the text", zh: "将文本中的引号写成 \\\"")
    static let escapeBreaks = LocalizedText(
        en: "Write \\n for the line breaks inside the quotes", zh: "将引号内的换行写成 \\n")
    static let trim = LocalizedText(
        en: "Remove the white space around the address", zh: "删除地址前后的空白字符")
    static let useShots = LocalizedText(
        en: "Set `multi_shot` to true and `shot_type` to \"customize\"",
        zh: "将 `multi_shot` 设为 true，`shot_type` 设为 \"customize\"")
    static let addPrefix = LocalizedText(
        en: "Write `<<<image_1>>>` before the prompt", zh: "在提示词前写上 `<<<image_1>>>`")

    /// A part of a sentence.
    static let countingPrefix = LocalizedText(
        en: " with the `<<<image_1>>>` that is put before it", zh: "连同自动添加的 `<<<image_1>>>` ")

    // Notes at related places.
    static let counts = LocalizedText(en: "this one counts", zh: "这一个生效")
    static let otherValue = LocalizedText(en: "the other value", zh: "另一个取值")
    static let askedFor = LocalizedText(en: "the prompt asks for it here", zh: "提示词在这里要求出现它")
    static let decides = LocalizedText(en: "this is what decides", zh: "由此决定")
    static let firstNamed = LocalizedText(en: "the name is first used here", zh: "名称首次出现在这里")
}
