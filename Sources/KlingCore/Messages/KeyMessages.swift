// What is wrong with the place of an API key, in words. The path is told, what stands there is not.

extension KeyProblem {
    public var sentence: LocalizedText {
        let (subject, predicate) = (place.name, fault.predicate)
        return LocalizedText(en: "\(subject.en) \(predicate.en).", zh: "\(subject.zh) \(predicate.zh)。")
    }

    /// What to do about it, and where keys are to be had.
    public var advice: LocalizedText {
        let parts = [cure, effect, Self.origin]
        return LocalizedText(
            en: parts.map(\.en).joined(separator: " "), zh: parts.map(\.zh).joined())
    }

    /// Where a user without a key gets one, and where to put it.
    package static let invitation = LocalizedText(
        en:
            "Get a key at https://xcompute.us/keys and put it into the environment variable KLING_API_KEY, or into a "
            + "file named with --api-key-file.",
        zh: "请在 https://xcompute.us/keys 获取 API Key，写入环境变量 KLING_API_KEY，或写入文件并用 --api-key-file 指定。")

    private static let origin = LocalizedText(
        en: "Keys are to be had at https://xcompute.us/keys.", zh: "API Key 可在 https://xcompute.us/keys 获取。")

    private var cure: LocalizedText {
        switch fault {
        case .unreadable, .isDirectory, .isInput:
            LocalizedText(
                en:
                    "Put the key, alone, into a file that this program may read, and name it with --api-key-file or "
                    + "KLING_API_KEY_FILE.",
                zh: "请把 Key 单独写入本程序可读取的文件，并用 --api-key-file 或 KLING_API_KEY_FILE 指定。")
        case .notWritten:
            LocalizedText(
                en: "Have the key written into it and the writing end closed.", zh: "请向其写入 Key 并关闭写入端。")
        case .isEmpty, .hasSecondLine, .hasForeignCharacter:
            LocalizedText(en: "Write the key there, alone, on one line.", zh: "请在其中只写一行 Key，不加其他内容。")
        case .beginsWithBearer:
            LocalizedText(
                en: "Write the key alone: the word is put before it when it is sent.",
                zh: "请只写 Key 本身：发送时会自动加上该词。")
        }
    }

    /// When a server that runs already heeds what was put right.
    private var effect: LocalizedText {
        switch (place, fault) {
        case (.file, _):
            LocalizedText(
                en: "A server that runs reads it anew with the next `submit`.",
                zh: "运行中的服务会在下次 `submit` 时重新读取。")
        case (_, .notWritten):
            LocalizedText(en: "A server that runs takes it as soon as it is there.", zh: "运行中的服务会在其到达后立即使用。")
        case (.stream, _), (.variable, _):
            LocalizedText(en: "A server that runs has to be started anew.", zh: "运行中的服务需要重新启动。")
        }
    }
}

extension KeyProblem.Place {
    /// As the subject of a sentence.
    package var name: LocalizedText {
        switch self {
        case .file(let path), .stream(let path):
            let path = Self.shown(path)
            return LocalizedText(en: "The key file \(path)", zh: "Key 文件 \(path)")
        case .variable(let name): return LocalizedText(en: "The variable \(name)", zh: "环境变量 \(name)")
        }
    }

    /// Who takes the option for the key's writes the key where the path belongs.
    package static func shown(_ path: String) -> String {
        if path.isEmpty { return "\"\"" }
        return path.hasPrefix("sk-") && !path.contains("/") ? Secret.mask : Fact.shortened(path, to: 300)
    }
}

extension KeyProblem.Fault {
    fileprivate var predicate: LocalizedText {
        switch self {
        case .unreadable(let reason): LocalizedText(en: "cannot be read: \(reason)", zh: "无法读取：\(reason)")
        case .isDirectory: LocalizedText(en: "is a directory", zh: "是一个目录")
        case .isInput:
            LocalizedText(
                en: "is the standard input of this program, over which requests come",
                zh: "是本程序的标准输入，而标准输入用于接收请求")
        case .notWritten:
            LocalizedText(
                en: "has given no key yet: it is a pipe that nobody has written into and closed",
                zh: "尚未给出 Key：它是管道，还没有程序写入并关闭它")
        case .isEmpty: LocalizedText(en: "is empty", zh: "为空")
        case .hasSecondLine: LocalizedText(en: "has a second line", zh: "有第二行")
        case .beginsWithBearer: LocalizedText(en: "begins with \"Bearer\"", zh: "以 “Bearer” 开头")
        case .hasForeignCharacter:
            LocalizedText(
                en: "has a character that no key has, such as a space", zh: "含有 Key 不会有的字符，例如空格")
        }
    }
}
