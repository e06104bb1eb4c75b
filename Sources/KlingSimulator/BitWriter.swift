/// Bits into bytes, the highest first, with the codes of H.264 (ITU-T H.264 §7.2, §9.1).
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var current: UInt8 = 0
    private var used = 0

    mutating func bit(_ value: Bool) {
        current = current << 1 | (value ? 1 : 0)
        used += 1
        if used == 8 {
            bytes.append(current)
            (current, used) = (0, 0)
        }
    }

    /// u(n).
    mutating func bits(_ value: UInt32, _ count: Int) {
        for shift in (0..<count).reversed() { bit(value >> UInt32(shift) & 1 == 1) }
    }

    /// ue(v): Exp-Golomb.
    mutating func unsigned(_ value: Int) {
        let code = UInt32(clamping: value) + 1
        let length = 32 - code.leadingZeroBitCount
        bits(0, length - 1)
        bits(code, length)
    }

    /// se(v).
    mutating func signed(_ value: Int) { unsigned(value > 0 ? 2 * value - 1 : -2 * value) }

    mutating func alignWithZeros() { while used != 0 { bit(false) } }

    /// Whole bytes; only where the position is aligned.
    mutating func aligned(_ value: UInt8, count: Int) {
        bytes.append(contentsOf: repeatElement(value, count: count))
    }

    /// rbsp_trailing_bits (§7.3.2.11).
    mutating func endPayload() {
        bit(true)
        alignWithZeros()
    }
}
