/// The languages that sentences come in.
public enum Locale: String, Sendable, Hashable, CaseIterable {
    case en, zh

    /// From a language tag, whatever its region and script (`zh-CN`, `en_US`); nil for another language.
    public init?(tag: String) {
        let language = tag.utf8.prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
        self.init(rawValue: String(Substring(language)).lowercased())
    }
}

/// One text in every language.
public struct LocalizedText: Sendable, Hashable {
    public var en: String
    public var zh: String

    public init(en: String, zh: String) {
        self.en = en
        self.zh = zh
    }

    public subscript(locale: Locale) -> String {
        switch locale {
        case .en: en
        case .zh: zh
        }
    }
}
