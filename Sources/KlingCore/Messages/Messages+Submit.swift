import JSON

// What is said about a request as it is submitted, beside what the validator says of the request itself.

extension Message {
    static let possibleDuplicate = Message(
        "submit.possibleDuplicate", .hint, source: "wire contract, submit",
        en:
            "The same request was submitted less than two minutes ago as {task}; this one is made and billed as well. "
            + "Give an `idempotencyKey` to get the same task again instead.",
        zh: "两分钟内已提交过相同的请求（{task}）；本次会另行生成并计费。如需返回同一任务，请使用 `idempotencyKey`。")

    static let keptDelivery = Message(
        "submit.keptDelivery", .hint, source: "wire contract, submit",
        en:
            "{task} has this `idempotencyKey` already, and its video goes where it was to go then; the other place is not taken "
            + "over. `download` it there when it is completed.",
        zh: "{task} 已使用此 `idempotencyKey`，其视频仍保存到当时指定的位置，本次指定的其他位置不生效。完成后可用 `download` 保存到该处。")

    static let keptLabels = Message(
        "submit.keptLabels", .hint, source: "wire contract, submit",
        en:
            "{task} has this `idempotencyKey` already and keeps the labels that it has; the others are not taken over.",
        zh: "{task} 已使用此 `idempotencyKey`，并保留原有标签，本次的其他标签不生效。")

    static let submitTable: [Message] = [possibleDuplicate, keptDelivery, keptLabels]
}

extension Submitted {
    /// What its caller may not expect (GATEWAY §2.4).
    package var hints: [Diagnostic] {
        var hints: [Diagnostic] = []
        if let earlier = possibleDuplicateOf { hints.append(hint(.possibleDuplicate, earlier)) }
        if ignored.contains(.delivery) { hints.append(hint(.keptDelivery, report.task.id)) }
        if ignored.contains(.labels) { hints.append(hint(.keptLabels, report.task.id)) }
        return hints
    }

    private func hint(_ message: Message, _ task: TaskID) -> Diagnostic {
        Diagnostic(
            severity: .hint, path: .root, range: 0..<0, fixes: [], allowed: nil, related: [],
            sentence: message, facts: ["task": .text(task.text)], line: nil)
    }
}
