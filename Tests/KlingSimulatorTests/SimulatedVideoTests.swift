import Foundation
import Testing

@testable import KlingSimulator

struct SimulatedVideoTests {
    static let durations = Array(3...15)

    @Test(arguments: SimulatedVideo.Shape.allCases, durations)
    func `a film has the boxes a player needs, in the order to start at once, and stays small`(
        shape: SimulatedVideo.Shape, seconds: Int
    ) throws {
        let file = SimulatedVideo(shape: shape, seconds: seconds, seed: 7).file()
        #expect(file.count <= 300_000)
        #expect(boxes(file[...]).map(\.kind) == ["ftyp", "moov", "mdat"])
        let header = try #require(find(["moov", "mvhd"], in: file[...]))
        #expect(be32(header, 16) == seconds * be32(header, 12), "duration over time scale")
        let entry = try #require(find(["moov", "trak", "mdia", "minf", "stbl", "stsd"], in: file[...]))
        #expect(be16(entry, 8 + 8 + 24) == shape.size.width)
        #expect(be16(entry, 8 + 8 + 26) == shape.size.height)
    }

    @Test(arguments: SimulatedVideo.Shape.allCases)
    func `the sizes and the position of the samples cover the data exactly`(shape: SimulatedVideo.Shape)
        throws
    {
        let file = SimulatedVideo(shape: shape, seconds: 5, seed: 1).file()
        let sizes = try #require(find(["moov", "trak", "mdia", "minf", "stbl", "stsz"], in: file[...]))
        let offsets = try #require(find(["moov", "trak", "mdia", "minf", "stbl", "stco"], in: file[...]))
        let count = be32(sizes, 8)
        #expect(count == 5 * SimulatedVideo.framesPerSecond)
        let total = (0..<count).reduce(0) { $0 + be32(sizes, 12 + 4 * $1) }
        #expect(be32(offsets, 8) + total == file.count)
        // Each sample is one NAL unit behind its length.
        var position = be32(offsets, 8)
        for index in 0..<count {
            let size = be32(sizes, 12 + 4 * index)
            #expect(be32(file[position...], 0) == size - 4)
            position += size
        }
    }

    @Test func `no start code stands inside a unit`() {
        let stream = AVCStream(width: 160, height: 90)
        let black = Array(repeating: AVCStream.Block(luma: 0, blue: 0, red: 0), count: 60)
        for unit in [stream.keyFrame(black, number: 0), stream.frame([3: black[0]], sinceKey: 0)] {
            let window = zip(zip(unit, unit.dropFirst()), unit.dropFirst(2))
            #expect(!window.contains { $0.0 == 0 && $0.1 == 0 && $1 < 3 })
        }
    }

    @Test func `equal seeds give equal films and others other colours`() {
        func film(_ seed: UInt32) -> [UInt8] { SimulatedVideo(shape: .tall, seconds: 3, seed: seed).file() }
        #expect(film(4) == film(4))
        #expect(film(4) != film(5))
    }

    /// For decode.py: one file per shape and duration.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SIMULATED_VIDEO_DIRECTORY"] != nil))
    func `writes every film for a real decoder`() throws {
        let directory = try #require(ProcessInfo.processInfo.environment["SIMULATED_VIDEO_DIRECTORY"])
        for shape in SimulatedVideo.Shape.allCases {
            for seconds in Self.durations {
                let file = SimulatedVideo(shape: shape, seconds: seconds, seed: UInt32(seconds)).file()
                let name = "\(shape.size.width)x\(shape.size.height)-\(seconds).mp4"
                try Data(file).write(to: URL(fileURLWithPath: directory).appendingPathComponent(name))
            }
        }
    }

    // MARK: Reading boxes

    private func boxes(_ bytes: ArraySlice<UInt8>) -> [(kind: String, content: ArraySlice<UInt8>)] {
        var found: [(kind: String, content: ArraySlice<UInt8>)] = []
        var rest = bytes
        while rest.count >= 8 {
            let size = be32(rest, 0)
            guard size >= 8, size <= rest.count else { return found + [("broken", [])] }
            let start = rest.startIndex
            let kind = String(decoding: rest[start + 4..<start + 8], as: UTF8.self)
            found.append((kind, rest[start + 8..<start + size]))
            rest = rest[(start + size)...]
        }
        return found
    }

    private func find(_ path: [String], in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let first = path.first else { return bytes }
        guard let box = boxes(bytes).first(where: { $0.kind == first }) else { return nil }
        return find(Array(path.dropFirst()), in: box.content)
    }

    private func be16(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> Int {
        let start = bytes.startIndex + offset
        return Int(bytes[start]) << 8 | Int(bytes[start + 1])
    }

    private func be32(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> Int {
        be16(bytes, offset) << 16 | be16(bytes, offset + 2)
    }
}
