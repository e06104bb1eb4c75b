import JSON
import KlingCore
import Synchronization
import Testing

@testable import KlingSimulator

/// What the faults of answers, files and fates look like, and when they strike.
struct SimulatorFaultTests {
    private let clock = LeapingClock()

    private func gateway(_ faults: String) throws -> SimulatorGateway {
        SimulatorGateway(
            spec: try SimulatorSpec(parsing: faults.isEmpty ? "" : "fault=\(faults)"), clock: clock)
    }

    private func made(by gateway: SimulatorGateway) async throws -> String {
        let outcome = await gateway.create(VideoRequest(body: ["model": "kling-v3", "prompt": "a"]), key: "k")
        guard case .accepted(let id, _) = outcome else { throw Failure(.badGateway) }
        return id
    }

    @Test(arguments: [
        ("429", Duration?.none), ("429:seconds=7", .seconds(7)), ("503-retry-after", .seconds(5))
    ])
    func `a refusal for now says for how long, if at all`(fault: String, after: Duration?) async throws {
        let outcome = await (try gateway(fault)).create(VideoRequest(body: [:]), key: "k")
        guard case .notTaken(_, let wish) = outcome else { throw Failure(.badGateway) }
        #expect(wish == after)
    }

    @Test func `a fault with a count strikes so often, and one that colours strikes beside another`()
        async throws
    {
        let gateway = try gateway("delay:seconds=40:x3,fault=500:x2:on=create")
        var outcomes: [String] = []
        for _ in 0..<4 {
            let before = clock.elapsed()
            let isTaken = (try? await made(by: gateway)) != nil
            outcomes.append(isTaken ? "taken" : "lost")
            let took = clock.elapsed() - before
            #expect(took == .seconds((outcomes.count < 4 ? 40.8 : 0.8) / 20))
        }
        #expect(outcomes == ["lost", "lost", "taken", "taken"])
    }

    @Test(arguments: [
        ("failed", TaskReading.Status.failed), ("string-error", .failed), ("content-policy", .failed),
        ("cancelled", .cancelled), ("synonyms", .completed), ("string-url", .completed),
        ("no-url", .completed), ("stuck", .processing)
    ])
    func `a fate decides how the task ends`(fate: String, end: TaskReading.Status) async throws {
        let gateway = try gateway(fate)
        let id = try await made(by: gateway)
        clock.pass(.seconds(60))
        let reading = try await gateway.read(id).get()
        #expect(reading.status == end)
        #expect((reading.error?.message != nil) == (end == .failed))
        #expect(reading.videos.isEmpty == (end != .completed || fate == "no-url"))
    }

    @Test(arguments: [
        ("reset", false, 0), ("truncated-body", false, 0), ("not-a-video", true, 0), ("no-range", true, 0),
        ("changed-file", true, 0), ("no-length", true, 100), ("slow-body", true, 100), ("delay", true, 100)
    ])
    func `a fault of a file`(fault: String, comesWhole: Bool, offset: Int64) async throws {
        let plain = try gateway("")
        let id = try await made(by: plain)
        clock.pass(.seconds(60))
        let url = try #require(try await plain.read(id).get().videos.first?.url)
        let film = Heads()
        _ = await plain.fetch(url, resume: nil) { film.take($0) }
        let resumption = FetchResumption(offset: 100, validator: film.validator ?? "")
        let heads = Heads()
        let resume = fault == "reset" || fault == "truncated-body" ? nil : resumption
        let result = await (try gateway("\(fault):on=file")).fetch(url, resume: resume) { heads.take($0) }
        #expect((try? result.get()) != nil || !comesWhole)
        #expect(heads.offset == offset)
        if !comesWhole { #expect(heads.bytes == film.bytes / 2) }
        #expect((heads.total == nil) == (fault == "no-length"))
        #expect((heads.contentType == "text/html") == (fault == "not-a-video"))
        #expect((heads.validator != film.validator) == (fault == "changed-file"))
    }

    @Test func `two runs of the same seed draw the same, faults that colour included`() async throws {
        func run(_ seed: Int) async throws -> [String] {
            let clock = LeapingClock()
            let spec =
                "seed=\(seed),fault=slow-body:0.3,fault=429:0.3,fault=truncated-body:0.3,fault=delay:0.3"
            let gateway = SimulatorGateway(spec: try SimulatorSpec(parsing: spec), clock: clock)
            var told: [String] = []
            for _ in 0..<40 {
                let outcome = await gateway.create(VideoRequest(body: ["model": "kling-v3"]), key: "k")
                told.append("\(outcome) at \(clock.elapsed())")
            }
            return told
        }
        let first = try await run(3)
        #expect(try await run(3) == first)
        #expect(try await run(4) != first)
    }
}

/// What a download was told first, and how much came.
private final class Heads: Sendable {
    private struct Head {
        var offset: Int64 = 0
        var total: Int64?
        var contentType: String?
        var validator: String?
        var bytes = 0
    }

    private let head = Mutex(Head())
    var offset: Int64 { head.withLock(\.offset) }
    var total: Int64? { head.withLock(\.total) }
    var contentType: String? { head.withLock(\.contentType) }
    var validator: String? { head.withLock(\.validator) }
    var bytes: Int { head.withLock(\.bytes) }

    func take(_ piece: FetchPiece) -> Bool {
        head.withLock { head in
            switch piece {
            case .head(let offset, let total, let type, let validator):
                head = Head(offset: offset, total: total, contentType: type, validator: validator)
            case .bytes(let bytes): head.bytes += bytes.count
            }
        }
        return true
    }
}
