#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A set of names known in advance, found from the bytes of a string in the tree without making a `String`.
package final class NameTable: Sendable {
    /// The names by their number.
    package let names: [String]
    private let slots: [UInt16]
    private let bytes: [UInt8]
    private let offsets: [Int]
    private let mask: Int

    /// - Precondition: the names are distinct and fewer than 16,384; they come from code, never from outside.
    package init(_ names: [String]) {
        self.names = names
        var capacity = 16
        while capacity < names.count * 4 { capacity *= 2 }
        mask = capacity - 1
        var slots = [UInt16](repeating: .max, count: capacity)
        var bytes: [UInt8] = []
        var offsets = [0]
        for (number, name) in names.enumerated() {
            bytes += name.utf8
            offsets.append(bytes.count)
            var slot = Self.hash(bytes, offsets[number]..<bytes.count) & mask
            while slots[slot] != .max { slot = (slot + 1) & mask }
            slots[slot] = UInt16(truncatingIfNeeded: number)
        }
        self.slots = slots
        self.bytes = bytes
        self.offsets = offsets
    }

    /// The number of the name that the string at `index` says; nil when it is none of them.
    package func number(of index: JSONTree.Index, in tree: borrowing JSONTree) -> Int? {
        if tree.isEscaped(index) { return tree.string(index).flatMap(number(of:)) }
        let range = tree.contentRange(index)
        var slot = Self.hash(tree.source, range) & mask
        while slots[slot] != .max {
            let number = Int(slots[slot])
            if matches(number, tree.source, range) { return number }
            slot = (slot + 1) & mask
        }
        return nil
    }

    package func number(of name: String) -> Int? { names.firstIndex(of: name) }

    private func matches(_ number: Int, _ source: [UInt8], _ range: Range<Int>) -> Bool {
        let start = offsets[number]
        let count = offsets[number + 1] - start
        guard count == range.count, range.upperBound <= source.count, start + count <= bytes.count else {
            return false
        }
        // Both ranges are within their arrays, as just seen.
        return source.withUnsafeBytes { text in
            bytes.withUnsafeBytes { name in
                guard let text = text.baseAddress, let name = name.baseAddress else { return true }
                return memcmp(text + range.lowerBound, name + start, count) == 0
            }
        }
    }

    /// Length, first, middle and last byte: enough to tell a few dozen English words apart.
    private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        guard !range.isEmpty else { return 0 }
        let first = Int(bytes[range.lowerBound])
        let middle = Int(bytes[range.lowerBound + range.count / 2])
        let last = Int(bytes[range.upperBound - 1])
        return range.count &* 31 ^ first &* 7 ^ middle &* 131 ^ last &* 1031
    }
}
