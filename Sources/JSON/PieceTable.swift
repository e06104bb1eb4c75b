/// A text in the making: which of its bytes are those of the original, and what is new between them.
///
/// Edits made one after the other, each on the text that the last one left, come out as edits of the
/// original.
struct PieceTable {
    private enum Piece {
        case original(Range<Int>)
        case new([UInt8])

        var count: Int {
            switch self {
            case .original(let range): range.count
            case .new(let bytes): bytes.count
            }
        }

        /// The two parts before and behind the first `length` bytes.
        func split(_ length: Int) -> (Piece, Piece) {
            switch self {
            case .original(let range):
                let middle = range.lowerBound + length
                return (.original(range.lowerBound..<middle), .original(middle..<range.upperBound))
            case .new(let bytes): return (.new(Array(bytes[..<length])), .new(Array(bytes[length...])))
            }
        }
    }

    private let length: Int
    private var pieces: [Piece]

    /// A text of `length` bytes, all of them original.
    init(length: Int) {
        self.length = length
        pieces = [.original(0..<length)]
    }

    /// Makes edits of the text as it is now; they do not overlap.
    mutating func apply(_ edits: [TextEdit]) {
        // From the end, so that offsets hold; of insertions at one place the last comes first.
        let ordered = edits.enumerated().sorted {
            ($0.element.range.lowerBound, $0.offset) > ($1.element.range.lowerBound, $1.offset)
        }
        for (_, edit) in ordered { replace(edit.range, by: Array(edit.newText.utf8)) }
    }

    private mutating func replace(_ range: Range<Int>, by bytes: [UInt8]) {
        var result: [Piece] = []
        var inserted = false
        var start = 0
        func insert() {
            if !inserted, !bytes.isEmpty { result.append(.new(bytes)) }
            inserted = true
        }
        for piece in pieces {
            let end = start + piece.count
            if end <= range.lowerBound {
                result.append(piece)
            } else if start >= range.upperBound {
                insert()
                result.append(piece)
            } else {
                if start < range.lowerBound { result.append(piece.split(range.lowerBound - start).0) }
                insert()
                if end > range.upperBound { result.append(piece.split(range.upperBound - start).1) }
            }
            start = end
        }
        insert()
        pieces = result
    }

    /// The edits of the original that make this text, by position.
    var edits: [TextEdit] {
        var edits: [TextEdit] = []
        var position = 0
        var text: [UInt8] = []
        func close(at next: Int) {
            if next > position || !text.isEmpty {
                edits.append(TextEdit(range: position..<next, newText: String(decoding: text, as: UTF8.self)))
            }
            text = []
        }
        for piece in pieces {
            switch piece {
            case .new(let bytes): text += bytes
            case .original(let range):
                close(at: range.lowerBound)
                position = range.upperBound
            }
        }
        close(at: length)
        return edits
    }
}
