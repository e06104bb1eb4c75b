/// A set of names known in advance, found from the bytes of a string in the tree without making a `String`.
package final class NameTable: Sendable {
    /// The names by their number.
    package let names: [String]
    /// Open addressing: a power of two of places, of which at most a quarter is taken.
    private let places: [Place]

    private struct Place {
        var word: Word
        /// Negative where no name is.
        var number: Int
    }

    /// - Precondition: the names are distinct; they come from code, never from outside.
    package init(_ names: [String]) {
        self.names = names
        var capacity = 16
        while capacity < names.count * 4 { capacity *= 2 }
        var places = [Place](repeating: Place(word: Word(), number: -1), count: capacity)
        for (number, name) in names.enumerated() {
            let word = Array(name.utf8).withUnsafeBytes { Word($0) }
            var slot = word.hash & (capacity - 1)
            while places[slot].number >= 0 { slot = (slot + 1) & (capacity - 1) }
            places[slot] = Place(word: word, number: number)
        }
        self.places = places
    }

    /// The number of the name that the string at `index` says; nil when it is none of them.
    package func number(of index: JSONTree.Index, in tree: borrowing JSONTree) -> Int? {
        if tree.isEscaped(index) { return tree.string(index).flatMap(number(of:)) }
        let range = tree.contentRange(index)
        return tree.source.withUnsafeBytes { source in
            let text = UnsafeRawBufferPointer(rebasing: source[range])
            let word = Word(text)
            var slot = word.hash & (places.count &- 1)
            while places[slot].number >= 0 {
                if places[slot].word == word {
                    let number = places[slot].number
                    // Of a longer name the word holds both ends only.
                    if word.count <= Word.length || isName(number, text) { return number }
                }
                slot = (slot &+ 1) & (places.count &- 1)
            }
            return nil
        }
    }

    @inline(never) private func isName(_ number: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        text.elementsEqual(names[number].utf8)
    }

    package func number(of name: String) -> Int? { names.firstIndex(of: name) }
}

/// The bytes of a short text as two machine words: its beginning and its end, which overlap where it has fewer
/// bytes than both hold. With the count they say all of a text of up to ``length`` bytes.
private struct Word: Equatable {
    static let length = 16

    let head: UInt64
    let tail: UInt64
    let count: Int

    init() { (head, tail, count) = (0, 0, -1) }

    @inline(__always) init(_ text: UnsafeRawBufferPointer) {
        count = text.count
        switch count {
        case 8...:
            head = text.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
            tail = text.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        case 4...7:
            head = UInt64(text.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
            tail = UInt64(text.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
        case 1...3:
            head = UInt64(text[0]) | UInt64(text[count / 2]) << 8
            tail = UInt64(text[count &- 1])
        default: (head, tail) = (0, 0)
        }
    }

    /// Mixed by multiplication; the high bits depend on all others (Knuth, TAOCP 3, 6.4).
    @inline(__always) var hash: Int {
        let mixed =
            (head ^ tail &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count))
            &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: mixed >> 40)
    }

    @inline(__always) static func == (left: Word, right: Word) -> Bool {
        left.head == right.head && left.tail == right.tail && left.count == right.count
    }
}
