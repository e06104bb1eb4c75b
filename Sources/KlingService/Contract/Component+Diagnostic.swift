import JSON
import KlingCore

/// A problem and what belongs to it (`Diagnostic.write` writes it), and the result of `validate`.
extension Component {
    static let diagnosticMembers: [Member] = [
        .needed(
            "code", .string, en: "Its stable name; diagnostics.json lists them.",
            zh: "稳定的代码，见 diagnostics.json。"),
        .needed(
            "severity", .words { ["error", "warning", "information", "hint"] }, en: "How grave it is.",
            zh: "严重程度。"),
        .needed("message", .string, en: "What is wrong and what to do, for a person.", zh: "说明文字。"),
        .needed(
            "path", .pattern("^(/([^~/]|~[01])*)*$"),
            en: "Where, as a JSON Pointer (RFC 6901); of something missing, its container's.",
            zh: "位置，JSON Pointer（RFC 6901）；缺失的内容指向其所在对象。"),
        .optional(
            "range", .component(.range), en: "Where in the text, when text was given.", zh: "文本中的位置（传入文本时）。"),
        .optional(
            "fixes", .array(of: .component(.fix)), en: "What may be done, the best first.", zh: "可用的修复，最佳在前。"),
        .optional(
            "allowed", .any, en: "The values allowed: a list, or limits by the names of JSON Schema.",
            zh: "允许的取值：列表，或 JSON Schema 命名的范围。"),
        .needed("source", .string, en: "Where the rule comes from.", zh: "规则出处。"),
        .optional(
            "related",
            .array(
                of: .object([
                    .needed("path", .string, en: "The other place.", zh: "相关位置。"),
                    .optional("range", .component(.range), en: "In the text.", zh: "文本中的位置。"),
                    .needed("message", .string, en: "What it has to do with it.", zh: "关系说明。")
                ])), en: "Other places that have to do with it.", zh: "其他相关位置。")
    ]

    static let fixMembers: [Member] = [
        .needed("title", .string, en: "What it does.", zh: "修复内容。"),
        .optional(
            "patch", .array(of: .component(.patchOperation)),
            en: "As a JSON Patch of the request or document; absent where a patch cannot say it.",
            zh: "针对请求或文档的 JSON Patch；无法表达时省略。"),
        .optional("preferred", .only(true), en: "Safe to make without asking.", zh: "可直接应用。"),
        .optional(
            "edits",
            .array(
                of: .object([
                    .needed("range", .component(.range), en: "What is replaced.", zh: "被替换的范围。"),
                    .needed("newText", .string, en: "By what.", zh: "新文本。")
                ])), en: "The same as the least change of the text, when text was given.",
            zh: "对文本的最小修改（传入文本时）。")
    ]

    static let rangeMembers: [Member] = [
        .needed("start", .component(.position), en: "Its first character.", zh: "起始位置。"),
        .needed("end", .component(.position), en: "Behind its last character.", zh: "结束位置（不含）。")
    ]

    static let positionMembers: [Member] = [
        .needed("line", .count, en: "The line.", zh: "行。"),
        .needed("character", .count, en: "The character in the line.", zh: "行内字符。")
    ]

    static let patchMembers: [Member] = [
        .needed(
            "op", .words { ["add", "remove", "replace", "move", "copy", "test"] }, en: "What to do.",
            zh: "操作。"),
        .needed("path", .string, en: "Where.", zh: "位置。"),
        .optional("from", .string, en: "Of `move`: from where.", zh: "`move` 的来源。"),
        .optional("value", .any, en: "Of `add` and `replace`: the value.", zh: "`add` 与 `replace` 的值。")
    ]

    static let validationMembers: [Member] = [
        .needed(
            "valid", .boolean, en: "No error; in strict mode, no warning either.", zh: "没有错误；严格模式下也没有警告。"),
        .needed(
            "diagnostics", .array(of: .component(.diagnostic)), en: "Every problem, by position.",
            zh: "全部问题，按位置排列。"),
        .optional(
            "normalized", .either([.component(.request), .array(of: .component(.request))]),
            en: "Exactly what would be sent, without errors: a request, or of a list a list.",
            zh: "没有错误时将发送的内容：请求，或请求列表。"),
        .optional(
            "summary", .either([.component(.summary), .array(of: .component(.summary))]),
            en: "What would be made, without errors.", zh: "没有错误时将生成的内容。")
    ]

    static let summaryMembers: [Member] = [
        .needed("model", .string, en: "The model.", zh: "模型。"),
        .needed(
            "kind", .words { RequestSummary.Kind.allCases.map(\.rawValue) }, en: "The kind of task.",
            zh: "任务类型。"),
        .needed("resolution", .string, en: "Such as `720p`.", zh: "清晰度，如 `720p`。"),
        .needed(
            "durationSeconds", .nullable(.count), en: "Null when an edited clip's own length decides.",
            zh: "视频秒数；以所编辑视频为准时为 null。"),
        .needed(
            "shots",
            .array(
                of: .object([
                    .needed("index", .count, en: "Its number.", zh: "序号。"),
                    .needed("startSeconds", .count, en: "When it begins.", zh: "开始秒。"),
                    .needed("endSeconds", .count, en: "When it ends.", zh: "结束秒。"),
                    .needed("prompt", .string, en: "What it shows.", zh: "提示词。")
                ])), en: "The timeline of a storyboard that the request writes itself.", zh: "自定义分镜的时间线。"),
        .needed("audio", .boolean, en: "Whether there is sound.", zh: "是否有声。"),
        .needed("billableSeconds", .nullable(.count), en: "Seconds that will be charged.", zh: "计费秒数。"),
        .needed(
            "effectivePrompt", .nullable(.string),
            en: "The prompt as the gateway will read it; null when only the shots' count.",
            zh: "实际生效的提示词；仅分镜提示词生效时为 null。"),
        .needed(
            "estimateSeconds", .nullable(.count), en: "A first guess of the time it takes.", zh: "预计耗时（秒）。")
    ]
}
