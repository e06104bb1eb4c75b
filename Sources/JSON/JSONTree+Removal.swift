extension JSONTree {
    /// The edits that remove the child `number` of a container.
    ///
    /// A child goes with one comma. Alone on its lines it takes them with it; comments stay. The last child takes the brackets
    /// together when nothing is left between them.
    func edits(removing number: Int, of items: [Item], in container: Index) -> [TextEdit] {
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
            if !isBlank(from: gap.lowerBound, to: gap.upperBound) {
                // The comma stands behind comments, which stay.
                edits = [
                    delete(widened(item.range, isAlone: isAlone, takesComma: false)),
                    delete(
                        widened(
                            next..<(next + 1), isAlone: isBlank(from: lineStart(next), to: next),
                            takesComma: false))
                ]
            } else {
                edits = [
                    delete(widened(item.range.lowerBound..<(next + 1), isAlone: isAlone, takesComma: true))
                ]
            }
        } else if let comma = beforeComma {
            if isBlank(from: comma + 1, to: item.range.lowerBound) {
                let isWhole = isFirstOnLine(comma, after: before)
                edits = [
                    delete(
                        widened(comma..<item.range.upperBound, isAlone: isWhole || isAlone, takesComma: false)
                    )
                ]
            } else {
                let rest = widened(item.range, isAlone: isAlone, takesComma: false)
                edits = [delete(comma..<(comma + 1)), delete(rest)]
            }
        } else {
            edits = [delete(widened(item.range, isAlone: isAlone, takesComma: false))]
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

    /// The bytes of a child and its comma, with the white space that would be left behind.
    private func widened(_ range: Range<Int>, isAlone: Bool, takesComma: Bool) -> Range<Int> {
        let end = skippingSpaces(range.upperBound)
        guard !hasComments(beside: range) else {
            // At the beginning of a line or container, the comment behind moves there.
            let start = strippingSpaces(range.lowerBound)
            let isFirst = start == lineStart(range.lowerBound) || "[{".utf8.contains(source[start - 1])
            return isFirst ? range.lowerBound..<end : start..<range.upperBound
        }
        if isLineEnd(end) {
            guard isAlone else { return strippingSpaces(range.lowerBound)..<range.upperBound }
            let start = lineStart(range.lowerBound)
            // A range that begins with a comma may begin on the line of the child before.
            let startsLine =
                isBlank(from: start, to: range.lowerBound) || source[range].first != UInt8(ascii: ",")
            return startsLine ? start..<nextLine(end) : range.lowerBound..<end
        }
        guard takesComma else { return range }
        let closes = source[end] == UInt8(ascii: "]") || source[end] == UInt8(ascii: "}")
        return closes ? strippingSpaces(range.lowerBound)..<range.upperBound : range.lowerBound..<end
    }

    // MARK: Comments

    /// Whether a comment is about what the edits take away: inside it, behind it on its line, or on lines of its own right
    /// above it. It would be lost, or seem to be about something else. A value that is replaced leaves its comments.
    package func isRemarkedOn(_ edits: [TextEdit]) -> Bool {
        !comments.isEmpty
            && edits.contains { edit in
                guard edit.newText.isEmpty, source[edit.range] != [UInt8(ascii: ",")] else { return false }
                let reach = withRemarks(edit.range)
                let number = comments.partitioningIndex { $0.upperBound > reach.lowerBound }
                return number < comments.count && comments[number].lowerBound < reach.upperBound
            }
    }

    /// The range with the comments around it that are about it.
    private func withRemarks(_ range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty else { return range }
        var start = strippingSpaces(range.lowerBound)
        if start > 0, source[start - 1] == 0x0A || source[start - 1] == 0x0D {
            // A comment that begins on the line above behind something else is about that.
            var end = start - 1
            if end > 0, source[end] == 0x0A, source[end - 1] == 0x0D { end -= 1 }
            end = strippingSpaces(end)
            let number = comments.partitioningIndex { $0.upperBound >= end }
            if number < comments.count, comments[number].upperBound == end {
                let above = comments[number].lowerBound
                if isBlank(from: lineStart(above), to: above) { start = above }
            }
        } else if start > 1, source[start - 1] == UInt8(ascii: "/"), source[start - 2] == UInt8(ascii: "*") {
            start -= 1
        }
        var end = range.upperBound
        if source[end - 1] != 0x0A, source[end - 1] != 0x0D {
            end = skippingSpaces(end)
            if end < source.count, source[end] == UInt8(ascii: ",") { end += 1 }
            end = skippingComments(end)
        }
        return min(start, range.lowerBound)..<max(end, range.upperBound)
    }
}

extension Array {
    /// The first place from which on the condition holds; it holds for none before and for all behind.
    fileprivate func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
