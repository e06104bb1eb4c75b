import JSON

extension RequestView {
    /// A phrase that the prompt asks for and the negative prompt excludes.
    func reportOverlap(_ findings: inout Findings) {
        guard let negative = string(.negativePrompt), tree.contentRange(negative).count <= 4000 else {
            return
        }
        func report(_ prompt: JSONTree.Index, at place: @autoclosure () -> Place) -> Bool {
            guard tree.contentRange(prompt).count <= 16_000 else { return false }
            let found = tree.withContent(negative) { excluded in
                tree.withContent(prompt) { wanted in Self.overlap(excluded, wanted) }
            }
            guard let found else { return false }
            findings.report(
                .negativePromptOverlap,
                at: self.place(.negativePrompt).at(tree.sourceRange(found, inContentOf: negative)),
                in: self, ["value": .text(tree.content(negative, found))], related: [(place(), .otherValue)])
            return true
        }
        guard storyboard == .customize else {
            if let prompt = string(.prompt) { _ = report(prompt, at: place(.prompt)) }
            return
        }
        // The shots' own prompts count, not the one beside them.
        var entries = list(.multiPrompt)
        var position = 0
        while let node = entries.next(in: tree), position < 64 {
            defer { position += 1 }
            guard let prompt = EntryView(node, in: tree, names: EntryView.shot)[.prompt],
                tree.kind(prompt) == .string
            else { continue }
            let isFound = report(
                prompt,
                at: place(.multiPrompt).child(position, tree.range(node))
                    .child(ShotField.prompt.rawValue, tree.range(prompt)))
            if isFound { return }
        }
    }

    /// The first phrase of `excluded`, between commas and the like, that occurs in `wanted` as whole words,
    /// upper and lower case of ASCII taken as the same.
    private static func overlap(_ excluded: UnsafeRawBufferPointer, _ wanted: UnsafeRawBufferPointer)
        -> Range<Int>?
    {
        var start = 0
        var phrases = 0
        while start < excluded.count, phrases < 50 {
            let (end, next) = separator(excluded, from: start)
            var phrase = start..<end
            while let first = phrase.first, excluded[first] <= 0x20 { phrase = (first + 1)..<end }
            while let last = phrase.last, excluded[last] <= 0x20 { phrase = phrase.lowerBound..<last }
            if phrase.count > 2, occurs(UnsafeRawBufferPointer(rebasing: excluded[phrase]), in: wanted) {
                return phrase
            }
            start = max(next, end + 1)
            phrases += 1
        }
        return nil
    }

    /// Where the next separator begins and ends; the count for both when there is none.
    private static func separator(_ bytes: UnsafeRawBufferPointer, from start: Int) -> (Int, Int) {
        var at = start
        while true {
            at = ByteScan.first(in: bytes, from: at) { block in
                ByteScan.places(of: 0x2C, in: block) .| ByteScan.places(of: 0x3B, in: block)
                    .| ByteScan.places(of: 0x2E, in: block) .| ByteScan.places(of: 0x0A, in: block)
                    .| ByteScan.places(of: 0xEF, in: block) .| ByteScan.places(of: 0xE3, in: block)
            }
            guard at < bytes.count else { return (bytes.count, bytes.count) }
            let end = separatorEnd(bytes, at: at)
            if end > at { return (at, end) }
            at += 1
        }
    }

    /// Behind a comma, semicolon, full stop or line end at `offset`, of either script; `offset` when there is
    /// none.
    private static func separatorEnd(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        switch bytes[offset] {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "."), 0x0A: return offset + 1
        case 0xEF where offset + 2 < bytes.count && bytes[offset + 1] == 0xBC:
            // U+FF0C and U+FF1B
            return bytes[offset + 2] == 0x8C || bytes[offset + 2] == 0x9B ? offset + 3 : offset
        case 0xE3 where offset + 2 < bytes.count && bytes[offset + 1] == 0x80:
            // U+3001 and U+3002
            return bytes[offset + 2] == 0x81 || bytes[offset + 2] == 0x82 ? offset + 3 : offset
        default: return offset
        }
    }

    private static func occurs(_ phrase: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer) -> Bool {
        func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
        func upper(_ byte: UInt8) -> UInt8 { byte >= 0x61 && byte <= 0x7A ? byte & 0xDF : byte }
        guard text.count >= phrase.count, phrase.count > 1, let head = phrase.first, let tail = phrase.last
        else {
            return false
        }
        let (first, second) = (lower(head), lower(phrase[1]))
        let last = text.count - phrase.count
        var start = 0
        while true {
            // The other case of the same letter, or the same byte again.
            start = ByteScan.first(in: text, from: start) { block, next in
                (ByteScan.places(of: first, in: block) .| ByteScan.places(of: upper(first), in: block))
                    .& (ByteScan.places(of: second, in: next) .| ByteScan.places(of: upper(second), in: next))
            }
            guard start <= last else { return false }
            defer { start += 1 }
            var length = 1
            while length < phrase.count, lower(text[start + length]) == lower(phrase[length]) { length += 1 }
            guard length == phrase.count else { continue }
            let end = start + length
            let beginsWord =
                start == 0 || !URLExamination.isWordByte(text[start - 1]) || !URLExamination.isWordByte(head)
            let endsWord =
                end == text.count || !URLExamination.isWordByte(text[end]) || !URLExamination.isWordByte(tail)
            if beginsWord, endsWord { return true }
        }
        return false
    }
}
