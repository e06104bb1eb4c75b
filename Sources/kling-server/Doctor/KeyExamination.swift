import JSON
import KlingCore

/// The shape of the API key and the place it comes from; the key itself is never told.
struct KeyExamination {
    private(set) var secret: Secret?
    private(set) var findings: [Finding] = []

    private static let place = LocalizedText(
        en:
            "Get a key at https://xcompute.us/keys and put it into the environment variable KLING_API_KEY, or into a "
            + "file named with --api-key-file.",
        zh: "请在 https://xcompute.us/keys 获取 API Key，写入环境变量 KLING_API_KEY，或写入文件并用 --api-key-file 指定。")

    init(_ options: Options) {
        if let path = options.apiKeyFile {
            examine(file: KeyFile(path: path))
            if options.apiKey != nil {
                findings.append(
                    .warning(
                        .key, en: "KLING_API_KEY is set as well, and is not used: the file goes before it.",
                        zh: "同时设置了 KLING_API_KEY，但不会使用：文件优先。",
                        advice: LocalizedText(en: "Keep one of the two.", zh: "请只保留其中一个。")))
            }
        } else if let text = options.apiKey {
            examine(
                text, from: LocalizedText(en: "KLING_API_KEY", zh: "KLING_API_KEY"),
                facts: ["source": "KLING_API_KEY"])
        } else {
            findings.append(
                .problem(
                    .key, en: "There is no API key: `validate` works, `submit` is refused.",
                    zh: "没有 API Key：可以 `validate`，`submit` 会被拒绝。", advice: Self.place,
                    facts: ["source": .null]))
        }
    }

    private mutating func examine(file: KeyFile) {
        var facts: JSONObject = ["source": "file", "file": .string(file.path)]
        guard let bytes = SmallFile.read(file.path) else {
            let reason = SmallFile.lastError
            findings.append(
                .problem(
                    .key, en: "The key file \(file.path) cannot be read: \(reason).",
                    zh: "无法读取 Key 文件 \(file.path)：\(reason)。",
                    advice: LocalizedText(
                        en: "Name a file that you may read with --api-key-file or KLING_API_KEY_FILE.",
                        zh: "请用 --api-key-file 或 KLING_API_KEY_FILE 指定可读取的文件。"), facts: facts))
            return
        }
        facts["mode"] = file.mode.map { .string($0) }
        examine(
            String(decoding: bytes, as: UTF8.self),
            from: LocalizedText(en: "the file \(file.path)", zh: "文件 \(file.path)"), facts: facts)
        if file.isOpenToOthers {
            findings.append(
                Finding(
                    subject: .key, status: .warning, message: file.openness, advice: file.cure,
                    facts: ["mode": JSONValue(file.mode)]))
        }
    }

    private mutating func examine(_ text: String, from source: LocalizedText, facts: JSONObject) {
        let bytes = Array(text.utf8)
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let inner = bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        let core = Array(inner)
        var facts = facts
        facts["characters"] = JSONValue(core.count)
        facts["spaceAround"] = .bool(core.count < bytes.count)
        guard let secret = Secret(text) else {
            findings.append(Self.malformed(core, source, facts))
            return
        }
        self.secret = secret
        let quotes = [UInt8(ascii: "\""), UInt8(ascii: "'")]
        if core.count > 2, let first = core.first, quotes.contains(first), core.last == first {
            findings.append(
                .warning(
                    .key, en: "The key from \(source.en) stands in quotes, and they are sent along.",
                    zh: "来自\(source.zh)的 Key 带有引号，会一并发送。",
                    advice: LocalizedText(en: "Write the key without quotes.", zh: "请去掉引号。"), facts: facts))
            return
        }
        let around = core.count < bytes.count
        findings.append(
            .ok(
                .key,
                en: "The API key comes from \(source.en) (\(core.count) characters"
                    + (around ? "; the line end or space around it is left out)." : ")."),
                zh: "API Key 来自\(source.zh)（\(core.count) 个字符" + (around ? "；首尾的换行或空白已忽略）。" : "）。"),
                facts: facts))
    }

    /// Why a text is no key; it is not quoted, for it may hold one.
    private static func malformed(_ core: [UInt8], _ source: LocalizedText, _ facts: JSONObject) -> Finding {
        let reason: LocalizedText
        var advice = LocalizedText(
            en: "Write the key there, alone, on one line.", zh: "请在其中只写一行 Key，不加其他内容。")
        if core.isEmpty {
            reason = LocalizedText(en: "holds nothing", zh: "为空")
            advice = place
        } else if core.contains(where: { $0 == 0x0A || $0 == 0x0D }) {
            reason = LocalizedText(
                en: "holds a line break in the middle: more than one line", zh: "中间有换行，不止一行")
        } else if core.prefix(7).elementsEqual("Bearer ".utf8) {
            reason = LocalizedText(en: "begins with \"Bearer\"", zh: "以 “Bearer” 开头")
            advice = LocalizedText(
                en: "Write the key alone: the word is put before it when it is sent.",
                zh: "请只写 Key 本身：发送时会自动加上该词。")
        } else {
            reason = LocalizedText(
                en: "holds a character that no key has, such as a space", zh: "含有 Key 不会有的字符，例如空格")
        }
        return .problem(
            .key, en: "There is no key in \(source.en): it \(reason.en).",
            zh: "\(source.zh)中没有可用的 Key：\(reason.zh)。",
            advice: advice, facts: facts)
    }
}
