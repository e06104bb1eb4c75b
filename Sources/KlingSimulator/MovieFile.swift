/// An MP4 file with one track of video (ISO/IEC 14496-12, -15). What a player needs to begin comes first.
struct MovieFile: Sendable {
    struct Sample: Sendable {
        /// One NAL unit.
        var bytes: [UInt8]
        /// Playing can begin here.
        var isKey: Bool
    }

    var width: Int
    var height: Int
    var framesPerSecond: Int
    var sequence: [UInt8]
    var picture: [UInt8]
    var samples: [Sample]

    func bytes() -> [UInt8] {
        let fileType = box("ftyp", text("isom"), be32(0x200), text("isomiso2avc1mp41"))
        // The position of the samples is as long as any other number, so the first try gives the length of
        // the rest.
        let start = fileType.count + movie(samplesAt: 0).count + 8
        var file = fileType + movie(samplesAt: start)
        let data = samples.reduce(0) { $0 + $1.bytes.count + 4 }
        file.reserveCapacity(file.count + 8 + data)
        file += be32(8 + data) + text("mdat")
        for sample in samples {
            file += be32(sample.bytes.count)
            file += sample.bytes
        }
        return file
    }

    private func movie(samplesAt start: Int) -> [UInt8] {
        let header = full(
            "mvhd", be32(0), be32(0), be32(framesPerSecond), be32(samples.count), be32(0x1_0000), be16(0x100),
            zeros(10), matrix, zeros(24), be32(2))
        return box("moov", header, box("trak", trackHeader, media(samplesAt: start)))
    }

    private var trackHeader: [UInt8] {
        full(
            "tkhd", flags: 3, be32(0), be32(0), be32(1), be32(0), be32(samples.count), zeros(16), matrix,
            be32(width << 16), be32(height << 16))
    }

    private func media(samplesAt start: Int) -> [UInt8] {
        box(
            "mdia",
            full("mdhd", be32(0), be32(0), be32(framesPerSecond), be32(samples.count), be16(0x55C4), be16(0)),
            full("hdlr", be32(0), text("vide"), zeros(12), text("Video\0")),
            box(
                "minf", full("vmhd", flags: 1, zeros(8)),
                box("dinf", full("dref", be32(1), full("url ", flags: 1))), table(samplesAt: start)))
    }

    private func table(samplesAt start: Int) -> [UInt8] {
        let keys = samples.indices.filter { samples[$0].isKey }
        return box(
            "stbl", full("stsd", be32(1), description),
            full("stts", be32(1), be32(samples.count), be32(1)),
            full("stss", be32(keys.count), keys.flatMap { be32($0 + 1) }),
            full("stsc", be32(1), be32(1), be32(samples.count), be32(1)),
            full("stsz", be32(0), be32(samples.count), samples.flatMap { be32($0.bytes.count + 4) }),
            full("stco", be32(1), be32(start)))
    }

    /// The coding, and its parameter sets (ISO/IEC 14496-15 §5.3.3).
    private var description: [UInt8] {
        let configuration: [[UInt8]] = [
            [1, sequence[1], sequence[2], sequence[3], 0xFF, 0xE1], be16(sequence.count), sequence,
            [1], be16(picture.count), picture
        ]
        return box(
            "avc1", zeros(6), be16(1), zeros(16), be16(width), be16(height), be32(0x48_0000), be32(0x48_0000),
            be32(0), be16(1), zeros(32), be16(24), [0xFF, 0xFF], box("avcC", configuration.flatMap { $0 }))
    }

    private var matrix: [UInt8] {
        [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000].flatMap(be32)
    }

    // MARK: Boxes

    private func box(_ kind: String, _ contents: [UInt8]...) -> [UInt8] { box(kind, contents) }

    private func box(_ kind: String, _ contents: [[UInt8]]) -> [UInt8] {
        be32(8 + contents.reduce(0) { $0 + $1.count }) + text(kind) + contents.flatMap { $0 }
    }

    /// A box with a version, always 0, and flags.
    private func full(_ kind: String, flags: Int = 0, _ contents: [UInt8]...) -> [UInt8] {
        box(kind, [be32(flags)] + contents)
    }

    private func text(_ text: String) -> [UInt8] { Array(text.utf8) }
    private func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }
    private func be16(_ value: Int) -> [UInt8] { [8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
    private func be32(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
