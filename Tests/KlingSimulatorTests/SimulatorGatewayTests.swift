import JSON
import KlingCore
import Synchronization
import Testing

@testable import KlingSimulator

/// A clock on which sleeping is what makes time pass.
final class LeapingClock: ServiceClock {
    private let now = Mutex(Duration.zero)
    func wallTime() -> Timestamp { Timestamp(milliseconds: 1_795_000_000_000).advanced(by: elapsed()) }
    func elapsed() -> Duration { now.withLock { $0 } }
    func sleep(until deadline: Duration) async throws(CancellationError) {
        now.withLock { $0 = max($0, deadline) }
    }
    func pass(_ duration: Duration) { now.withLock { $0 += duration } }
}

struct SimulatorGatewayTests {
    private let clock = LeapingClock()

    private func request(_ members: JSONObject = [:]) -> VideoRequest {
        var body: JSONObject = ["model": "kling-v3", "prompt": "a cat"]
        for member in members { body[member.name] = member.value }
        return VideoRequest(body: body)
    }

    private func create(_ gateway: SimulatorGateway, _ request: VideoRequest) async throws -> String {
        guard case .accepted(let id, _) = await gateway.create(request, key: "k") else {
            throw Failure(.badGateway)
        }
        return id
    }

    @Test func `an id carries the whole task, and no other text is taken for one`() {
        var task = SimulatedTask(
            start: Timestamp(milliseconds: 1_795_000_000_123), milliseconds: 4_000_000_000,
            linkMilliseconds: 7, seed: .max,
            seconds: 15, shape: .square, fates: 0, estimate: 400)
        task.add(.expiredLink)
        #expect(SimulatedTask(id: task.id) == task)
        #expect(task.has(.expiredLink) && !task.has(.stuck))
        for index in task.id.utf8.indices.dropFirst(9) {
            var bytes = Array(task.id.utf8)
            let position = task.id.utf8.distance(from: task.id.startIndex, to: index)
            bytes[position] = bytes[position] == 0x30 ? 0x31 : 0x30
            #expect(SimulatedTask(id: String(decoding: bytes, as: UTF8.self)) == nil)
        }
        for text in ["", "task_sim_", "task_01", String(repeating: "é", count: 30), task.id + "0"] {
            #expect(SimulatedTask(id: text) == nil)
        }
    }

    @Test func `another process answers for the task, where it would be by now`() async throws {
        let id = try await create(SimulatorGateway(clock: clock), request())
        clock.pass(.seconds(3))
        let other = SimulatorGateway(spec: SimulatorSpec(speed: 1, seed: 99), clock: clock)
        let reading = try await other.read(id).get()
        #expect(reading.status == .processing && (reading.progress ?? 0) > 0)
        clock.pass(.seconds(10))
        #expect(try await other.read(id).get().status == .completed)
    }

    @Test func `an unknown task is not found`() async {
        let result = await SimulatorGateway(clock: clock).read("task_01ABC")
        guard case .failure(let failure) = result else { return #expect(Bool(false)) }
        #expect(failure.kind == .taskNotFound)
    }

    @Test(arguments: [
        (Name.resetAtConnect, "notTaken", 0), (.resetBeforeAccept, "unknown", 0),
        (.resetAfterAccept, "unknown", 1),
        (.timeoutBeforeAccept, "unknown", 0), (.timeoutAfterAccept, "unknown", 1),
        (.badRequest, "refused", 0),
        (.unauthorized, "refused", 0), (.outOfFunds, "refused", 0), (.forbidden, "refused", 0),
        (.tooManyRequests, "notTaken", 0), (.tooManyTasks, "notTaken", 0), (.serverError, "unknown", 0),
        (.badGateway, "unknown", 0), (.unavailable, "unknown", 0), (.unavailableForNow, "notTaken", 0),
        (.gatewayTimeout, "unknown", 0), (.garbage, "unknown", 1), (.html, "unknown", 0),
        (.errorInside, "unknown", 0), (.timeout, "unknown", 0), (.requestTimeout, "unknown", 0),
        (.tooLarge, "refused", 0), (.buildFailed, "refused", 0), (.truncated, "unknown", 1),
        (.redirect, "refused", 0), (.slowBody, "accepted", 1), (.delay, "accepted", 1),
        (.accepted202, "accepted", 1), (.objectData, "accepted", 1)
    ])
    func `a fault of a create says what is known`(fault: Name, outcome: String, taken: Int) async {
        let gateway = SimulatorGateway(spec: SimulatorSpec(faults: [.init(fault, at: .create)]), clock: clock)
        let known =
            switch await gateway.create(request(), key: "k") {
            case .accepted: "accepted"
            case .refused: "refused"
            case .notTaken: "notTaken"
            case .unknown: "unknown"
            }
        #expect(known == outcome)
        #expect(gateway.accepted == taken)
    }

    typealias Name = SimulatorSpec.Name

    @Test(arguments: Name.allCases)
    func `what it says is in the language it is asked for`(fault: Name) async {
        for language in Locale.allCases {
            let spec = SimulatorSpec(faults: [.init(fault)])
            let gateway = SimulatorGateway(spec: spec, language: language, clock: clock)
            var said: String?
            switch await gateway.create(request(), key: "k") {
            case .accepted(let id, _):
                clock.pass(.seconds(1000))
                switch await gateway.read(id) {
                case .success(let reading): said = reading.error?.message
                case .failure(let failure): said = failure.message
                }
            case .refused(let failure), .notTaken(let failure, _), .unknown(let failure):
                said = failure.message
            }
            let isChinese = said?.unicodeScalars.contains(where: \.properties.isIdeographic) ?? false
            #expect(!isChinese || language == .zh)
            if fault == .badRequest || fault == .failed { #expect(isChinese == (language == .zh)) }
        }
    }

    @Test(arguments: Name.allCases.filter { $0.places.contains(.read) && !$0.isModifier })
    func `a fault of a read is a failure of the read`(fault: Name) async throws {
        let id = try await create(SimulatorGateway(clock: clock), request())
        let gateway = SimulatorGateway(spec: SimulatorSpec(faults: [.init(fault, at: .read)]), clock: clock)
        if case .success = await gateway.read(id) { #expect(Bool(false), "the fault did not strike") }
    }

    @Test func `a link gives the film of its task, from any byte, until it dies`() async throws {
        let gateway = SimulatorGateway(clock: clock)
        let id = try await create(gateway, request(["aspect_ratio": "9:16", "duration": 3]))
        clock.pass(.seconds(20))
        let video = try #require(try await gateway.read(id).get().videos.first)
        let film = SimulatedVideo(shape: .tall, seconds: 3, seed: try #require(SimulatedTask(id: id)).seed)
            .file()
        let tail = Received()
        let result = await gateway.fetch(
            video.url,
            resume: FetchResumption(offset: 100, validator: "\"\(SimulatedTask(id: id)?.seed ?? 0)\"")
        ) { tail.take($0) }
        #expect(try result.get().bytes == Int64(film.count - 100))
        #expect(tail.bytes == Array(film[100...]))
        let again = Received()
        _ = await gateway.fetch(video.url, resume: FetchResumption(offset: 100, validator: "\"other\"")) {
            again.take($0)
        }
        #expect(again.bytes == film)
        clock.pass(.seconds(86_400 / 20))
        guard case .failure(let failure) = await gateway.fetch(video.url, resume: nil, receive: { _ in true })
        else {
            return #expect(Bool(false))
        }
        #expect(failure.kind == .resultExpired)
        let fresh = try #require(try await gateway.read(id).get().videos.first)
        #expect(fresh.url != video.url)
        #expect(
            try await gateway.fetch(fresh.url, resume: nil, receive: { _ in true }).get().bytes
                == Int64(film.count))
    }

    @Test func `equal seeds give equal runs`() async throws {
        func run() async -> [String] {
            let clock = LeapingClock()
            let gateway = SimulatorGateway(
                spec: SimulatorSpec(seed: 12, faults: [.init(.tooManyRequests, probability: 0.5)]),
                clock: clock)
            var outcomes: [String] = []
            for _ in 0..<30 { outcomes.append("\(await gateway.create(request(), key: "k"))") }
            return outcomes
        }
        let first = await run()
        #expect(await run() == first)
        #expect((5...25).contains(first.count { $0.contains("accepted") }))
    }
}

private final class Received: Sendable {
    private let content = Mutex<[UInt8]>([])
    var bytes: [UInt8] { content.withLock { $0 } }
    func take(_ piece: FetchPiece) -> Bool {
        if case .bytes(let bytes) = piece { content.withLock { $0 += bytes } }
        return true
    }
}
