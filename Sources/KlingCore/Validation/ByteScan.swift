/// Looks through text sixteen bytes at a time for the few that matter to a rule.
enum ByteScan {
    typealias Block = SIMD16<UInt8>
    typealias Hits = SIMDMask<SIMD16<Int8>>

    /// The first offset from `start` at which `matches` is true of the byte; the count when there is none.
    /// - Parameter matches: false for 0, which stands behind the end.
    @inline(__always) static func first(
        in text: UnsafeRawBufferPointer, from start: Int, where matches: (Block) -> Hits
    ) -> Int {
        first(in: text, from: start) { block, _ in matches(block) }
    }

    /// The same for a byte and the one that follows it.
    @inline(__always) static func first(
        in text: UnsafeRawBufferPointer, from start: Int, where matches: (Block, Block) -> Hits
    ) -> Int {
        var at = start
        while at &+ 17 <= text.count {
            let found = lane(
                matches(
                    text.loadUnaligned(fromByteOffset: at, as: Block.self),
                    text.loadUnaligned(fromByteOffset: at &+ 1, as: Block.self)))
            if found < 16 { return at &+ found }
            at &+= 16
        }
        while at < text.count {
            let found = lane(matches(rest(of: text, from: at), rest(of: text, from: at &+ 1)))
            if found < 16 { return min(at &+ found, text.count) }
            at &+= 16
        }
        return max(start, text.count)
    }

    /// The places of a byte. (Compared with a vector: with a scalar the compiler makes a loop of it.)
    @inline(__always) static func places(of byte: UInt8, in block: Block) -> Hits {
        block .== Block(repeating: byte)
    }

    /// The last bytes of a text, zeros behind them.
    @inline(__always) private static func rest(of text: UnsafeRawBufferPointer, from start: Int) -> Block {
        var block = Block()
        withUnsafeMutableBytes(of: &block) { bytes in
            let rest = text[min(start, text.count)...].prefix(16)
            bytes.copyBytes(from: rest)
        }
        return block
    }

    /// The number of the first true lane, 16 for none.
    @inline(__always) private static func lane(_ hits: Hits) -> Int {
        let words = unsafeBitCast(hits, to: SIMD2<UInt64>.self)
        if words[0] != 0 { return words[0].littleEndian.trailingZeroBitCount >> 3 }
        return words[1] == 0 ? 16 : 8 &+ words[1].littleEndian.trailingZeroBitCount >> 3
    }
}
