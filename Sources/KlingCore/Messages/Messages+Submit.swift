import JSON

// What is said about a request as it is submitted, beside what the validator says of the request itself.

extension Message {
    static let possibleDuplicate = Message(
        "submit.possibleDuplicate", .hint, source: "wire contract, submit",
        en:
            "The same request was submitted less than two minutes ago as {task}; this one is made and billed as well. "
            + "Give an `idempotencyKey` to get the same task again instead.",
        zh: "两分钟内已提交过相同的请求（{task}）；本次会另行生成并计费。如需返回同一任务，请使用 `idempotencyKey`。")

    static let submitTable: [Message] = [possibleDuplicate]
}

extension Diagnostic {
    /// The hint that `earlier` asked for exactly the same (GATEWAY §2.4).
    package static func possibleDuplicate(of earlier: TaskID) -> Diagnostic {
        Diagnostic(
            severity: .hint, path: .root, range: 0..<0, fixes: [], allowed: nil, related: [],
            sentence: .possibleDuplicate, facts: ["task": .text(earlier.text)], line: nil)
    }
}
