extension JSONTree {
    /// The edits that remove the child `number` of a container.
    ///
    /// A child goes with one comma. Alone on its lines it takes them with it, and the comments that stand
    /// there, unless they are to be kept; all other comments stay. The last child takes the brackets together when nothing is
    /// left between them.
    func edits(
        removing number: Int, of items: [Item], in container: Index, keepingComments: Bool = false
    ) -> [TextEdit] {
        func widen(_ range: Range<Int>, isAlone: Bool, takesComma: Bool) -> Range<Int> {
            if keepingComments, hasComments(beside: range) {
                // The comment behind moves to the beginning of its line.
                let startsLine = strippingSpaces(range.lowerBound) == lineStart(range.lowerBound)
                return range.lowerBound..<(startsLine ? skippingSpaces(range.upperBound) : range.upperBound)
            }
            return widened(range, isAlone: isAlone, takesComma: takesComma)
        }
        let item = items[number]
        let opening = range(container).lowerBound + 1
        let next = comma(after: item.range.upperBound)
        let before = number > 0 ? items[number - 1].range.upperBound : opening
        let beforeComma =
            number > 0 ? comma(after: before).flatMap { $0 < item.range.lowerBound ? $0 : nil } : nil
        let isAlone = isFirstOnLine(item.range.lowerBound, after: beforeComma.map { $0 + 1 } ?? before)

        var edits: [TextEdit]
        if let next {
            let gap = item.range.upperBound..<next
            if hasLineEnd(gap), !isBlank(from: gap.lowerBound, to: gap.upperBound) {
                // The comma stands behind comments on a later line, which are not this child's alone.
                edits = [delete(item.range), delete(next..<(next + 1))]
            } else {
                edits = [
                    delete(widen(item.range.lowerBound..<(next + 1), isAlone: isAlone, takesComma: true))
                ]
            }
        } else if let comma = beforeComma {
            if isBlank(from: comma + 1, to: item.range.lowerBound) {
                let isWhole = isFirstOnLine(comma, after: before)
                edits = [
                    delete(
                        widen(comma..<item.range.upperBound, isAlone: isWhole || isAlone, takesComma: false))
                ]
            } else {
                let rest = widen(item.range, isAlone: isAlone, takesComma: false)
                edits = [delete(comma..<(comma + 1)), delete(rest)]
            }
        } else {
            edits = [delete(widen(item.range, isAlone: isAlone, takesComma: false))]
        }

        if items.count == 1, let closing = closingBracket(container), let first = edits.first?.range,
            edits.count == 1, isBlank(from: opening, to: first.lowerBound),
            isBlank(from: first.upperBound, to: closing)
        {
            edits = [delete(opening..<closing)]
        }
        return edits
    }

    /// Whether comments stand on the lines of a range, next to it.
    private func hasComments(beside range: Range<Int>) -> Bool {
        let before = strippingSpaces(range.lowerBound)
        return skippingComments(range.upperBound) != range.upperBound
            || before > 1 && source[before - 1] == UInt8(ascii: "/")
                && source[before - 2] == UInt8(ascii: "*")
    }

    private func delete(_ range: Range<Int>) -> TextEdit { TextEdit(range: range, newText: "") }

    /// The bytes of a child and its comma, with the white space and own comments that would be left behind.
    private func widened(_ range: Range<Int>, isAlone: Bool, takesComma: Bool) -> Range<Int> {
        let commentsEnd = skippingComments(range.upperBound)
        let end = skippingSpaces(commentsEnd)
        if isLineEnd(end) {
            guard isAlone else {
                // The last child of a line that others share: comments behind it may be those of the others.
                return strippingSpaces(range.lowerBound)..<range.upperBound
            }
            let start = lineStart(range.lowerBound)
            // A range that begins with a comma may begin on the line of the child before.
            let startsLine =
                isBlank(from: start, to: range.lowerBound) || source[range].first != UInt8(ascii: ",")
            return startsLine ? start..<nextLine(end) : range.lowerBound..<end
        }
        guard takesComma else { return range }
        let following = skippingSpaces(range.upperBound)
        let closes = source[following] == UInt8(ascii: "]") || source[following] == UInt8(ascii: "}")
        return closes ? strippingSpaces(range.lowerBound)..<range.upperBound : range.lowerBound..<following
    }
}
