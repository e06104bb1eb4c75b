import JSON
import KlingCore

/// Errors (`Failure.json` writes them), and the smaller results.
extension Component {
    static let errorMembers: [Member] = [
        .needed("code", .integer(Int.min...Int.max), en: "As in the table of errors.", zh: "错误码，见错误表。"),
        .needed("message", .string, en: "What happened, what it cost, what to do next.", zh: "发生了什么、费用、下一步。"),
        .optional("data", .component(.errorData), en: "The same for programs.", zh: "供程序使用的信息。")
    ]

    static let errorDataMembers: [Member] = [
        .needed("type", .words { ErrorRow.all.compactMap(\.type) }, en: "The kind of error.", zh: "错误类型。"),
        .needed("message", .nullable(.string), en: "The gateway's own words, if any.", zh: "网关原文（如有）。"),
        .optional(
            "requestId", .string, en: "The gateway's id of the exchange, for its support.", zh: "网关请求 ID。"),
        .optional("task", taskId, en: "The task it is about.", zh: "相关任务。"),
        .needed("billed", .words { ["no", "yes", "unknown"] }, en: "Whether it costs.", zh: "是否计费。"),
        .needed(
            "retry", .pattern("^(never|now|sameKey|after:[0-9]+)$"),
            en:
                "What may be done without risk of paying twice: nothing, the same at once, the same "
                + "with the same key, or after so many seconds.",
            zh: "不会重复付费的重试方式：不可、立即、使用相同键、若干秒之后。"),
        .optional(
            "next",
            .object([
                .needed("method", .string, en: "The method.", zh: "方法。"),
                .needed("params", .map(of: .any), en: "Its parameters.", zh: "参数。")
            ]), en: "A request to make instead.", zh: "建议改用的请求。"),
        .optional(
            "diagnostics", .array(of: .component(.diagnostic)), en: "Of `validation_error`: every problem.",
            zh: "`validation_error`：全部问题。"),
        .optional(
            "differences", .array(of: .string),
            en: "Of a key with another request: where they differ, as JSON Pointers.",
            zh: "同键不同请求时的差异位置（JSON Pointer）。")
    ]

    static let dryRunMembers: [Member] = [
        .needed("dryRun", .only(true), en: "Nothing was sent.", zh: "没有发送。"),
        .needed("method", .string, en: "The HTTP method.", zh: "HTTP 方法。"),
        .needed("url", .string, en: "Where to.", zh: "地址。"),
        .needed("headers", .map(of: .string), en: "The headers, the key redacted.", zh: "请求头（隐藏密钥）。"),
        .needed("body", .component(.request), en: "The normalised request.", zh: "规范化后的请求。")
    ]

    static let modelMembers: [Member] = [
        .needed("name", .string, en: "The value of `model`.", zh: "`model` 的取值。"),
        .needed("title", .string, en: "Its name for people.", zh: "名称。"),
        .needed("description", .string, en: "What it makes.", zh: "说明。"),
        .needed("parameters", .array(of: .component(.parameter)), en: "What it takes.", zh: "参数。"),
        .needed("schema", .map(of: .any), en: "The JSON Schema of its requests.", zh: "请求的 JSON Schema。")
    ]

    static let parameterMembers: [Member] = [
        .needed("name", .string, en: "The member's name.", zh: "名称。"),
        .needed("type", .string, en: "Such as `array<url>`.", zh: "类型，如 `array<url>`。"),
        .needed("required", .boolean, en: "Whether it is needed.", zh: "是否必填。"),
        .optional("default", .any, en: "What the gateway assumes.", zh: "默认值。"),
        .optional("allowed", .any, en: "The values allowed.", zh: "允许的取值。"),
        .needed("description", .string, en: "What it says.", zh: "说明。"),
        .optional(
            "values",
            .array(
                of: .object([
                    .needed("value", .string, en: "The word.", zh: "取值。"),
                    .needed("description", .string, en: "What it means.", zh: "含义。")
                ])), en: "What each word means.", zh: "各取值的含义。"),
        .optional(
            "members", .array(of: .component(.parameter)), en: "Of an entry of the list.", zh: "列表项的成员。"),
        .optional("example", .any, en: "An example.", zh: "示例。"),
        .needed("source", .string, en: "The line of the model page.", zh: "模型文档出处。")
    ]
}
