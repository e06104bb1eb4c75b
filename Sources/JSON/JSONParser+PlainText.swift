extension JSONParser {
    /// Passes over the plain part of a string's content, eight bytes at a time: ASCII without quotes, backslashes and
    /// control characters, and well-formed characters of three bytes, which are most of Chinese.
    ///
    /// Words of both scripts alternate, so that a branch on the kind of each byte would go wrong at every other one. Instead the
    /// places of lead and continuation bytes are compared as bits: each lead asks for a continuation in the two places behind
    /// it, across words by `awaited`, and no other place may have one (Unicode Standard, table 3-7).
    ///
    /// - Returns: where to look on byte by byte: at the first byte that is not plain, or before the last seven bytes.
    @inline(__always) static func plainTextEnd(
        _ bytes: RawSpan, from start: Int, _ flags: inout JSONTree.Flags
    ) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var at = start
        var awaited: UInt64 = 0
        while at &+ 8 <= bytes.byteCount {
            let word = bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            // The lowest flagged byte of such a test is exact: a borrow runs only upwards from a true hit.
            let stops =
                (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | (word &- ones &* 0x20))
                & ~word & tops
            let high = word & tops
            if high | awaited == 0 {
                if stops != 0 { return at &+ stops.trailingZeroBitCount >> 3 }
                at &+= 8
                continue
            }
            let continuations = high & (~word &<< 1)
            let leads = high ^ continuations
            // 1110xxxx, but for E0 and ED, whose second byte is limited.
            let simple = leads & (word &<< 2) & (~word &<< 3)
            let limited = (word ^ (ones &* 0xE0), word ^ (ones &* 0xED))
            let odd =
                (leads ^ simple) | (continuations ^ (leads &<< 8 | leads &<< 16 | awaited))
                | (((limited.0 &- ones) & ~limited.0) | ((limited.1 &- ones) & ~limited.1)) & tops
            // Up to and with the first stop; all of it when there is none.
            let seen = stops ^ (stops &- 1)
            if odd & seen != 0 {
                // Back to the beginning of the character that reaches into this word.
                if high & seen != 0 { flags.insert(.beyondASCII) }
                return awaited == 0 ? at : at &- (awaited & 0x8000 != 0 ? 1 : 2)
            }
            if high & seen != 0 { flags.insert(.beyondASCII) }
            if stops != 0 { return at &+ stops.trailingZeroBitCount >> 3 }
            awaited = leads >> 56 | leads >> 48
            at &+= 8
        }
        return awaited == 0 ? at : at &- (awaited & 0x8000 != 0 ? 1 : 2)
    }
}
