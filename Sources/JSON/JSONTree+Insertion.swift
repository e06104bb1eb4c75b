/// What an edit puts into a text.
enum NewContent {
    case value(JSONValue)
    /// The source of a value elsewhere in the document, and the indentation of the line where it began.
    case source(String, indentation: String)

    /// In text with problems the value counts, for its source may be what is broken.
    static func copy(of index: JSONTree.Index, in tree: JSONTree) -> NewContent {
        guard tree.isValid else { return .value(tree.value(index)) }
        return .source(tree.literal(index), indentation: tree.indentation(tree.range(index).lowerBound))
    }
}

extension JSONTree {
    /// The edits that put a child into a container before the child `number`, or at its end.
    ///
    /// Where the neighbours stand on lines of their own the new child does too, indented like them; comments
    /// stay with the child they stand at. Nil where the comma that should be there is not, and for a line of
    /// JSON Lines.
    func edits(inserting content: NewContent, name: String?, at number: Int, in container: Index)
        -> [TextEdit]?
    {
        guard !isLines || container != root else { return nil }
        let items = items(of: container)
        guard let last = items.last else { return edits(filling: container, with: content, name: name) }
        let opening = range(container).lowerBound + 1
        if number < items.count {
            return edits(inserting: content, name: name, before: number, of: items, opening: opening)
        }
        let before =
            items.count > 1 ? comma(after: items[items.count - 2].range.upperBound).map { $0 + 1 } : opening
        let isOnLines = isFirstOnLine(last.range.lowerBound, after: before ?? last.range.lowerBound)
        let end = last.range.upperBound
        let trailing = comma(after: end)
        if isOnLines {
            let indent = indentation(last.range.lowerBound)
            let line = newline + indent + text(of: content, name: name, indent: indent)
            let place = skippingComments(trailing.map { $0 + 1 } ?? end)
            if trailing != nil { return [insert(line + ",", at: place)] }
            if place == end { return [insert("," + line, at: end)] }
            return [insert(",", at: end), insert(line, at: place)]
        }
        let item = text(of: content, name: name, indent: nil)
        let space = isSpaced ? " " : ""
        if let trailing { return [insert(space + item + ",", at: trailing + 1)] }
        let comments = skippingComments(end)
        // Behind a comment to the end of the line there is no place on that line.
        return [insert("," + space + item, at: isLineEnd(comments) ? end : comments)]
    }

    private func edits(
        inserting content: NewContent, name: String?, before number: Int, of items: [Item], opening: Int
    ) -> [TextEdit]? {
        let next = items[number]
        let previous = number == 0 ? opening : comma(after: items[number - 1].range.upperBound).map { $0 + 1 }
        guard let previous else { return nil }
        if isFirstOnLine(next.range.lowerBound, after: previous) {
            let indent = indentation(next.range.lowerBound)
            let item = text(of: content, name: name, indent: indent)
            return [insert(newline + indent + item + ",", at: skippingComments(previous))]
        }
        let item = text(of: content, name: name, indent: nil)
        return [insert(item + (isSpaced ? ", " : ","), at: next.range.lowerBound)]
    }

    /// The first child of a container: on a line of its own where the brackets stand on different lines.
    private func edits(filling container: Index, with content: NewContent, name: String?) -> [TextEdit]? {
        let start = range(container).lowerBound
        guard let closing = closingBracket(container) else {
            return [insert(text(of: content, name: name, indent: nil), at: start + 1)]
        }
        let interior = (start + 1)..<closing
        let outer = indentation(start)
        let inner = outer + indentUnit
        guard isBlank(from: start + 1, to: closing) else {
            // Comments only; what comes goes behind them.
            var end = interior.upperBound
            while JSONParser.isSpace(source[end - 1]) { end -= 1 }
            guard hasLineEnd(interior) else {
                return [insert(" " + text(of: content, name: name, indent: nil), at: end)]
            }
            return [insert(newline + inner + text(of: content, name: name, indent: inner), at: end)]
        }
        if hasLineEnd(interior) {
            let item = text(of: content, name: name, indent: inner)
            return [TextEdit(range: interior, newText: newline + inner + item + newline + outer)]
        }
        let padding = interior.isEmpty ? "" : " "
        return [
            TextEdit(range: interior, newText: padding + text(of: content, name: name, indent: nil) + padding)
        ]
    }

    /// The edits that put other content in the place of a value.
    func edits(replacing index: Index, by content: NewContent) -> [TextEdit] {
        let range = wholeRange(index)
        guard kind(index) != .missing else { return edits(supplying: index, with: content) }
        let start = lineStart(range.lowerBound)
        let standsOnLine = index != root && source[skippingSpaces(start)] == UInt8(ascii: "\"")
        let isOnLines = hasLineEnd(range) || (standsOnLine && isAloneOnLines(range))
        let column = UTF8Scan.columns(source[start..<range.lowerBound])
        var new = text(of: content, indent: isOnLines ? indentation(range.lowerBound) : nil, column: column)
        for comment in comments where range.contains(comment.lowerBound) { new += " " + block(comment) }
        return source[range].elementsEqual(new.utf8) ? [] : [TextEdit(range: range, newText: new)]
    }

    /// A comment as one that something may stand behind.
    private func block(_ comment: Range<Int>) -> String {
        let text = String(decoding: source[comment], as: UTF8.self)
        guard text.hasPrefix("//") else { return text }
        return "/*" + text.dropFirst(2).replacing("*/", with: "* /") + " */"
    }

    /// Whether a value ends its line, so that it may become several.
    private func isAloneOnLines(_ range: Range<Int>) -> Bool {
        var end = skippingComments(range.upperBound)
        if end < source.count, source[end] == UInt8(ascii: ",") { end = skippingComments(end + 1) }
        return isLineEnd(skippingSpaces(end))
    }

    /// A value where the text has none: behind the colon, or behind the name with a colon.
    private func edits(supplying index: Index, with content: NewContent) -> [TextEdit] {
        guard index != root else {
            return [insert(text(of: content, indent: "", column: 0), at: range(index).lowerBound)]
        }
        let name = wholeRange(Index(index.raw - 1))
        let space = isSpaced ? " " : ""
        let new = text(of: content, indent: nil, column: 0)
        guard let colon = colon(after: name.upperBound) else {
            return [insert(":" + space + new, at: name.upperBound)]
        }
        return [insert(space + new, at: colon + 1)]
    }

    private func insert(_ text: String, at offset: Int) -> TextEdit {
        TextEdit(range: offset..<offset, newText: text)
    }

    /// The text of a child: on one line, or, where `indent` is that of its line, on several.
    private func text(of content: NewContent, name: String?, indent: String?) -> String {
        let name = name.map { JSONValue.string($0).description + (isSpaced ? ": " : ":") } ?? ""
        let column = (indent?.unicodeScalars.count ?? 0) + name.unicodeScalars.count
        return name + text(of: content, indent: indent, column: column)
    }

    private func text(of content: NewContent, indent: String?, column: Int) -> String {
        switch content {
        case .value(let value):
            guard let indent, !isLines else {
                return JSONPrinter(layout: .line(spaced: isSpaced)).text(of: value)
            }
            return JSONPrinter(
                layout: .lines, indent: indentUnit, prefix: indent, newline: newline, column: column
            ).text(of: value)
        case .source(let text, let old):
            guard let indent, indent != old else { return text }
            return text.reindented(from: old, to: indent)
        }
    }
}

extension String {
    /// All lines but the first with another indentation, where they have the old one.
    fileprivate func reindented(from old: String, to new: String) -> String {
        var result: [UInt8] = []
        var rest = Array(utf8)[...]
        while let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            var next = end + 1
            if rest[end] == 0x0D, next < rest.endIndex, rest[next] == 0x0A { next += 1 }
            result += rest[..<next]
            rest = rest[next...]
            guard rest.starts(with: old.utf8) else { continue }
            rest = rest.dropFirst(old.utf8.count)
            result += new.utf8
        }
        return String(decoding: result + rest, as: UTF8.self)
    }
}
