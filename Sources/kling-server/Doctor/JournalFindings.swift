import JSON
import KlingCore
import KlingJournal

/// What an examination of the journal comes to.
enum JournalFindings {
    static var sqliteVersion: String { JournalExamination.sqliteVersion }

    /// Less than this is too little for a day's work, or for one more page.
    private static let scarce: Int64 = 256 << 20
    private static let none: Int64 = 1 << 20

    static func of(_ path: String, simulated: Bool) -> [Finding] {
        guard path != ":memory:" else { return [inMemory(simulated)] }
        let journal = JournalExamination(path: path, simulated: simulated)
        let finding = itself(journal, simulated)
        return [finding] + (finding.status == .ok ? tasks(journal) : []) + disk(journal)
    }

    private static func inMemory(_ simulated: Bool) -> Finding {
        let facts: JSONObject = ["path": ":memory:"]
        if simulated {
            return .ok(
                .journal, en: "The journal is in memory and ends with the process.", zh: "任务日志在内存中，随进程结束而消失。",
                facts: facts)
        }
        return .warning(
            .journal,
            en: "The journal is in memory: when the process ends, tasks that are paid for are forgotten.",
            zh: "任务日志在内存中：进程结束后，已付费的任务会被遗忘。",
            advice: LocalizedText(en: "Name a file with --journal.", zh: "请用 --journal 指定文件。"), facts: facts)
    }

    private static func itself(_ journal: JournalExamination, _ simulated: Bool) -> Finding {
        var facts: JSONObject = [
            "path": .string(journal.path), "exists": .bool(journal.exists),
            "writable": .bool(journal.isWritable), "bytes": JSONValue(Int(journal.bytes))
        ]
        facts["version"] = journal.version.map { JSONValue($0) }
        facts["simulated"] = journal.simulated.map { .bool($0) }
        if journal.exists, journal.failure == nil { facts["intact"] = .bool(journal.damage.isEmpty) }
        if let failure = journal.failure ?? damage(journal) ?? unwritable(journal) {
            return Finding(
                subject: .journal, status: .problem,
                message: journal.isForeign ? foreign(journal) : FailureMessages.cause(of: failure),
                advice: LocalizedText(
                    en: "Until that is put right nothing is submitted"
                        + (journal.exists ? ", and what is in it is not followed." : "."),
                    zh: "在解决之前不会提交任何任务" + (journal.exists ? "，其中的任务也不会被跟踪。" : "。")),
                facts: facts)
        }
        guard journal.exists, journal.version != nil, let kind = journal.simulated else {
            return .ok(
                .journal, en: "There is no journal yet; the first submit makes it: \(journal.path).",
                zh: "还没有任务日志；首次提交时会创建：\(journal.path)。", facts: facts)
        }
        let count = journal.tasks.values.reduce(0, +)
        return .ok(
            .journal,
            en:
                "The journal is whole: \(journal.path), \(count) \(kind ? "simulated " : "")\(count == 1 ? "task" : "tasks"), "
                + "\(size(journal.bytes)), format \(journal.version ?? 0).",
            zh: "任务日志完好：\(journal.path)，\(count) 个\(kind ? "模拟" : "")任务，\(size(journal.bytes))，"
                + "格式 \(journal.version ?? 0)。", facts: facts)
    }

    private static func foreign(_ journal: JournalExamination) -> LocalizedText {
        LocalizedText(
            en:
                "The file \(journal.path) is no journal of kling-server. Name another with --journal; if it once was "
                + "one, keep a copy of it, for it names tasks that may be charged.",
            zh: "文件 \(journal.path) 不是 kling-server 的任务日志。请用 --journal 指定其他位置；若它曾是任务日志，"
                + "其中可能有已计费的任务，请保留副本。")
    }

    private static func damage(_ journal: JournalExamination) -> JournalFailure? {
        journal.damage.first.map { .corrupt(path: journal.path, reason: $0) }
    }

    private static func unwritable(_ journal: JournalExamination) -> JournalFailure? {
        journal.isWritable ? nil : .readOnly(path: journal.path)
    }

    /// Tasks that somebody has to see to.
    private static func tasks(_ journal: JournalExamination) -> [Finding] {
        guard journal.simulated != nil else { return [] }
        let open = journal.tasks.filter { !$0.key.isTerminal }
        let count = open.values.reduce(0, +)
        let order = VideoTask.State.allCases.filter { open[$0] != nil }
        let list = order.map { "\(open[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", ")
        var findings: [Finding] = []
        var facts: JSONObject = ["unfinished": JSONValue(count)]
        for state in order { facts[state.rawValue] = open[state].map { JSONValue($0) } }
        if count > 0 {
            findings.append(
                .ok(
                    .tasks,
                    en:
                        "Unfinished: \(count) (\(list)). A server with this journal goes on with \(count == 1 ? "it" : "them").",
                    zh: "未完成：\(count)（\(list)）。使用此任务日志的服务会继续处理。", facts: facts))
        } else {
            findings.append(.ok(.tasks, en: "No task is unfinished.", zh: "没有未完成的任务。", facts: facts))
        }
        if let lost = journal.tasks[.unconfirmed], lost > 0 {
            findings.append(
                .warning(
                    .tasks,
                    en:
                        "Unconfirmed: \(lost). Nobody knows whether \(lost == 1 ? "it exists and is" : "they exist and are") "
                        + "charged.",
                    zh: "未确认：\(lost)。无法确定是否已创建并计费。",
                    advice: LocalizedText(
                        en:
                            "Look for them in your account at the gateway: `adopt` the ids that are there; `list` with "
                            + "states [\"unconfirmed\"] names them.",
                        zh: "请在网关账户中查看：已存在的用 `adopt` 认领；用 `list` 的 states [\"unconfirmed\"] 可列出它们。"),
                    facts: ["unconfirmed": JSONValue(lost)]))
        }
        return findings
    }

    private static func disk(_ journal: JournalExamination) -> [Finding] {
        guard let free = journal.freeBytes else { return [] }
        let facts: JSONObject = ["freeBytes": JSONValue(Int(free))]
        guard free < scarce else {
            return [
                .ok(
                    .disk, en: "Free space for the journal: \(size(free)).",
                    zh: "任务日志所在磁盘剩余空间：\(size(free))。",
                    facts: facts)
            ]
        }
        let advice = LocalizedText(
            en: "Make room: on a full disk nothing is submitted.", zh: "请腾出空间：磁盘已满时不会提交任何任务。")
        return [
            Finding(
                subject: .disk, status: free < none ? .problem : .warning,
                message: LocalizedText(
                    en: "Free space for the journal: only \(size(free)).", zh: "任务日志所在磁盘剩余空间仅 \(size(free))。"),
                advice: advice, facts: facts)
        ]
    }

    /// In a unit in which there are few digits.
    private static func size(_ bytes: Int64) -> String {
        var value = Double(bytes)
        for unit in ["bytes", "KiB", "MiB", "GiB"] {
            if value < 1024 { return unit == "bytes" ? "\(bytes) \(unit)" : "\(round(value)) \(unit)" }
            value /= 1024
        }
        return "\(round(value)) TiB"
    }

    private static func round(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return value < 10 ? "\(tenths / 10).\(tenths % 10)" : String(Int(value.rounded()))
    }
}
