/// The tokens of a text that is JSON or JSONC, comments included: what printing needs and the tree does not
/// hold.
struct JSONLexer {
    struct Token {
        enum Kind: UInt8 {
            case open, close, comma, colon, scalar, lineComment, blockComment
        }

        let kind: Kind
        let range: Range<Int>
        /// Line ends between the token before and this one: 0, 1, or 2 for more.
        let lineEnds: UInt8
        /// Of an opening bracket: the token that closes it, and whether all between them is on its line and
        /// no container that holds anything.
        var partner = 0
        var isFlat = false
        /// The next token that is no comment.
        var nextPlain = 0
        /// Of a comment: whether nothing but comments follows it on its line, or the end of what it stands in.
        var endsLine = false

        var isComment: Bool { kind == .lineComment || kind == .blockComment }
    }

    /// - Precondition: the tree has no problems.
    static func tokens(of tree: JSONTree) -> [Token] {
        var tokens: [Token] = []
        var open: [Int] = []
        let source = tree.source
        var at = source.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var lineEnds: UInt8 = 0
        while at < source.count {
            let start = at
            let kind: Token.Kind
            switch source[at] {
            case 0x20, 0x09:
                at += 1
                continue
            case 0x0A, 0x0D:
                at = tree.nextLine(at)
                lineEnds = min(2, lineEnds + 1)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): (kind, at) = (.open, at + 1)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): (kind, at) = (.close, at + 1)
            case UInt8(ascii: ","): (kind, at) = (.comma, at + 1)
            case UInt8(ascii: ":"): (kind, at) = (.colon, at + 1)
            case UInt8(ascii: "/"):
                kind =
                    at + 1 < source.count && source[at + 1] == UInt8(ascii: "*")
                    ? .blockComment : .lineComment
                at = tree.commentEnd(at) ?? at + 1
            case UInt8(ascii: "\""):
                at += 1
                while at < source.count, source[at] != UInt8(ascii: "\"") {
                    at += source[at] == UInt8(ascii: "\\") ? 2 : 1
                }
                (kind, at) = (.scalar, min(source.count, at + 1))
            default:
                while at < source.count, !JSONParser.endsToken(source[at]) { at += 1 }
                (kind, at) = (.scalar, max(at, start + 1))
            }
            let isOverLines = kind == .blockComment && tree.hasLineEnd(start..<at)
            if lineEnds > 0 || isOverLines, let innermost = open.last { tokens[innermost].isFlat = false }
            tokens.append(Token(kind: kind, range: start..<at, lineEnds: lineEnds, isFlat: kind == .open))
            lineEnds = 0
            if kind == .open {
                open.append(tokens.count - 1)
            } else if kind == .close, let opening = open.popLast() {
                tokens[opening].partner = tokens.count - 1
                if opening + 1 < tokens.count - 1, let outer = open.last { tokens[outer].isFlat = false }
            }
        }
        lookAhead(&tokens)
        return tokens
    }

    private static func lookAhead(_ tokens: inout [Token]) {
        for number in tokens.indices.reversed() {
            guard number + 1 < tokens.count else {
                tokens[number].nextPlain = tokens.count
                tokens[number].endsLine = true
                continue
            }
            let next = tokens[number + 1]
            tokens[number].nextPlain = next.isComment ? next.nextPlain : number + 1
            if tokens[number].kind == .lineComment || next.lineEnds > 0 {
                tokens[number].endsLine = true
            } else {
                tokens[number].endsLine =
                    next.isComment ? next.endsLine : next.kind == .close || next.kind == .comma
            }
        }
    }
}
