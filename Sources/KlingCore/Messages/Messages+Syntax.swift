package import JSON

/// Text that is not JSON, by the sections of RFC 8259.
extension Message {
    /// The sentence for a problem of the parser.
    package static func syntax(_ kind: SyntaxProblem.Kind) -> Message {
        switch kind {
        case .empty: syntaxEmpty
        case .strayText: syntaxStrayText
        case .severalValues: syntaxSeveralValues
        case .codeFence: syntaxCodeFence
        case .surroundingText: syntaxSurroundingText
        case .missingBraces: syntaxMissingBraces
        case .strayBracket: syntaxStrayBracket
        case .missingBracket: syntaxMissingBracket
        case .missingComma: syntaxMissingComma
        case .trailingComma: syntaxTrailingComma
        case .extraComma: syntaxExtraComma
        case .wrongSign: syntaxWrongSign
        case .otherSpace: syntaxOtherSpace
        case .straySign: syntaxStraySign
        case .missingColon: syntaxMissingColon
        case .extraColon: syntaxExtraColon
        case .loneName: syntaxLoneName
        case .missingValue: syntaxMissingValue
        case .unquotedName: syntaxUnquotedName
        case .badLiteral: syntaxBadLiteral
        case .badNumber: syntaxBadNumber
        case .missingQuote: syntaxMissingQuote
        case .missingOpeningQuote: syntaxMissingOpeningQuote
        case .wrongQuote: syntaxWrongQuote
        case .innerQuote: syntaxInnerQuote
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

    static let syntaxEmpty = syntax(
        .empty, "2",
        en: "There is nothing here: write a request, one object in { }.",
        zh: "内容为空：请写一个请求，即一个 { } 对象。")
    static let syntaxStrayText = syntax(
        .strayText, "2",
        en: "Something follows the end of the request. Remove it.",
        zh: "请求结束之后还有内容。请删除。")
    static let syntaxSeveralValues = syntax(
        .severalValues, "2",
        en: "There are several requests here: put them in [ ] with commas between, or name the file .jsonl "
            + "and write each on one line.",
        zh: "这里有多个请求：请用 [ ] 括起并以逗号分隔，或将文件扩展名改为 .jsonl 并每行写一个请求。")
    static let syntaxSeveralValuesUnnamed = syntax(
        .severalValues, "2",
        en: "There are several requests here: put them in [ ] with commas between, or write each on one line "
            + "and add the option `--language jsonl`.",
        zh: "这里有多个请求：请用 [ ] 括起并以逗号分隔，或每行写一个请求并加上选项 `--language jsonl`。")
    static let syntaxCodeFence = syntax(
        .codeFence, "2",
        en: "The request stands in a code block. Remove the marks around it, three backquotes each.",
        zh: "请求写在代码块中。请删除前后的代码块标记（三个反引号）。")
    static let syntaxSurroundingText = syntax(
        .surroundingText, "2",
        en: "Only the request itself belongs here, from its first { to its last }. Remove the other text "
            + "before and behind it, which begins with `{text}`.",
        zh: "这里只能写请求本身，即从第一个 { 到最后一个 }。请删除其前后的其他文字（以 `{text}` 开头）。")
    static let syntaxMissingBraces = syntax(
        .missingBraces, "4",
        en: "The members of a request must stand in braces: put { before them and } behind them.",
        zh: "请求的成员必须写在花括号中：请在最前面加 {，在最后面加 }。")
    static let syntaxStrayBracket = syntax(
        .strayBracket, "2",
        en: "`{text}` closes nothing. Remove it, or add the opening bracket that is missing.",
        zh: "`{text}` 没有对应的开始括号。请删除它，或补上缺少的开始括号。")
    static let syntaxMissingBracket = syntax(
        .missingBracket, "4",
        en: "This bracket is never closed. Add the closing one where its content ends.",
        zh: "这个括号没有对应的结束括号。请在内容结束处补上。")
    static let syntaxMissingComma = syntax(
        .missingComma, "4", en: "A comma is missing between two entries.", zh: "两项之间缺少逗号。")
    static let syntaxTrailingComma = syntax(
        .trailingComma, "4",
        en: "JSON allows no comma after the last entry. Remove it.",
        zh: "JSON 不允许最后一项之后有逗号。请删除。")
    static let syntaxExtraComma = syntax(
        .extraComma, "4",
        en: "There is nothing before this comma. Remove it.",
        zh: "这个逗号之前没有内容。请删除。")
    static let syntaxWrongSign = syntax(
        .wrongSign, "2",
        en: "`{text}` is not a sign of JSON: write an ordinary `{sign}` here.",
        zh: "`{text}` 不是 JSON 的符号：这里请写英文符号 `{sign}`。")
    static let syntaxOtherSpace = syntax(
        .otherSpace, "2",
        en: "There is an invisible character here ({character}), perhaps copied from a web page. Remove it, "
            + "or write an ordinary space.",
        zh: "这里有一个不可见字符（{character}），可能是从网页复制来的。请删除它，或改为普通空格。")
    static let syntaxStraySign = syntax(
        .straySign, "2", en: "`{text}` has no place here. Remove it.", zh: "这里不应有 `{text}`。请删除。")
    static let syntaxMissingColon = syntax(
        .missingColon, "4",
        en: "A colon is missing between a name and its value.",
        zh: "名称与值之间缺少冒号。")
    static let syntaxExtraColon = syntax(
        .extraColon, "4",
        en: "One colon is enough between a name and its value. Remove this one.",
        zh: "名称与值之间只需一个冒号。请删除多余的冒号。")
    static let syntaxLoneName = syntax(
        .loneName, "4",
        en: "`{text}` is a name without a value. Write a colon and the value behind it, or remove it.",
        zh: "`{text}` 只有名称，没有值。请在其后写冒号和值，或删除它。")
    static let syntaxMissingValue = syntax(
        .missingValue, "4",
        en: "A value is missing after the colon. Write it, or remove the name.",
        zh: "冒号之后缺少值。请填写，或删除该名称。")
    static let syntaxUnquotedName = syntax(
        .unquotedName, "4",
        en: "A name must be in double quotes: \"{text}\".",
        zh: "名称必须加英文双引号：\"{text}\"。")
    static let syntaxBadLiteral = syntax(
        .badLiteral, "3",
        en: "`{text}` is not a JSON value: put text in double quotes; without quotes only "
            + "numbers, true, false and null are allowed.",
        zh: "`{text}` 不是 JSON 值：文本必须加英文双引号；不加引号的只能是数字、true、false 或 null。")
    static let syntaxBadNumber = syntax(
        .badNumber, "6",
        en: "`{text}` is not a number as JSON writes it. Write it like 5 or 0.5.",
        zh: "`{text}` 不是 JSON 数字的写法。请写成 5 或 0.5 这样。")
    static let syntaxMissingQuote = syntax(
        .missingQuote, "7",
        en: "This text has no closing quote. Add \" where it ends.",
        zh: "这段文本缺少结束引号。请在结尾处补上英文双引号 \"。")
    static let syntaxMissingOpeningQuote = syntax(
        .missingOpeningQuote, "7",
        en: "This text has no opening quote. Add \" where it begins.",
        zh: "这段文本缺少起始引号。请在开头处补上英文双引号 \"。")
    static let syntaxWrongQuote = syntax(
        .wrongQuote, "7",
        en: "JSON allows only straight double quotes: write \".",
        zh: "JSON 只允许使用英文双引号：请写 \"。")
    static let syntaxInnerQuote = syntax(
        .innerQuote, "7",
        en: "A double quote inside a text must be written as \\\", or it ends the text.",
        zh: "文本中的双引号必须写成 \\\"，否则文本在此结束。")
    static let syntaxBadEscape = syntax(
        .badEscape, "7",
        en: "`{text}` means nothing in JSON; to write a backslash itself, double it: \\\\.",
        zh: "`{text}` 在 JSON 中没有意义；要写反斜杠本身，请写两个：\\\\。")
    static let syntaxLoneSurrogate = syntax(
        .loneSurrogate, "7",
        en: "`{text}` is only half of a character. Write the character itself, or add the other "
            + "half, one more \\u….",
        zh: "`{text}` 只是半个字符。请直接写出该字符，或补上另一半（另一个 \\u…）。")
    static let syntaxControlCharacter = syntax(
        .controlCharacter, "7",
        en: "A line break or tab inside quotes must be written as \\n or \\t, another control "
            + "character as \\u….",
        zh: "引号内的换行、制表符必须写成 \\n、\\t，其他控制字符写成 \\u…。")
    static let syntaxInvalidUTF8 = syntax(
        .invalidUTF8, "8.1",
        en: "These bytes are not UTF-8 text. Save the file as UTF-8.",
        zh: "这些字节不是 UTF-8 文本。请将文件保存为 UTF-8 编码。")
    static let syntaxCount = syntax(
        .count, "9",
        en: "There are too many values here; no request needs so many. Split the text into several files.",
        zh: "值的数量过多，远超一个请求所需。请拆分为多个文件。")
    static let syntaxDepth = syntax(
        .depth, "9",
        en: "Too many brackets are open inside each other; no request needs more than four.",
        zh: "括号嵌套层数过多；请求最多只需四层。")
    static let syntaxComment = syntax(
        .comment, "2",
        en: "JSON has no comments. Remove it, or name the file .jsonc.",
        zh: "JSON 不支持注释。请删除注释，或将文件扩展名改为 .jsonc。")

    static let syntaxTable: [Message] = SyntaxProblem.Kind.allCases.map(syntax) + [syntaxSeveralValuesUnnamed]
}
