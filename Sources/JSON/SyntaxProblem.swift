/// One place where a text is not JSON, as a fact; words are made of it elsewhere.
package struct SyntaxProblem: Sendable, Hashable {
    package let kind: Kind
    /// The bytes concerned; empty where something is missing.
    package let range: Range<Int>
    /// The changes of text that mend it together; empty where there is no obvious mend.
    package let edits: [TextEdit]
    /// Whether the mend may be made without asking: the text cannot mean anything else, and all before it was read as it was
    /// meant. A mend that is only likely is offered, never made.
    package let isCertain: Bool

    /// What can be wrong (RFC 8259, by section).
    package enum Kind: String, Sendable, CaseIterable {
        /// §2: nothing but white space.
        case empty
        /// §2: something follows the value.
        case strayText
        /// §2: objects behind each other, with nothing or a comma between.
        case severalValues
        /// §2: the marks of a code block, as in Markdown, around the value.
        case codeFence
        /// §2: other text around the value, such as the program it was copied from.
        case surroundingText
        /// §4: members without the braces around them.
        case missingBraces
        /// §2: a bracket or brace that closes nothing.
        case strayBracket
        /// §4, §5: an object or array without its end.
        case missingBracket
        /// §4, §5: two members or elements with nothing between them.
        case missingComma
        /// §4, §5: a comma with nothing after it. Allowed in JSONC.
        case trailingComma
        /// §4, §5: a comma with nothing before it.
        case extraComma
        /// §2: another sign where JSON wants its own, such as `；` or `;` for a comma.
        case wrongSign
        /// §2: white space that JSON does not know.
        case otherSpace
        /// §2: a sign where none belongs.
        case straySign
        /// §4: a name without a colon.
        case missingColon
        /// §4: a second colon.
        case extraColon
        /// §4: a name with neither colon nor value.
        case loneName
        /// §4: a colon without a value.
        case missingValue
        /// §4: a name without quotes.
        case unquotedName
        /// §3: a word that is not `true`, `false` or `null`, or a string without quotes.
        case badLiteral
        /// §6: not a number.
        case badNumber
        /// §7: a string without its closing quote.
        case missingQuote
        /// §7: a string without its opening quote.
        case missingOpeningQuote
        /// §7: single or typographic quotes.
        case wrongQuote
        /// §7: a double quote inside a string.
        case innerQuote
        /// §7: a backslash followed by none of `"\/bfnrtu`, or `\u` without four hexadecimal digits.
        case badEscape
        /// §7: half of a surrogate pair, which names no character.
        case loneSurrogate
        /// §7: a raw control character inside a string.
        case controlCharacter
        /// §8.1: bytes that are not UTF-8.
        case invalidUTF8
        /// §9: more containers inside each other than the limit.
        case depth
        /// §9: more values than the limit.
        case count
        /// Not in RFC 8259; allowed in JSONC.
        case comment

        /// Whether it ends inside a string and changes nothing around it.
        var isInString: Bool {
            switch self {
            case .badEscape, .loneSurrogate, .controlCharacter, .invalidUTF8: true
            default: false
            }
        }
    }
}

/// A replacement of bytes: `newText` instead of the bytes in `range`, which may be empty.
public struct TextEdit: Sendable, Hashable {
    public var range: Range<Int>
    public var newText: String

    public init(range: Range<Int>, newText: String) {
        self.range = range
        self.newText = newText
    }

    /// The text with the edits made. Edits must not overlap; their order does not matter, but that of
    /// insertions at one place is kept. An edit beyond the end is left out.
    public static func apply(_ edits: [TextEdit], to source: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(source.count + edits.reduce(0) { $0 + $1.newText.utf8.count })
        var position = 0
        let ordered = edits.enumerated().sorted {
            ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
        }
        for (_, edit) in ordered
        where edit.range.lowerBound >= position && edit.range.upperBound <= source.count {
            result += source[position..<edit.range.lowerBound]
            result += edit.newText.utf8
            position = edit.range.upperBound
        }
        return result + source[position...]
    }
}
