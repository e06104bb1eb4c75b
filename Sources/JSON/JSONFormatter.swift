extension JSONTree {
    /// The document printed for people, or nil when it has problems or is JSON Lines. Printing its result
    /// again changes nothing.
    ///
    /// White space is all that changes, but for a comma that moves before the comments between it and its
    /// value. Literals stay as written, so do comments, trailing commas and single empty lines between
    /// members. A container that stands on one line and holds scalars only stays there where that line ends
    /// within 80 columns; any other has a line for each member. The text ends with one line end; which one,
    /// the first of the document decides.
    package func formatted(indent: String = "  ") -> String? {
        guard isValid, !isLines else { return nil }
        var formatter = JSONFormatter(self, indent: indent)
        formatter.run()
        return String(decoding: formatter.output, as: UTF8.self)
    }
}

private struct JSONFormatter {
    typealias Token = JSONLexer.Token

    let source: [UInt8]
    let tokens: [Token]
    let indent: [UInt8]
    let newline: [UInt8]
    var output: [UInt8] = []
    var lineStart = 0
    var depth = 0
    /// What the next token is set against: the last one written, and whether that leaves the line open for
    /// more.
    var last: Last = .nothing

    enum Last {
        case nothing, open, colon, comma, value
        /// The name of a member.
        case name
        /// A comment that ends its line, one that could not be followed by anything, and one that could.
        case trailingLine, trailing
        /// A comment that the next token follows on the same line.
        case leading
        /// A comment inside a member, whose value is still to come.
        case inside, insideLine
    }

    init(_ tree: JSONTree, indent: String) {
        source = tree.source
        tokens = JSONLexer.tokens(of: tree)
        self.indent = Array(indent.utf8)
        newline = Array(tree.newline.utf8)
        if source.starts(with: [0xEF, 0xBB, 0xBF]) { output = [0xEF, 0xBB, 0xBF] }
        lineStart = output.count
    }

    mutating func run() {
        var next = 0
        while next < tokens.count {
            let token = tokens[next]
            switch token.kind {
            case .lineComment, .blockComment: comment(next)
            case .comma: write(token, as: .comma)
            case .colon:
                separate(token)
                write(token, as: .colon)
            case .close:
                depth -= 1
                if last != .open { breakLine() }
                write(token, as: .value)
                next = hoistComma(next)
            case .scalar:
                separate(token)
                write(token, as: isName(next) ? .name : .value)
                if last == .value { next = hoistComma(next) }
            case .open:
                separate(token)
                if let end = flatEnd(next) {
                    line(next...end)
                    next = hoistComma(end)
                } else {
                    write(token, as: .open)
                    depth += 1
                }
            }
            next += 1
        }
        output += newline
    }

    // MARK: Tokens

    private mutating func write(_ token: Token, as last: Last) {
        var range = token.range
        if token.kind == .lineComment {
            while range.count > 2, JSONParser.isSpace(source[range.upperBound - 1]) {
                range = range.lowerBound..<(range.upperBound - 1)
            }
        }
        output += source[range]
        self.last = last
    }

    private mutating func breakLine(extra: Int = 0) {
        output += newline
        lineStart = output.count
        // Without indentation the deepest document takes no longer than the flattest.
        guard !indent.isEmpty else { return }
        for _ in 0..<(depth + extra) { output += indent }
    }

    /// What goes before a name, colon or value.
    private mutating func separate(_ token: Token) {
        switch last {
        case .nothing: break
        case .name: if token.kind != .colon { output.append(0x20) }
        case .colon: output.append(0x20)
        case .inside: if token.kind != .colon { output.append(0x20) }
        case .insideLine: breakLine(extra: 1)
        case .leading: output.append(0x20)
        case .open: breakLine()
        case .comma, .value, .trailing, .trailingLine: itemBreak(token)
        }
    }

    /// A new line, and an empty one where the source has some.
    private mutating func itemBreak(_ token: Token) {
        if token.lineEnds > 1 { output += newline }
        breakLine()
    }

    private mutating func comment(_ number: Int) {
        let token = tokens[number]
        switch last {
        case .name, .colon, .inside, .insideLine:
            if last == .insideLine { breakLine(extra: 1) } else { output.append(0x20) }
            write(token, as: token.kind == .lineComment ? .insideLine : .inside)
            return
        case .nothing: break
        case .leading: output.append(0x20)
        case .open, .comma, .value, .trailing, .trailingLine:
            if token.lineEnds == 0, last != .trailingLine, token.endsLine {
                output.append(0x20)
            } else if last == .open {
                breakLine()
            } else {
                itemBreak(token)
            }
        }
        if token.kind == .lineComment {
            write(token, as: .trailingLine)
            return
        }
        let isTrailing = number + 1 == tokens.count || tokens[number + 1].lineEnds > 0
        write(token, as: isTrailing || comma(after: number) != nil ? .trailing : .leading)
    }

    /// Writes the comma that follows a value, comments or not between them, and returns the last token that
    /// needs no more treatment.
    private mutating func hoistComma(_ number: Int) -> Int {
        guard let comma = comma(after: number) else { return number }
        write(tokens[comma], as: .comma)
        for between in (number + 1)..<comma { comment(between) }
        return comma
    }

    private func comma(after number: Int) -> Int? {
        let next = tokens[number].nextPlain
        return next < tokens.count && tokens[next].kind == .comma ? next : nil
    }

    private func isName(_ number: Int) -> Bool {
        let next = tokens[number].nextPlain
        return next < tokens.count && tokens[next].kind == .colon
    }

    // MARK: Containers on one line

    /// The end of the container that begins here, where it goes on one line.
    private func flatEnd(_ number: Int) -> Int? {
        let end = tokens[number].partner
        if end == number + 1 { return end }
        guard tokens[number].isFlat else { return nil }
        var column = UTF8Scan.columns(output[lineStart...]) + (comma(after: end) == nil ? 0 : 1)
        for next in number...end {
            column += gap(before: next, from: number) + UTF8Scan.columns(source[tokens[next].range])
            guard column <= JSONPrinter.width else { return nil }
        }
        return end
    }

    private mutating func line(_ numbers: ClosedRange<Int>) {
        for next in numbers {
            if gap(before: next, from: numbers.lowerBound) > 0 { output.append(0x20) }
            write(tokens[next], as: .value)
        }
    }

    private func gap(before number: Int, from first: Int) -> Int {
        guard number > first else { return 0 }
        switch tokens[number].kind {
        case .comma, .colon, .close: return 0
        default: return tokens[number - 1].kind == .open ? 0 : 1
        }
    }
}

extension UTF8Scan {
    fileprivate static func columns(_ bytes: [UInt8]) -> Int { columns(bytes[...]) }
}
