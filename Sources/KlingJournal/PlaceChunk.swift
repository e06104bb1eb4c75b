/// Which of 4096 places next to one another have something in common: a set of numbers from 0 to 4095.
///
/// Stored, few are two bytes each, rising, the lower byte first; many are a bit each. The length says which it is.
struct PlaceChunk: Equatable {
    static let size = 4096
    private static let words = size / 64
    /// Bytes of the form with a bit for each.
    private static let bitmapLength = size / 8

    private var words: [UInt64]

    static let none = PlaceChunk(words: Array(repeating: 0, count: words))
    static let all = PlaceChunk(words: Array(repeating: .max, count: words))

    private init(words: [UInt64]) { self.words = words }

    /// - Parameter stored: bytes that are neither form hold what can be read of them.
    init(stored: [UInt8]) {
        self = .none
        if stored.count == Self.bitmapLength {
            stored.withUnsafeBytes { bytes in
                for index in words.indices {
                    words[index] = UInt64(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
                }
            }
        } else {
            for index in stride(from: 0, to: stored.count - 1, by: 2) {
                insert(Int(stored[index]) | Int(stored[index + 1]) << 8)
            }
        }
    }

    var stored: [UInt8] {
        let count = words.reduce(0) { $0 + $1.nonzeroBitCount }
        guard count * 2 < Self.bitmapLength else {
            return words.map(\.littleEndian).withUnsafeBytes { Array($0) }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 2)
        for number in members(below: Self.size, limit: count).reversed() {
            bytes.append(UInt8(number & 0xFF))
            bytes.append(UInt8(number >> 8))
        }
        return bytes
    }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    mutating func insert(_ number: Int) {
        if number >= 0, number < Self.size { words[number / 64] |= 1 << UInt64(number % 64) }
    }

    mutating func remove(_ number: Int) {
        if number >= 0, number < Self.size { words[number / 64] &= ~(1 << UInt64(number % 64)) }
    }

    mutating func formUnion(_ other: PlaceChunk) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    mutating func formIntersection(_ other: PlaceChunk) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    /// The greatest members, falling.
    /// - Parameter end: only members below it.
    func members(below end: Int, limit: Int) -> [Int] {
        var found: [Int] = []
        var end = min(end, Self.size)
        while end > 0, found.count < limit {
            let index = (end - 1) / 64
            // The bits of this word that are below the end.
            let word = words[index] & (.max >> UInt64(63 - (end - 1) % 64))
            guard word != 0 else {
                end = index * 64
                continue
            }
            let highest = index * 64 + 63 - word.leadingZeroBitCount
            found.append(highest)
            end = highest
        }
        return found
    }
}
