import JSON

/// What a prompt refers to, with the bytes that say it.
struct PromptReference: Sendable {
    enum Kind: Sendable, Hashable {
        /// `<<<image_N>>>`, exactly.
        case tag(Tag, Int)
        /// Looks like a tag and is none; the numbers that it should have.
        case mistyped(Tag, [Int])
        /// `@`, with the text that follows it.
        case name
    }

    enum Tag: String, Sendable, CaseIterable {
        case image, video, element

        /// As the model reads it.
        func text(_ number: Int) -> String { "<<<\(rawValue)_\(max(number, 1))>>>" }
    }

    let kind: Kind
    /// Bytes of the scanned text; of a name, without the `@`.
    let range: Range<Int>

    /// Of a name, the bytes with the `@`, which may be an escape in the source.
    var withSign: Range<Int> { max(0, range.lowerBound - 1)..<range.upperBound }
}

extension JSONTree {
    /// Calls `body` with the content of a string, escapes resolved.
    func withContent<Result>(_ index: Index, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if isEscaped(index) { return content(index).withUnsafeBytes(body) }
        let range = contentRange(index)
        return source.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// The bytes of the source that say bytes of a string's content.
    func sourceRange(_ range: Range<Int>, inContentOf index: Index) -> Range<Int> {
        let content = contentRange(index)
        guard isEscaped(index) else {
            let start = min(content.lowerBound + range.lowerBound, content.upperBound)
            return start..<min(max(start, content.lowerBound + range.upperBound), content.upperBound)
        }
        var decoder = EscapeDecoder(position: content.lowerBound, end: content.upperBound)
        var decoded = 0
        var start: Int?
        var end = content.lowerBound
        while decoded < range.upperBound, let piece = decoder.next(in: source) {
            if decoded >= range.lowerBound, start == nil { start = piece.range.lowerBound }
            decoded += piece.contentLength
            end = piece.range.upperBound
        }
        return min(start ?? end, end)..<end
    }

    /// Every reference in a prompt; empty, without an allocation, for a prompt that has none.
    func references(_ index: Index) -> [PromptReference] {
        withContent(index) { bytes in
            var scanner = PromptScanner(bytes)
            var found: [PromptReference] = []
            while found.count < 64, let reference = scanner.next() { found.append(reference) }
            return found
        }
    }

    /// Whether a value is a prompt that names a picture or a clip by tag, with slips or without.
    func refersByTag(_ index: Index) -> Bool {
        guard kind(index) == .string else { return false }
        return references(index).contains { reference in
            switch reference.kind {
            case .tag(let tag, _), .mistyped(let tag, _): tag != .element
            case .name: false
            }
        }
    }

    /// Whether a prompt names a picture by tag, exactly.
    func refersToImage(_ index: Index) -> Bool {
        withContent(index) { bytes in
            var scanner = PromptScanner(bytes)
            while let reference = scanner.next() {
                if case .tag(.image, _) = reference.kind { return true }
            }
            return false
        }
    }

    func content(_ index: Index, _ range: Range<Int>) -> String {
        withContent(index) { String(decoding: $0[range.clamped(to: 0..<$0.count)], as: UTF8.self) }
    }
}
