import JSON

extension SyntaxProblem.Kind {
    /// For whoever debugs a client; documents get full sentences from the validator.
    var words: String {
        switch self {
        case .empty: "nothing"
        case .strayText: "something behind the end"
        case .severalValues: "another value behind the end"
        case .codeFence: "a code block"
        case .surroundingText: "other text before the value"
        case .missingBraces: "no braces around the members"
        case .strayBracket: "a bracket that closes nothing"
        case .missingBracket: "no closing bracket for the one"
        case .missingComma: "no comma"
        case .trailingComma: "a comma with nothing behind it"
        case .extraComma: "a comma with nothing before it"
        case .wrongSign: "another sign"
        case .otherSpace: "white space that JSON does not know"
        case .straySign: "a sign with nothing to do"
        case .missingColon: "no colon"
        case .extraColon: "a second colon"
        case .loneName: "a name without a value"
        case .missingValue: "no value"
        case .unquotedName: "a name without double quotes"
        case .badLiteral: "no JSON value"
        case .badNumber: "no JSON number"
        case .missingQuote: "no closing quote for the string"
        case .missingOpeningQuote: "no opening quote for the string"
        case .wrongQuote: "the wrong kind of quote"
        case .innerQuote: "a quote inside a string"
        case .badEscape: "an unknown escape"
        case .loneSurrogate: "half a surrogate pair"
        case .controlCharacter: "a raw control character"
        case .invalidUTF8: "bytes that are not UTF-8"
        case .depth: "too deep"
        case .count: "too many values"
        case .comment: "a comment"
        }
    }
}
