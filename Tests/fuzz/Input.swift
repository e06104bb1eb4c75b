import JSON

/// What is tried: bytes, and how they are read.
struct Input {
    enum Language: String, CaseIterable {
        case json, jsonc, jsonl

        var options: JSONOptions {
            switch self {
            case .json: .json
            case .jsonc: .jsonc
            case .jsonl: .lines
            }
        }
    }

    var bytes: [UInt8]
    var language: Language
    /// Decides what else the properties try on it, such as the patches.
    var seed: UInt64 = 1
    /// Whether it is one request that a model page allows: it has no error then.
    var isAllowed = false

    var options: JSONOptions { language.options }
}

/// The shape on disk: `any LANGUAGE SEED LENGTH`, or `allowed` for what a page allows, a line end, the bytes, and whatever
/// a longer input left behind.
extension Input {
    var file: [UInt8] {
        Array("\(isAllowed ? "allowed" : "any") \(language.rawValue) \(seed) \(bytes.count)\n".utf8) + bytes
    }

    init?(file: [UInt8]) {
        guard let end = file.firstIndex(of: 0x0A) else { return nil }
        let words = String(decoding: file[..<end], as: UTF8.self).split(separator: " ")
        guard words.count == 4, ["any", "allowed"].contains(words[0]),
            let language = Language(rawValue: String(words[1])),
            let seed = UInt64(words[2]), let length = Int(words[3]), length >= 0, file.count > end + length
        else { return nil }
        self.init(bytes: Array(file[(end + 1)...].prefix(length)), language: language, seed: seed)
        isAllowed = words[0] == "allowed"
    }
}
