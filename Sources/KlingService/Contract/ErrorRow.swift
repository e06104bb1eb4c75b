import JSON
import KlingCore

/// One row of the table of errors: the code, and when it is answered.
struct ErrorRow: Sendable {
    /// Its name in the published document.
    let name: String
    let code: Int
    /// `data.type`; those of JSON-RPC itself have none.
    let type: String?
    let when: LocalizedText

    static let all: [ErrorRow] = ofTheLanguage + Failure.Kind.allCases.map(ErrorRow.init)

    init(_ kind: Failure.Kind) {
        name = kind.rawValue
        code = kind.code
        type = kind.rawValue
        when = kind.when
    }

    private init(_ name: String, _ code: Int, type: String? = nil, en: String, zh: String) {
        self.name = name
        self.code = code
        self.type = type
        when = LocalizedText(en: en, zh: zh)
    }

    static let invalidParams = ErrorRow(
        "invalid_params", -32602,
        en:
            "A parameter is unknown, missing, twice there, or of the wrong type or range; the message"
            + " names it.",
        zh: "参数未知、缺失、重复，或类型、范围不对；消息中写明参数名。")
    static let cancelled = ErrorRow(
        "request_cancelled", -32800, type: "request_cancelled",
        en:
            "The request was cancelled by `$/cancelRequest`. Of a `submit` only the waiting is: its "
            + "task goes on, and `data` names it.",
        zh: "请求被 `$/cancelRequest` 取消。对 `submit` 只取消等待：任务继续，`data` 中给出任务。")

    /// JSON-RPC 2.0 §5.1 and LSP 3.17.
    private static let ofTheLanguage: [ErrorRow] = [
        ErrorRow(
            "parse_error", -32700, en: "Not JSON, or too deep. The id is null.",
            zh: "不是 JSON，或嵌套过深；id 为 null。"),
        ErrorRow(
            "invalid_request", -32600,
            en: "JSON, but no request: too large, an empty batch, an id in flight. The id is null.",
            zh: "不是有效请求：过大、空批次、id 正在使用；id 为 null。"),
        ErrorRow(
            "method_not_found", -32601, en: "There is no such method; the message names the nearest.",
            zh: "没有该方法；消息中给出最接近的方法。"),
        invalidParams,
        ErrorRow(
            "internal_error", -32603, en: "A fault of the server. Please report it.", zh: "服务器内部错误，请报告。"),
        cancelled
    ]
}

extension Failure.Kind {
    /// When it is answered.
    var when: LocalizedText {
        switch self {
        case .validation:
            LocalizedText(
                en: "The request has errors; `diagnostics` lists them. Nothing was sent.",
                zh: "请求有错误，见 `diagnostics`；没有发送。")
        case .invalidRequest: LocalizedText(en: "The gateway refused the request.", zh: "网关拒绝了请求。")
        case .contentPolicy:
            LocalizedText(en: "Kling refused the content under its policy.", zh: "可灵因内容政策拒绝。")
        case .authentication:
            LocalizedText(en: "There is no key, or the gateway refused it.", zh: "没有 Key，或网关拒绝了 Key。")
        case .permission: LocalizedText(en: "The key may not do this.", zh: "Key 没有此权限。")
        case .paymentRequired: LocalizedText(en: "The account is out of funds.", zh: "账户余额不足。")
        case .taskNotFound: LocalizedText(en: "There is no such task.", zh: "没有该任务。")
        case .conflict:
            LocalizedText(
                en:
                    "The key has another request; the task cannot be cancelled, adopted or "
                    + "downloaded; the file exists.",
                zh: "幂等键已用于其他请求；任务无法取消、认领或下载；文件已存在。")
        case .resultExpired:
            LocalizedText(en: "The link has expired and could not be refreshed.", zh: "链接已过期且无法刷新。")
        case .rateLimit:
            LocalizedText(en: "The gateway's rate limit outlived the retries.", zh: "网关限流，重试后仍未恢复。")
        case .budgetExceeded:
            LocalizedText(en: "The budget set with --budget would be exceeded.", zh: "将超出 --budget 设定的预算。")
        case .serverError: LocalizedText(en: "The gateway had an error.", zh: "网关出错。")
        case .badGateway: LocalizedText(en: "The gateway's answer was not understood.", zh: "无法理解网关的应答。")
        case .unreachable: LocalizedText(en: "The gateway cannot be reached.", zh: "无法连接网关。")
        case .timeout:
            LocalizedText(
                en: "The gateway is too slow: 60 s for a create, 30 s for a read.",
                zh: "网关超时：创建 60 秒，查询 30 秒。")
        case .journalUnavailable:
            LocalizedText(
                en: "The journal cannot be written or opened: nothing was sent.", zh: "任务日志无法打开或写入：没有发送。")
        case .fileSystem: LocalizedText(en: "The file of a result cannot be written.", zh: "无法写入结果文件。")
        }
    }

    /// What can go wrong wherever the gateway is asked.
    static let gateway: [Failure.Kind] = [
        .authentication, .permission, .rateLimit, .serverError, .badGateway, .unreachable, .timeout
    ]
}
