/// Where the places of an edited text came from.
package struct EditOrigins: Sendable {
    private struct Piece {
        /// What the edit wrote, in the new text.
        var written: Range<Int>
        /// What it wrote it for, in the old one.
        var replaced: Range<Int>
    }

    private let pieces: [Piece]

    /// - Parameter edits: as ``TextEdit/apply(_:to:)`` takes them.
    package init(_ edits: [TextEdit]) {
        var growth = 0
        pieces = edits.sorted { $0.range.lowerBound < $1.range.lowerBound }.map { edit in
            let start = edit.range.lowerBound + growth
            let length = edit.newText.utf8.count
            growth += length - edit.range.count
            return Piece(written: start..<(start + length), replaced: edit.range)
        }
    }

    /// The place in the old text; of what was written anew, that of what it was written for.
    package func origin(of offset: Int) -> Int {
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = low + (high - low) / 2
            if pieces[middle].written.lowerBound <= offset { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return offset }
        let piece = pieces[low - 1]
        guard offset >= piece.written.upperBound else {
            return piece.replaced.lowerBound + min(offset - piece.written.lowerBound, piece.replaced.count)
        }
        return offset - piece.written.upperBound + piece.replaced.upperBound
    }
}
