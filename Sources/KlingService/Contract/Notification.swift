import JSON
import KlingCore

/// What the server sends by itself, described once.
struct Notification: Sendable {
    let name: String
    let documentation: LocalizedText
    let parameters: [Member]

    init(_ name: String, en: String, zh: String, _ parameters: [Member]) {
        self.name = name
        documentation = LocalizedText(en: en, zh: zh)
        self.parameters = parameters
    }

    static let all = [update, end, download, log]

    private static let subscription = Member.needed(
        "subscription", .string, en: "Which subscription it is for.", zh: "订阅 ID。")
    private static let seq = Member.needed(
        "seq", .count, en: "The number of the event; the greatest one seen is the next `since`.",
        zh: "事件序号；可作为下次的 `since`。")

    private static let update = Notification(
        "task/update", en: "A task of a subscription changed.", zh: "订阅的任务发生变化。",
        [subscription, seq, .needed("task", .task, en: "The task as it is now.", zh: "任务现状。")])

    private static let end = Notification(
        "subscription/end",
        en: "Every task of a subscription is at its end: nothing more comes. Never for `all`.",
        zh: "订阅的任务全部结束，不再有通知；`all` 订阅不会结束。", [subscription, seq])

    private static let download = Notification(
        "task/download", en: "A result is being put on the disk.", zh: "正在下载结果。",
        [
            .needed("task", Component.taskId, en: "Whose result.", zh: "任务 ID。"),
            .needed("file", .string, en: "Where to.", zh: "文件路径。"),
            .needed("bytes", .count, en: "Bytes so far.", zh: "已下载字节。"),
            .optional("total", .count, en: "Bytes in all, when known.", zh: "总字节数（已知时）。"),
            .optional(
                "progressToken", .token, en: "The one given with `download`.",
                zh: "`download` 调用给出的标记。")
        ])

    private static let log = Notification(
        "log", en: "A line of the log, when `hello` has asked for them with `logLevel`.",
        zh: "日志（`hello` 用 `logLevel` 请求后）。",
        [
            .needed("level", .words { ["debug", "info", "warning", "error"] }, en: "Its weight.", zh: "级别。"),
            .needed("message", .string, en: "The line.", zh: "内容。")
        ])
}
