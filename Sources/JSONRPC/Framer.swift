#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Cuts a stream of bytes into messages, whatever pieces it arrives in.
///
/// Two framings: one JSON value per line, or the header block of the Language Server Protocol (LSP 3.17,
/// "Base Protocol"). The first byte that is not blank decides: `C` or `c` begins a header. A message over the
/// limit is passed over without being held; a declared length is never allocated before its bytes arrive.
package struct Framer {
    package enum Framing: String, Sendable { case lines, headers }

    package struct Limits: Sendable {
        package var messageBytes: Int
        package var headerBytes: Int

        package init(messageBytes: Int = 64 << 20, headerBytes: Int = 8 << 10) {
            self.messageBytes = messageBytes
            self.headerBytes = headerBytes
        }
    }

    package enum Event: Equatable {
        /// The bytes of one message, by their place in ``buffer``; valid until the next call.
        case message(Range<Int>)
        /// A message over the limit went by.
        case oversized
        /// The stream cannot be cut any more: the reason, for the log.
        case broken(String)
    }

    /// Nil until the first byte has decided.
    package private(set) var framing: Framing?
    package private(set) var buffer: [UInt8] = []

    private let limits: Limits
    /// The most bytes between a header block and the body: an empty line and the end of the line before.
    private static let blockEnd = 4
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    /// Where the next message, or the header before it, begins.
    private var start = 0
    /// Bytes before this hold no line end.
    private var searched = 0
    /// The length that a header has declared and whose body is awaited.
    private var awaited: Int?
    /// Passing over a line that is too long, or this many bytes of a body that is.
    private var skipsLine = false
    private var skipped = 0
    private var isBroken = false

    package init(framing: Framing? = nil, limits: Limits = Limits()) {
        self.framing = framing
        self.limits = limits
    }

    /// Whether bytes of an unfinished message are held.
    package var isEmpty: Bool { start == buffer.count && awaited == nil && !skipsLine && skipped == 0 }

    /// Room for `read(2)`: `fill` gets free memory and says how many bytes it put there.
    package mutating func fill(_ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        compact()
        let size = buffer.count - start > 1 << 16 ? 1 << 20 : 1 << 16
        let used = buffer.count
        var result = 0
        buffer.append(addingCapacity: size) { span in
            span.withUnsafeMutableBufferPointer { free, initialized in
                result = fill(
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(free)[0..<size]))
                initialized = max(0, min(result, size))
            }
        }
        assert(buffer.count == used + max(0, result))
        return result
    }

    package mutating func append(_ bytes: some Collection<UInt8>) {
        compact()
        buffer.append(contentsOf: bytes)
    }

    /// Whether the last `count` bytes hold `text`, or its end.
    package func holds(_ text: StaticString, inLast count: Int) -> Bool {
        var from = max(start, buffer.count - count - text.utf8CodeUnitCount)
        return text.withUTF8Buffer { text in
            while let hit = find(text[0], from: from) {
                if buffer[hit...].starts(with: text) { return true }
                from = hit + 1
            }
            return false
        }
    }

    /// The next message, or nil until more bytes come.
    package mutating func next() -> Event? {
        guard !isBroken else { return nil }
        if framing == nil { detect() }
        switch framing {
        case .lines: return nextLine()
        case .headers: return nextBody()
        case nil: return nil
        }
    }

    /// The last message of a stream that has ended: a line needs no line end there.
    package mutating func finish() -> Event? {
        guard let framing, !isBroken else {
            // Nothing but blanks, or part of a byte order mark.
            start = buffer.count
            return nil
        }
        guard framing == .lines else { return isEmpty ? nil : .broken("the input ended inside a message") }
        if skipsLine {
            skipsLine = false
            start = buffer.count
            return .oversized
        }
        let range = trimmed(start..<buffer.count)
        start = buffer.count
        return range.isEmpty ? nil : range.count > limits.messageBytes ? .oversized : .message(range)
    }

    /// Hands over the buffer with the message that ``next()`` has just found, so that a large one need not be
    /// copied. Its range stays what it was.
    package mutating func takeBuffer() -> [UInt8] {
        let rest = Array(buffer[start...])
        var taken: [UInt8] = []
        swap(&taken, &buffer)
        buffer = rest
        searched = max(0, searched - start)
        start = 0
        return taken
    }

    // MARK: Lines

    private mutating func nextLine() -> Event? {
        while true {
            let from = max(start, searched)
            guard let end = find(0x0A, from: from) else {
                searched = buffer.count
                if skipsLine || buffer.count - start > limits.messageBytes {
                    skipsLine = true
                    start = buffer.count
                }
                return nil
            }
            let line = start..<end
            start = end + 1
            if skipsLine {
                skipsLine = false
                return .oversized
            }
            if line.count > limits.messageBytes { return .oversized }
            let range = trimmed(line)
            if !range.isEmpty { return .message(range) }
        }
    }

    // MARK: Headers

    private mutating func nextBody() -> Event? {
        while true {
            if skipped > 0 {
                let step = min(skipped, buffer.count - start)
                start += step
                skipped -= step
                guard skipped == 0 else { return nil }
                return .oversized
            }
            if let length = awaited {
                guard buffer.count - start >= length else { return nil }
                awaited = nil
                start += length
                if length > 0 { return .message((start - length)..<start) }
                continue
            }
            while start < buffer.count, buffer[start] == 0x0A || buffer[start] == 0x0D { start += 1 }
            guard let (block, bodyStart) = headerBlock() else {
                guard buffer.count - start <= limits.headerBytes + Self.blockEnd else {
                    return broken("a header block of over \(limits.headerBytes) bytes")
                }
                return nil
            }
            guard block.count <= limits.headerBytes else {
                return broken("a header block of over \(limits.headerBytes) bytes")
            }
            guard let length = contentLength(block) else {
                return broken("a header block without a Content-Length of 1 to 10 digits")
            }
            start = bodyStart
            if length > limits.messageBytes { skipped = length } else { awaited = length }
        }
    }

    /// The header block at `start`, up to an empty line; nil until that has come.
    private func headerBlock() -> (block: Range<Int>, end: Int)? {
        var at = start
        while let lineEnd = find(0x0A, from: at), lineEnd - start <= limits.headerBytes + Self.blockEnd {
            let next = lineEnd + 1
            guard next < buffer.count else { return nil }
            if buffer[next] == 0x0A { return (start..<lineEnd, next + 1) }
            if buffer[next] == 0x0D {
                guard next + 1 < buffer.count else { return nil }
                if buffer[next + 1] == 0x0A { return (start..<lineEnd, next + 2) }
            }
            at = next
        }
        return nil
    }

    /// The value of `Content-Length`; nil when there is none, it is no number, or it has over 10 digits.
    private func contentLength(_ block: Range<Int>) -> Int? {
        var length: Int?
        for line in buffer[block].split(separator: 0x0A) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            guard
                line[..<colon].lazy.map({ $0 | 0x20 }).elementsEqual("content-length".utf8.map { $0 | 0x20 })
            else { continue }
            let digits = buffer[trimmed((colon + 1)..<line.endIndex)]
            guard (1...10).contains(digits.count) else { return nil }
            var value = 0
            for digit in digits {
                guard digit &- 0x30 <= 9 else { return nil }
                value = value * 10 + Int(digit &- 0x30)
            }
            length = value
        }
        return length
    }

    private mutating func broken(_ reason: String) -> Event {
        isBroken = true
        return .broken(reason)
    }

    // MARK: Bytes

    private mutating func detect() {
        var at = start
        let head = buffer[at...].prefix(Self.byteOrderMark.count)
        if head.elementsEqual(Self.byteOrderMark) {
            at += head.count
        } else if !head.isEmpty, Self.byteOrderMark.starts(with: head) {
            // The rest of the mark may be on its way.
            return
        }
        while at < buffer.count, Self.isBlank(buffer[at]) { at += 1 }
        // A mark with nothing behind it stays, to be seen with what follows.
        guard at < buffer.count else {
            if !head.elementsEqual(Self.byteOrderMark) { start = at }
            return
        }
        start = at
        framing = buffer[at] | 0x20 == UInt8(ascii: "c") ? .headers : .lines
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while upper > lower, Self.isBlank(buffer[upper - 1]) { upper -= 1 }
        while lower < upper, Self.isBlank(buffer[lower]) { lower += 1 }
        return lower..<upper
    }

    private func find(_ byte: UInt8, from: Int) -> Int? {
        guard from < buffer.count else { return nil }
        return buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let hit = memchr(base + from, Int32(byte), bytes.count - from)
            else { return nil }
            return UnsafeRawPointer(hit) - base
        }
    }

    /// Lets go of what has been read. What a large message needed is given back.
    private mutating func compact() {
        guard start > 0 else { return }
        if start == buffer.count {
            if buffer.capacity > 1 << 20 { buffer = [] } else { buffer.removeAll(keepingCapacity: true) }
        } else {
            buffer.removeSubrange(0..<start)
        }
        searched = max(0, searched - start)
        start = 0
    }
}
