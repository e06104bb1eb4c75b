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
/// as U+FFFD does, one for each ill-formed sequence. A look-up takes O(log lines), and the time to count up to
/// 4 KiB of the line.
package struct LineIndex: Sendable {
    private let source: [UInt8]
    /// The offset of the first byte of each line; as in a tree, in 32 bits.
    private let starts: [UInt32]
    /// Whether all of the text is ASCII, so that all encodings count alike.
    private let isASCII: Bool
    /// Places inside of long lines with what is counted before them, by offset. A document may be one line.
    private let marks: [Mark]

    /// A place in a line, and the units from the beginning of the line to there.
    fileprivate struct Mark {
        var offset: Int
        var utf16 = 0
        var utf32 = 0
    }

    private static let markInterval = 4096

    package init(_ source: [UInt8]) {
        var starts: [UInt32] = [0]
        let isASCII = Self.forEachLineEnd(in: source) { starts.append(UInt32(truncatingIfNeeded: $0)) }
        self.source = source
        self.starts = starts
        self.isASCII = isASCII
        marks = isASCII ? [] : Self.marks(source, starts)
    }

    /// Calls `body` with the offset behind each line end; passes over sixteen bytes at a time where there is none.
    /// - Returns: whether all of the text is ASCII.
    @inline(__always) private static func forEachLineEnd(in source: [UInt8], _ body: (Int) -> Void) -> Bool {
        source.withUnsafeBytes { bytes in
            let low: UInt64 = 0x0E0E_0E0E_0E0E_0E0E
            let tops: UInt64 = 0x8080_8080_8080_8080
            var seen: UInt64 = 0
            var at = 0
            while at < bytes.count {
                var end = bytes.count
                if at &+ 16 <= end {
                    let left = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                    let right = bytes.loadUnaligned(fromByteOffset: at &+ 8, as: UInt64.self)
                    seen |= left | right
                    end = at &+ 16
                    // Whether a byte is below 0x0E.
                    if ((left &- low) & ~left | (right &- low) & ~right) & tops == 0 { at = end }
                }
                while at < end {
                    let byte = bytes[at]
                    seen |= UInt64(byte)
                    at &+= 1
                    if byte == 0x0A || byte == 0x0D && !(at < bytes.count && bytes[at] == 0x0A) { body(at) }
                }
            }
            return seen & tops == 0
        }
    }

    private static func marks(_ source: [UInt8], _ starts: [UInt32]) -> [Mark] {
        var marks: [Mark] = []
        for (line, start) in starts.enumerated() {
            let end = line + 1 < starts.count ? Int(starts[line + 1]) : source.count
            var mark = Mark(offset: Int(start))
            while end - mark.offset > 2 * markInterval {
                let target = mark.offset + markInterval
                let wide = count(source, from: mark.offset, to: target, before: end, .utf16)
                mark.utf16 += wide.units
                mark.utf32 += count(source, from: mark.offset, to: target, before: end, .utf32).units
                mark.offset = wide.position
                marks.append(mark)
            }
        }
        return marks
    }

    /// The nearest place before `offset` whose units are known: a mark, or the beginning of the line.
    private func known(before offset: Int, lineStart: Int, _ encoding: PositionEncoding) -> Count {
        var low = 0
        var high = marks.count
        while low < high {
            let middle = low + (high - low) / 2
            if marks[middle].offset <= offset { low = middle + 1 } else { high = middle }
        }
        guard low > 0, marks[low - 1].offset > lineStart else { return Count(position: lineStart, units: 0) }
        return Count(position: marks[low - 1].offset, units: marks[low - 1].units(encoding, lineStart))
    }

    /// At least 1; text behind the last line end, even when empty, is a line.
    package var lineCount: Int { starts.count }

    /// The bytes of a line without its end; empty at the end of the text for a line that does not exist.
    package func content(ofLine line: Int) -> Range<Int> {
        guard line < starts.count else { return source.count..<source.count }
        let start = Int(starts[max(0, line)])
        var end = max(0, line) + 1 < starts.count ? Int(starts[max(0, line) + 1]) : source.count
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
        let known = known(before: target, lineStart: content.lowerBound, encoding)
        let rest = Self.count(
            source, from: known.position, to: target, before: content.upperBound, encoding)
        return TextPosition(line: line, character: known.units + rest.units)
    }

    /// How far whole characters go, and what they count.
    private struct Count {
        var position: Int
        var units: Int
    }

    /// Counts the characters that end by `target`: ASCII eight at a time, Chinese two, anything else one by one.
    private static func count(
        _ source: [UInt8], from start: Int, to target: Int, before end: Int, _ encoding: PositionEncoding
    ) -> Count {
        source.withUnsafeBytes { bytes in
            var count = Count(position: start, units: 0)
            while count.position < target {
                while count.position &+ 8 <= target,
                    bytes.loadUnaligned(fromByteOffset: count.position, as: UInt64.self)
                        & 0x8080_8080_8080_8080 == 0
                {
                    count.position &+= 8
                    count.units &+= 8
                }
                let run = UTF8Scan.threeByteRun(bytes, from: count.position, to: target)
                count.units &+= encoding == .utf8 ? run &- count.position : (run &- count.position) / 3
                count.position = run
                guard run < target else { break }
                guard bytes[run] >= 0x80 else {
                    count.position &+= 1
                    count.units &+= 1
                    continue
                }
                let length = UTF8Scan.length(source, at: run, before: end)
                guard run + length <= target else { break }
                count.position &+= length
                count.units &+= encoding.units(ofLength: length)
            }
            return count
        }
    }

    package func offset(of place: TextPosition, encoding: PositionEncoding) -> Int {
        guard place.line >= 0 else { return 0 }
        let content = content(ofLine: place.line)
        guard !isASCII else { return content.lowerBound + min(max(0, place.character), content.count) }
        var known = Count(position: content.lowerBound, units: 0)
        // Marks of this line, as far as they count no more than is asked for.
        for mark in marks where mark.offset > content.lowerBound && mark.offset < content.upperBound {
            let units = mark.units(encoding, content.lowerBound)
            guard units <= place.character else { break }
            known = Count(position: mark.offset, units: units)
        }
        while known.position < content.upperBound {
            let length = UTF8Scan.length(source, at: known.position, before: content.upperBound)
            let units = encoding.units(ofLength: length)
            guard known.units + units <= place.character else { break }
            known.units += units
            known.position += length
        }
        return known.position
    }
}

extension LineIndex.Mark {
    func units(_ encoding: PositionEncoding, _ lineStart: Int) -> Int {
        switch encoding {
        case .utf8: offset - lineStart
        case .utf16: utf16
        case .utf32: utf32
        }
    }
}

extension PositionEncoding {
    /// What a character of so many bytes counts.
    @inline(__always) fileprivate func units(ofLength length: Int) -> Int {
        switch self {
        case .utf8: length
        case .utf16: length == 4 ? 2 : 1
        case .utf32: 1
        }
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
    /// Behind the characters of three bytes that begin at `start`, taken two at a time, as far as their first byte alone
    /// says that they are well formed: E1…EC, EE and EF (Unicode §3.9, table 3-7).
    @inline(__always) static func threeByteRun(
        _ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int
    ) -> Int {
        let plain: UInt32 = 0b1101_1111_1111_1110
        var at = start
        while at &+ 8 <= end {
            let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
            guard word & 0x0000_C0C0_F0C0_C0F0 == 0x0000_8080_E080_80E0,
                plain >> UInt32(word & 0xF) & plain >> UInt32(word >> 24 & 0xF) & 1 == 1
            else { break }
            at &+= 6
        }
        return at
    }

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
