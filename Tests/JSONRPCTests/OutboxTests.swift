import JSON
import Synchronization
import Testing

@testable import JSONRPC

@Suite("Outbox: the one writer", .timeLimit(.minutes(5)))
struct OutboxTests {
    /// More than any pipe holds.
    static let filler = [UInt8](repeating: UInt8(ascii: "f"), count: 300_000)

    /// An outbox over a pipe, and what ended it.
    struct Rig: Sendable {
        let pipe: TestPipe
        let outbox: Outbox
        let ends: AsyncStream<Outbox.End>

        init(nonBlocking: Bool, framing: Framer.Framing = .lines, bytes: Int? = nil, stuckSeconds: Int? = nil)
        {
            pipe = TestPipe(nonBlocking: nonBlocking)
            var limits = Outbox.Limits()
            if let bytes { limits.bytes = bytes }
            if let stuckSeconds { limits.stuckSeconds = stuckSeconds }
            let (ends, ended) = AsyncStream.makeStream(of: Outbox.End.self)
            self.ends = ends
            outbox = Outbox(descriptor: pipe.writing, framing: framing, limits: limits) { ended.yield($0) }
        }

        var end: Outbox.End? {
            get async {
                for await end in ends { return end }
                return nil
            }
        }

        /// Lines that have come by the time one says `last`.
        func lines(upTo last: String, atMost chunk: Int = 1 << 16) async -> [String] {
            let bytes = await onThread { [pipe] in
                pipe.read(atMost: chunk) { $0.suffix(last.utf8.count + 2).elementsEqual("\n\(last)\n".utf8) }
            }
            return bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test("Frames come out in order, in either framing", arguments: [true, false])
    func order(_ nonBlocking: Bool) {
        for framing in [Framer.Framing.lines, .headers] {
            let rig = Rig(nonBlocking: nonBlocking, framing: framing)
            for number in 0..<100 { rig.outbox.send(Array("[\(number)]".utf8)) }
            rig.outbox.finish()
            let expected = (0..<100).map { framing == .lines ? "[\($0)]\n" : framed("[\($0)]") }.joined()
            let bytes = rig.pipe.read { $0.count >= expected.utf8.count }
            #expect(String(decoding: bytes, as: UTF8.self) == expected)
        }
    }

    @Test("What is gathered goes out with the flush, in one piece")
    func gathering() {
        let rig = Rig(nonBlocking: true)
        for number in 0..<3 {
            let isDue = Array("[\(number)]".utf8).withUnsafeBytes { rig.outbox.gather($0) }
            #expect(!isDue)
        }
        rig.outbox.flush()
        var reads = 0
        let bytes = rig.pipe.read { _ in
            defer { reads += 1 }
            return reads == 1
        }
        #expect(String(decoding: bytes, as: UTF8.self) == "[0]\n[1]\n[2]\n")
    }

    @Test("A slow reader gets every byte, however few it takes at a time", arguments: [true, false])
    func partialWrites(_ nonBlocking: Bool) async {
        let rig = Rig(nonBlocking: nonBlocking)
        let frames = (0..<40).map { String(repeating: "\($0 % 10)", count: 20_000 + $0) }
        for frame in frames { rig.outbox.send(Array(frame.utf8)) }
        rig.outbox.send(Array("last".utf8))
        #expect(await rig.lines(upTo: "last", atMost: 777) == frames + ["last"])
        await onThread { rig.outbox.finish() }
    }

    @Test(
        "While a client is behind, progress is kept only in its newest form, and every reply",
        arguments: [true, false])
    func coalescing(_ nonBlocking: Bool) async {
        let rig = Rig(nonBlocking: nonBlocking)
        rig.outbox.send(Self.filler)
        for number in 1...1000 {
            rig.outbox.send(Array("a\(number)".utf8), replacing: Outbox.Key("progress", "a"))
            rig.outbox.send(Array("b\(number)".utf8), replacing: Outbox.Key("progress", "b"))
            rig.outbox.send(Array("c\(number)".utf8), replacing: Outbox.Key("diagnostics", "b"))
            if number % 10 == 0 { rig.outbox.send(Array("r\(number)".utf8)) }
        }
        rig.outbox.send(Array("last".utf8))
        let lines = await rig.lines(upTo: "last").dropFirst()
        #expect(lines.filter { $0.hasPrefix("r") } == (1...100).map { "r\($0 * 10)" })
        #expect(lines.filter { $0.hasPrefix("a") }.last == "a1000")
        #expect(lines.filter { $0.hasPrefix("b") }.last == "b1000")
        #expect(lines.filter { $0.hasPrefix("c") }.last == "c1000")
        // One of each kind may have been on its way already.
        #expect(lines.count <= 100 + 2 * 3 + 1)
    }

    @Test("When the client reads again, progress is no longer replaced")
    func recovery() async {
        let rig = Rig(nonBlocking: true)
        for round in 0..<5 {
            rig.outbox.send(Self.filler)
            for number in 0..<100 {
                rig.outbox.send(Array("p\(number)".utf8), replacing: Outbox.Key("progress", "a"))
            }
            rig.outbox.send(Array("end \(round)".utf8))
            let lines = await rig.lines(upTo: "end \(round)")
            #expect(lines.contains("p99"))
            await onThread { rig.outbox.finish() }
            for number in 0..<10 {
                rig.outbox.send(Array("q\(number)".utf8), replacing: Outbox.Key("progress", "a"))
            }
            rig.outbox.send(Array("round \(round)".utf8))
            #expect(await rig.lines(upTo: "round \(round)").dropLast() == (0..<10).map { "q\($0)" })
        }
    }

    @Test(
        "A client that takes nothing for the time of the deadline ends the process", arguments: [true, false])
    func stuck(_ nonBlocking: Bool) async {
        let rig = Rig(nonBlocking: nonBlocking, stuckSeconds: 1)
        rig.outbox.send(Self.filler)
        #expect(await rig.end == .stuck(seconds: 1))
        rig.outbox.send(Self.filler)
        rig.outbox.finish()
    }

    @Test("More than the limit of what may not be dropped ends the process")
    func overflow() async {
        let rig = Rig(nonBlocking: true, bytes: 1 << 20)
        for _ in 0..<8 { rig.outbox.send(Self.filler) }
        guard case .overflow(let bytes) = await rig.end else {
            Issue.record("no overflow")
            return
        }
        #expect((1 << 20)...(2 << 20) ~= bytes)
    }

    @Test("Progress that is replaced never adds up to the limit")
    func replacedIsNotCounted() async {
        let rig = Rig(nonBlocking: true, bytes: 1 << 20)
        rig.outbox.send(Self.filler)
        for _ in 0..<100 { rig.outbox.send(Self.filler, replacing: Outbox.Key("progress", "a")) }
        rig.outbox.send(Array("last".utf8))
        #expect(await rig.lines(upTo: "last").count <= 4)
    }

    @Test("One answer of any size reaches a client that reads")
    func largeFrame() async {
        let rig = Rig(nonBlocking: true, bytes: 1 << 20)
        let large = [UInt8](repeating: UInt8(ascii: "x"), count: 5 << 20)
        async let lines = rig.lines(upTo: "last")
        await onThread {
            rig.outbox.send(large)
            rig.outbox.finish()
            rig.outbox.send(Array("last".utf8))
        }
        #expect(await lines.map(\.utf8.count) == [large.count, 4])
    }

    @Test("A reader that is gone is noticed with the next frame", arguments: [true, false])
    func readerGone(_ nonBlocking: Bool) async {
        let rig = Rig(nonBlocking: nonBlocking)
        rig.pipe.closeReading()
        rig.outbox.send(Array("[1]".utf8))
        #expect(await rig.end == .readerGone)
        rig.outbox.send(Array("[2]".utf8))
        rig.outbox.finish()
    }

    @Test("A reader that goes while frames wait is noticed without a further one", arguments: [true, false])
    func readerGoesLater(_ nonBlocking: Bool) async {
        let rig = Rig(nonBlocking: nonBlocking)
        rig.outbox.send(Self.filler)
        rig.pipe.closeReading()
        #expect(await rig.end == .readerGone)
    }

    @Test("A producer that is far ahead waits for the client to catch up")
    func room() async {
        let rig = Rig(nonBlocking: true)
        for _ in 0..<20 { rig.outbox.send(Self.filler) }
        let hasWaited = Mutex(false)
        async let waiting: Void = onThread {
            rig.outbox.waitForRoom()
            hasWaited.withLock { $0 = true }
        }
        #expect(!hasWaited.withLock { $0 })
        rig.outbox.send(Array("last".utf8))
        #expect(await rig.lines(upTo: "last").count == 21)
        await waiting
        #expect(hasWaited.withLock { $0 })
    }

    @Test("Frames from many threads never mix")
    func manyThreads() async {
        let rig = Rig(nonBlocking: true)
        async let lines = rig.lines(upTo: "last")
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<8 {
                group.addTask {
                    for number in 0..<200 {
                        rig.outbox.send(
                            Array("\(thread) \(number) ".utf8) + Self.filler.prefix(1 + number * 13))
                    }
                }
            }
        }
        rig.outbox.send(Array("last".utf8))
        let all = await lines
        #expect(all.count == 1601)
        for thread in 0..<8 {
            let mine = all.filter { $0.hasPrefix("\(thread) ") }
            #expect(mine.map { $0.split(separator: " ")[1] } == (0..<200).map { "\($0)" })
        }
    }

    @Test("A million updates for a client that never reads take no memory to speak of")
    func bounded() {
        let rig = Rig(nonBlocking: true)
        rig.outbox.send(Self.filler)
        let update = [UInt8](repeating: UInt8(ascii: "u"), count: 400)
        let before = peakMemory()
        for number in 0..<1_000_000 {
            rig.outbox.send(update, replacing: Outbox.Key("progress", number % 3 == 0 ? "a" : "b"))
        }
        #expect(peakMemory() - before < 64 << 20)
    }
}
