/// An H.264 stream of the Constrained Baseline profile out of two kinds of macroblocks: I_PCM (the samples as
/// they are, §7.3.5) and P_Skip (as in the frame before). A decoder needs no transform, no prediction and no
/// filter for it.
struct AVCStream: Sendable {
    /// A macroblock of one colour: 16 by 16 luma samples, and 8 by 8 of each chroma.
    struct Block: Sendable {
        var luma: UInt8
        var blue: UInt8
        var red: UInt8
    }

    let width: Int
    let height: Int
    var columns: Int { (width + 15) / 16 }
    var rows: Int { (height + 15) / 16 }

    private static let frameNumberBits = 8

    /// Sequence parameter set (§7.3.2.1).
    var sequenceParameters: [UInt8] {
        var bits = BitWriter()
        bits.bits(66, 8)  // Baseline,
        bits.bits(0b1100_0000, 8)  // and within Main's limits,
        bits.bits(30, 8)  // level 3.
        bits.unsigned(0)
        bits.unsigned(Self.frameNumberBits - 4)
        bits.unsigned(2)  // Frames are shown in the order they are decoded in.
        bits.unsigned(1)  // One frame of reference.
        bits.bit(false)
        bits.unsigned(columns - 1)
        bits.unsigned(rows - 1)
        bits.bit(true)  // Frames, not fields.
        bits.bit(true)
        let (right, bottom) = (columns * 16 - width, rows * 16 - height)
        bits.bit(right > 0 || bottom > 0)
        if right > 0 || bottom > 0 {
            // In units of two samples (4:2:0, §7.4.2.1.1).
            for crop in [0, right / 2, 0, bottom / 2] { bits.unsigned(crop) }
        }
        bits.bit(false)
        bits.endPayload()
        return Self.unit(kind: 7, importance: 3, bits.bytes)
    }

    /// Picture parameter set (§7.3.2.2).
    var pictureParameters: [UInt8] {
        var bits = BitWriter()
        bits.unsigned(0)
        bits.unsigned(0)
        bits.bit(false)  // CAVLC.
        bits.bit(false)
        for _ in 0..<3 { bits.unsigned(0) }
        bits.bits(0, 3)
        for _ in 0..<3 { bits.signed(0) }
        bits.bit(true)  // Slices say that they are not filtered.
        bits.bits(0, 2)
        bits.endPayload()
        return Self.unit(kind: 8, importance: 3, bits.bytes)
    }

    /// A frame that needs no other; `blocks` row by row.
    func keyFrame(_ blocks: [Block], number: Int) -> [UInt8] {
        var bits = BitWriter()
        bits.unsigned(0)
        bits.unsigned(7)
        bits.unsigned(0)
        bits.bits(0, Self.frameNumberBits)
        bits.unsigned(number & 1)  // Tells neighbouring key frames apart.
        bits.bits(0, 2)
        bits.signed(0)
        bits.unsigned(1)
        for block in blocks {
            bits.unsigned(25)
            plain(block, &bits)
        }
        bits.endPayload()
        return Self.unit(kind: 5, importance: 3, bits.bytes)
    }

    /// A frame that repeats the one before, except for these macroblocks.
    func frame(_ changed: [Int: Block], sinceKey: Int) -> [UInt8] {
        var bits = BitWriter()
        bits.unsigned(0)
        bits.unsigned(5)
        bits.unsigned(0)
        bits.bits(UInt32(sinceKey % (1 << Self.frameNumberBits)), Self.frameNumberBits)
        bits.bits(0, 3)
        bits.signed(0)
        bits.unsigned(1)
        var next = 0
        for (index, block) in changed.sorted(by: { $0.key < $1.key }) {
            bits.unsigned(index - next)  // mb_skip_run
            bits.unsigned(30)  // I_PCM within a P slice: 5 + 25
            plain(block, &bits)
            next = index + 1
        }
        if next < columns * rows { bits.unsigned(columns * rows - next) }
        bits.endPayload()
        return Self.unit(kind: 1, importance: 2, bits.bytes)
    }

    private func plain(_ block: Block, _ bits: inout BitWriter) {
        bits.alignWithZeros()
        bits.aligned(block.luma, count: 256)
        bits.aligned(block.blue, count: 64)
        bits.aligned(block.red, count: 64)
    }

    /// NAL unit (§7.3.1), with the bytes that keep start codes out of it (§7.4.1.1).
    private static func unit(kind: UInt8, importance: UInt8, _ payload: [UInt8]) -> [UInt8] {
        var bytes = [importance << 5 | kind]
        bytes.reserveCapacity(payload.count + 16)
        var zeros = 0
        for byte in payload {
            if zeros == 2, byte <= 3 {
                bytes.append(3)
                zeros = 0
            }
            bytes.append(byte)
            zeros = byte == 0 ? zeros + 1 : 0
        }
        return bytes
    }
}
