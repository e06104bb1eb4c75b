/// A set of names known in advance, found from the bytes of a string in the tree without making a `String`.
package final class NameTable: Sendable {
    /// The names by their number.
    package let names: [String]
    @usableFromInline let slots: [UInt16]
    @usableFromInline let bytes: [UInt8]
    @usableFromInline let offsets: [Int]
    @usableFromInline let mask: Int

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
    @inlinable package func number(of index: JSONTree.Index, in tree: borrowing JSONTree) -> Int? {
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

    @inlinable func matches(_ number: Int, _ source: [UInt8], _ range: Range<Int>) -> Bool {
        var position = offsets[number]
        guard offsets[number + 1] - position == range.count else { return false }
        for offset in range {
            guard source[offset] == bytes[position] else { return false }
            position += 1
        }
        return true
    }

    /// Length, first, middle and last byte: enough to tell a few dozen English words apart.
    @inlinable static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        guard !range.isEmpty else { return 0 }
        let first = Int(bytes[range.lowerBound])
        let middle = Int(bytes[range.lowerBound + range.count / 2])
        let last = Int(bytes[range.upperBound - 1])
        return range.count &* 31 ^ first &* 7 ^ middle &* 131 ^ last &* 1031
    }
}
