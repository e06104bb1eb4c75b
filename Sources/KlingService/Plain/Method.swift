import JSON
import JSONRPC
import KlingCore

extension PlainDialect {
    /// One method: what it takes and gives, and what it does. The signature is what calls are read by and
    /// what is published.
    final class Method: Sendable {
        typealias Run =
            @Sendable (Context, Arguments, borrowing JSONTree, inout JSONWriter) throws(RPCError) -> Outcome

        let name: String
        let documentation: LocalizedText
        let signature: Signature
        /// What it answers with. Put together when the document is.
        let result: @Sendable () -> Schema
        let errors: [Failure.Kind]
        let run: Run

        /// - Parameter errors: those of the table of errors beside the ones that any method can answer with.
        init(
            _ name: String, en: String, zh: String, _ parameters: [Member] = [],
            of choices: [Signature.Choice] = [],
            gives result: @autoclosure @escaping @Sendable () -> Schema, errors: [Failure.Kind] = [],
            run: @escaping Run
        ) {
            self.name = name
            documentation = LocalizedText(en: en, zh: zh)
            signature = Signature(parameters, of: choices)
            self.result = result
            self.errors = errors
            self.run = run
        }
    }
}

/// Parameters that several methods take.
extension Member {
    private static let taskWords = LocalizedText(
        en: "The task: our id or the gateway's.", zh: "任务：本地 ID 或网关 ID。")

    static let task = Member.needed("task", .string, en: taskWords.en, zh: taskWords.zh)
    static let oneTask = Member.optional("task", .string, en: taskWords.en, zh: taskWords.zh)
    static let tasks = Member.optional(
        "tasks", .array(of: .string), en: "Several tasks, each by our id or the gateway's.",
        zh: "多个任务，各为本地 ID 或网关 ID。")

    static let request = Member.optional(
        "request", .component(.request), en: "The request itself.", zh: "请求对象。")
    static let text = Member.optional(
        "text", .string, en: "Source text: a request, or a list of them, whose paths begin `/0`, `/1` …",
        zh: "源文本：一个请求，或请求列表（路径以 `/0`、`/1` 开头）。")
    static let uri = Member.optional(
        "uri", .string,
        en: "A file with source text, as a path or a `file:` URI; its extension decides about comments.",
        zh: "源文本文件，路径或 `file:` URI；按扩展名决定语言。")

    static let strict = Member.optional(
        "strict", .boolean, en: "Warnings make a request invalid too. Without it the session's.",
        zh: "警告也视为无效；默认取会话设置。")
    static let labels = Member.optional(
        "labels", .map(of: .string),
        en: "Labels of the caller's own, by which tasks can be listed and followed.",
        zh: "自定义标签，可用于列出与订阅任务。")

    static let timeout = Member.optional(
        "timeoutSeconds", .number(0...Context.longestWait), default: JSONValue(Context.defaultWait),
        en: "The longest time to wait. Reaching it is no error: the tasks are answered as they are.",
        zh: "最长等待秒数。到时不是错误，返回任务现状。")

    static let directory = Member.optional(
        "directory", .string, en: "Where the file goes, named by the task's id; a path or a `file:` URI.",
        zh: "保存目录，文件以任务 ID 命名；路径或 `file:` URI。")
    static let path = Member.optional(
        "path", .string, en: "The file itself; a path or a `file:` URI.", zh: "保存的文件；路径或 `file:` URI。")
}

extension Signature.Choice {
    static let source = Signature.Choice.exactlyOne(["request", "text", "uri"])
    static let place = Signature.Choice.atMostOne(["directory", "path"])
}
