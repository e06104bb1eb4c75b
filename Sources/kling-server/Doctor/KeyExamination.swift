import JSON
import KlingCore

/// The shape of the API key and the place it comes from; the key itself is never told.
struct KeyExamination {
    private(set) var hasKey = false
    private(set) var findings: [Finding] = []

    /// - Parameter keys: those of the options. A pipe is not waited for here.
    init(_ options: Options, _ keys: KeySource) {
        if let path = options.apiKeyFile {
            examine(keys, in: KeyFile(path: path))
            if options.apiKey != nil {
                findings.append(
                    .warning(
                        .key, en: "KLING_API_KEY is set as well, and is not used: the file goes before it.",
                        zh: "同时设置了 KLING_API_KEY，但不会使用：文件优先。",
                        advice: LocalizedText(en: "Keep one of the two.", zh: "请只保留其中一个。")))
            }
        } else if options.apiKey != nil {
            examine(
                keys, from: LocalizedText(en: "KLING_API_KEY", zh: "KLING_API_KEY"),
                facts: ["source": "KLING_API_KEY"])
        } else {
            findings.append(
                .problem(
                    .key, en: "There is no API key: `validate` works, `submit` is refused.",
                    zh: "没有 API Key：可以 `validate`，`submit` 会被拒绝。", advice: KeyProblem.invitation,
                    facts: ["source": .null]))
        }
    }

    private mutating func examine(_ keys: KeySource, in file: KeyFile) {
        let path = KeyProblem.Place.shown(file.path)
        var facts: JSONObject = ["source": "file", "file": .string(path)]
        facts["mode"] = file.mode.map { .string($0) }
        examine(keys, from: LocalizedText(en: "the file \(path)", zh: "文件 \(path)"), facts: facts)
        if file.isOpenToOthers {
            findings.append(
                Finding(
                    subject: .key, status: .warning, message: file.openness, advice: file.cure,
                    facts: ["mode": JSONValue(file.mode)]))
        }
    }

    private mutating func examine(_ keys: KeySource, from source: LocalizedText, facts: JSONObject) {
        do throws(KeyProblem) {
            guard let key = try keys.key() else { return }
            hasKey = true
            findings.append(Self.shape(of: key, from: source, facts))
        } catch {
            findings.append(
                Finding(
                    subject: .key, status: .problem, message: error.sentence, advice: error.advice,
                    facts: facts))
        }
    }

    private static func shape(of key: Secret, from source: LocalizedText, _ facts: JSONObject) -> Finding {
        var facts = facts
        facts["characters"] = JSONValue(key.length)
        facts["spaceAround"] = .bool(key.isTrimmed)
        if key.isQuoted {
            return .warning(
                .key, en: "The key from \(source.en) stands in quotes, and they are sent along.",
                zh: "来自\(source.zh)的 Key 带有引号，会一并发送。",
                advice: LocalizedText(en: "Write the key without quotes.", zh: "请去掉引号。"), facts: facts)
        }
        return .ok(
            .key,
            en: "The API key comes from \(source.en) (\(key.length) characters"
                + (key.isTrimmed ? "; the line end or space around it is left out)." : ")."),
            zh: "API Key 来自\(source.zh)（\(key.length) 个字符" + (key.isTrimmed ? "；首尾的换行或空白已忽略）。" : "）。"),
            facts: facts)
    }
}
