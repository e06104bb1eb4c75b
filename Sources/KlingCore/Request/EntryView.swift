import JSON

/// One entry of `multi_prompt`, `element_list` or `video_list`, its members in slots.
struct EntryView {
    let node: JSONTree.Index
    /// What has a value, by the number of the name in the table; null and missing parts are not here.
    private var values: InlineArray<4, JSONTree.Index?> = InlineArray(repeating: nil)
    /// A member that is not in the table, or one twice.
    private(set) var isIrregular = false
    /// Written, whatever the value, as bits.
    private var mentioned: UInt8 = 0

    init(_ node: JSONTree.Index, in tree: borrowing JSONTree, names: NameTable) {
        self.node = node
        guard tree.kind(node) == .object else { return }
        var members = tree.elements(node)
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            guard let number = names.number(of: key, in: tree), number < 4 else {
                isIrregular = true
                continue
            }
            let bit = UInt8(1) << UInt8(truncatingIfNeeded: number)
            if mentioned & bit != 0 { isIrregular = true }
            mentioned |= bit
            values[number] = tree.kind(value) == .null ? nil : value
        }
    }

    /// The value, unless it is absent or null.
    subscript(_ field: ShotField) -> JSONTree.Index? {
        switch field {
        case .index: values[0]
        case .prompt: values[1]
        case .duration: values[2]
        }
    }

    subscript(_ field: ElementField) -> JSONTree.Index? {
        switch field {
        case .name: values[0]
        case .description: values[1]
        case .imageURLs: values[2]
        case .id: values[3]
        }
    }

    subscript(_ field: VideoField) -> JSONTree.Index? {
        switch field {
        case .url: values[0]
        case .referType: values[1]
        case .keepSound: values[2]
        }
    }

    static let shot = NameTable(ShotField.allCases.map(\.rawValue))
    static let element = NameTable(ElementField.allCases.map(\.rawValue))
    static let video = NameTable(VideoField.allCases.map(\.rawValue))
}

extension JSONTree {
    /// The first byte of a value: the opening bracket.
    func opening(_ index: Index) -> Range<Int> {
        let range = range(index)
        // A bracket of another keyboard has three bytes.
        let length = !range.isEmpty && source[range.lowerBound] >= 0x80 ? 3 : 1
        return range.lowerBound..<min(range.lowerBound + length, range.upperBound)
    }

    /// The text of a string, or of the only one in a list.
    func onlyString(_ index: Index) -> String? {
        guard kind(index) == .array, count(index) == 1 else { return string(index) }
        var entries = elements(index)
        return entries.next(in: self).flatMap { string($0) }
    }

    /// Equal for strings that say the same; for others hardly ever.
    func contentHash(_ index: Index) -> Int {
        withContent(index) { bytes in
            var hasher = Hasher()
            hasher.combine(bytes: bytes)
            return hasher.finalize()
        }
    }

    /// Whether a string holds nothing that can be seen: only white space, and characters without a form of their own.
    func isBlank(_ index: Index) -> Bool {
        let range = contentRange(index)
        guard let first = range.first else { return true }
        let byte = source[first]
        if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") { return false }
        // U+4000 to U+DFFF: Chinese, among others.
        if byte >= 0xE4, byte <= 0xED { return false }
        var decoder = EscapeDecoder(position: range.lowerBound, end: range.upperBound)
        while let piece = decoder.next(in: source) {
            if piece.scalar.isVisible { return false }
        }
        return true
    }

    /// The number a string says, a unit of seconds allowed: `"6"`, `" 6 "`, `"6s"`; nil when it says no whole
    /// number.
    func quotedNumber(_ index: Index) -> Int? { quotedDecimal(index).flatMap { Int(exactly: $0) } }

    /// The same of any number: `"6.5"`.
    func quotedDecimal(_ index: Index) -> Double? {
        guard kind(index) == .string, contentRange(index).count <= 24, var text = string(index)?[...] else {
            return nil
        }
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        for unit in ["seconds", "sec", "s", "秒"] where text.hasSuffix(unit) {
            text.removeLast(unit.count)
            while text.last?.isWhitespace == true { text.removeLast() }
            break
        }
        if let whole = Int(text) { return Double(whole) }
        guard text.utf8.contains(where: { (0x30...0x39).contains($0) }), let value = Double(text),
            abs(value) < 1e9
        else { return nil }
        return value
    }

    /// Whether a value is a string of two numbers with a colon between, or what else a ratio or a size in pixels is written with.
    func isRatio(_ index: Index) -> Bool {
        guard kind(index) == .string, contentRange(index).count <= 16, let text = string(index) else {
            return false
        }
        let parts = text.unicodeScalars.split(omittingEmptySubsequences: false) {
            switch $0 {
            case ":", "x", "X", "*", "/", "×": true
            default: false
            }
        }
        return parts.count == 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { ("0"..."9").contains($0) || $0 == "." }
            }
    }

    /// Unicode scalars of a string's content, counted no further than needed to see that they are at most
    /// `limit`: nil then.
    func scalars(_ index: Index, beyond limit: Int) -> Int? {
        let range = contentRange(index)
        guard range.count > limit else { return nil }
        var count = 0
        if isEscaped(index) {
            var decoder = EscapeDecoder(position: range.lowerBound, end: range.upperBound)
            while decoder.next(in: source) != nil { count += 1 }
        } else {
            for byte in source[range] where byte & 0xC0 != 0x80 { count += 1 }
        }
        return count > limit ? count : nil
    }
}

extension Unicode.Scalar {
    /// Neither white space nor without a form of its own.
    var isVisible: Bool { !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint }
}

extension NameTable {
    /// The number of the name that a value says; nil when it is no string or none of the names.
    func number(ofString index: JSONTree.Index, in tree: borrowing JSONTree) -> Int? {
        tree.kind(index) == .string ? number(of: index, in: tree) : nil
    }
}
