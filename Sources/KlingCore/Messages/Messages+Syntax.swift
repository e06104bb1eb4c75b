package import JSON

/// Text that is not JSON, by the sections of RFC 8259.
extension Message {
    /// The sentence for a problem of the parser.
    package static func syntax(_ kind: SyntaxProblem.Kind) -> Message {
        switch kind {
        case .empty: syntaxEmpty
        case .strayText: syntaxStrayText
        case .strayBracket: syntaxStrayBracket
        case .missingBracket: syntaxMissingBracket
        case .missingComma: syntaxMissingComma
        case .trailingComma: syntaxTrailingComma
        case .extraComma: syntaxExtraComma
        case .missingColon: syntaxMissingColon
        case .missingValue: syntaxMissingValue
        case .unquotedName: syntaxUnquotedName
        case .badLiteral: syntaxBadLiteral
        case .badNumber: syntaxBadNumber
        case .missingQuote: syntaxMissingQuote
        case .wrongQuote: syntaxWrongQuote
        case .badEscape: syntaxBadEscape
        case .loneSurrogate: syntaxLoneSurrogate
        case .controlCharacter: syntaxControlCharacter
        case .invalidUTF8: syntaxInvalidUTF8
        case .depth: syntaxDepth
        case .count: syntaxCount
        case .comment: syntaxComment
        }
    }

    private static func syntax(_ kind: SyntaxProblem.Kind, _ section: String, en: String, zh: String)
        -> Message
    {
        Message("syntax.\(kind.rawValue)", .error, source: "RFC 8259 §\(section)", en: en, zh: zh)
    }

    static let syntaxEmpty = syntax(.empty, "2", en: "There is nothing here.", zh: "内容为空。")
    static let syntaxStrayText = syntax(
        .strayText, "2", en: "Something follows the end of the document.", zh: "文档结束之后还有内容。")
    static let syntaxStrayBracket = syntax(
        .strayBracket, "2", en: "\"{text}\" closes nothing.", zh: "“{text}”没有对应的开始括号。")
    static let syntaxMissingBracket = syntax(
        .missingBracket, "4", en: "A closing bracket is missing.", zh: "缺少结束括号。")
    static let syntaxMissingComma = syntax(
        .missingComma, "4", en: "A comma is missing between two entries.", zh: "两项之间缺少逗号。")
    static let syntaxTrailingComma = syntax(
        .trailingComma, "4", en: "JSON allows no comma after the last entry.", zh: "JSON 不允许最后一项之后有逗号。")
    static let syntaxExtraComma = syntax(
        .extraComma, "4", en: "This comma has nothing before it.", zh: "此逗号之前没有内容。")
    static let syntaxMissingColon = syntax(
        .missingColon, "4", en: "A colon is missing after the name.", zh: "名称之后缺少冒号。")
    static let syntaxMissingValue = syntax(.missingValue, "4", en: "A value is missing here.", zh: "这里缺少值。")
    static let syntaxUnquotedName = syntax(
        .unquotedName, "4", en: "A name stands in double quotes: \"{text}\".", zh: "名称必须加双引号：\"{text}\"。")
    static let syntaxBadLiteral = syntax(
        .badLiteral, "3", en: "`{text}` is no JSON value; text stands in double quotes.",
        zh: "`{text}` 不是 JSON 值；文本必须加双引号。")
    static let syntaxBadNumber = syntax(
        .badNumber, "6", en: "`{text}` is not a JSON number.", zh: "`{text}` 不是 JSON 数字。")
    static let syntaxMissingQuote = syntax(
        .missingQuote, "7", en: "The closing quote is missing.", zh: "缺少结束引号。")
    static let syntaxWrongQuote = syntax(
        .wrongQuote, "7", en: "JSON takes double quotes \" only.", zh: "JSON 只能用英文双引号 \"。")
    static let syntaxBadEscape = syntax(
        .badEscape, "7", en: "`{text}` is no escape; a backslash itself is written \\\\.",
        zh: "`{text}` 不是转义；反斜杠本身写作 \\\\。")
    static let syntaxLoneSurrogate = syntax(
        .loneSurrogate, "7", en: "`{text}` is half a character; the other half is missing.",
        zh: "`{text}` 只是半个字符，缺少另一半。")
    static let syntaxControlCharacter = syntax(
        .controlCharacter, "7",
        en: "A line break or control character inside a string is written as an escape.",
        zh: "字符串中的换行或控制字符必须写成转义。")
    static let syntaxInvalidUTF8 = syntax(
        .invalidUTF8, "8.1", en: "These bytes are not UTF-8.", zh: "这些字节不是 UTF-8。")
    static let syntaxCount = syntax(.count, "9", en: "Too many values.", zh: "值的数量过多。")
    static let syntaxDepth = syntax(.depth, "9", en: "Too many brackets inside each other.", zh: "括号嵌套过深。")
    static let syntaxComment = syntax(
        .comment, "2", en: "JSON has no comments; name the file .jsonc to use them.",
        zh: "JSON 不支持注释；如需注释请使用 .jsonc 文件。")

    static let syntaxTable: [Message] = SyntaxProblem.Kind.allCases.map(syntax)
}
