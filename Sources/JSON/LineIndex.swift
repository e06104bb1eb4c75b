/// How the characters of a line are counted (LSP §PositionEncodingKind).
package enum PositionEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case utf16 = "utf-16"
    case utf32 = "utf-32"
}

/// A place in a text as LSP says it: a line and a place in the line, both from 0.
package struct TextPosition: Sendable, Hashable, Comparable {
    package var line: Int
    /// Counted in the units of a ``PositionEncoding``.
    package var character: Int

    package init(line: Int, character: Int) {
        self.line = line
        self.character = character
    }

    package static func < (left: TextPosition, right: TextPosition) -> Bool {
        (left.line, left.character) < (right.line, right.character)
    }
}

/// From byte offsets to lines and characters, and back (LSP §Position).
///
/// Lines end with LF, CRLF or CR. Every question has an answer: what lies outside the text is moved to its
/// nearest place, what lies inside a character or line end to its beginning. Bytes that are not UTF-8 count
/// as U+FFFD does, one for each ill-formed sequence. A look-up takes O(log lines + length of the line).
package struct LineIndex: Sendable {
    private let source: [UInt8]
    /// The offset of the first byte of each line.
    private let starts: [Int]
    /// Whether all of the text is ASCII, so that all encodings count alike.
    private let isASCII: Bool

    package init(_ source: [UInt8]) {
        var starts = [0]
        var bits: UInt8 = 0
        source.withUnsafeBytes { bytes in
            for (offset, byte) in bytes.enumerated() {
                bits |= byte
                guard byte <= 0x0D else { continue }
                let endsLine =
                    byte == 0x0A || byte == 0x0D && !(offset + 1 < bytes.count && bytes[offset + 1] == 0x0A)
                if endsLine { starts.append(offset + 1) }
            }
        }
        self.source = source
        self.starts = starts
        isASCII = bits < 0x80
    }

    /// At least 1; text behind the last line end, even when empty, is a line.
    package var lineCount: Int { starts.count }

    /// The bytes of a line without its end; empty at the end of the text for a line that does not exist.
    package func content(ofLine line: Int) -> Range<Int> {
        guard line < starts.count else { return source.count..<source.count }
        let start = starts[max(0, line)]
        var end = max(0, line) + 1 < starts.count ? starts[max(0, line) + 1] : source.count
        if max(0, line) + 1 < starts.count {
            end -= 1
            if end > start, source[end] == 0x0A, source[end - 1] == 0x0D { end -= 1 }
        }
        return start..<end
    }

    /// The line of a byte.
    package func line(of offset: Int) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }

    package func position(of offset: Int, encoding: PositionEncoding) -> TextPosition {
        let line = line(of: offset)
        let content = content(ofLine: line)
        let target = min(max(offset, content.lowerBound), content.upperBound)
        guard !isASCII else { return TextPosition(line: line, character: target - content.lowerBound) }
        var units = 0
        var position = content.lowerBound
        while position < target {
            let next = step(at: position, before: content.upperBound, encoding)
            guard next.end <= target else { break }
            units += next.units
            position = next.end
        }
        return TextPosition(line: line, character: units)
    }

    package func offset(of place: TextPosition, encoding: PositionEncoding) -> Int {
        guard place.line >= 0 else { return 0 }
        let content = content(ofLine: place.line)
        guard !isASCII else { return content.lowerBound + min(max(0, place.character), content.count) }
        var units = 0
        var position = content.lowerBound
        while position < content.upperBound {
            let next = step(at: position, before: content.upperBound, encoding)
            guard units + next.units <= place.character else { break }
            units += next.units
            position = next.end
        }
        return position
    }

    /// The end of the character at a byte, and what it counts.
    private func step(
        at position: Int, before end: Int, _ encoding: PositionEncoding
    ) -> (end: Int, units: Int) {
        let length = UTF8Scan.length(source, at: position, before: end)
        let units =
            switch encoding {
            case .utf8: length
            case .utf16: length == 4 ? 2 : 1
            case .utf32: 1
            }
        return (position + length, units)
    }
}

extension LineIndex {
    /// The positions of a range's two ends.
    package func positions(
        of range: Range<Int>, encoding: PositionEncoding
    ) -> (start: TextPosition, end: TextPosition) {
        (
            position(of: range.lowerBound, encoding: encoding),
            position(of: range.upperBound, encoding: encoding)
        )
    }
}

/// Steps through bytes that should be UTF-8.
enum UTF8Scan {
    /// The length of the character at `position`; of bytes that are no character, that of the longest
    /// beginning of one, at least 1 (Unicode §3.9, table 3-7).
    static func length(_ bytes: [UInt8], at position: Int, before end: Int) -> Int {
        let first = bytes[position]
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            default: (1, 0x80...0xBF)
            }
        guard length > 1, position + 1 < end, second.contains(bytes[position + 1]) else { return 1 }
        var found = 2
        while found < length, position + found < end, bytes[position + found] & 0xC0 == 0x80 { found += 1 }
        return found
    }
}
