import Foundation
import Synchronization
import Testing

@testable import KlingCore

/// How a delivery that does not work ends, what it leaves, and what is said of it (GATEWAY §4).
final class GatewayDeliveryEndTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    private let task: VideoTask
    private static let dead = ScriptedGateway.Step.fails(Failure(.resultExpired, httpStatus: 410))
    private static let fresh = TaskReading(status: .completed, videos: [.init(url: "https://fresh")])

    init() {
        let time = Timestamp(milliseconds: 1_795_200_000_000)
        var task = VideoTask(
            id: TaskID(at: time, randomness: (1, 2)), request: TaskWorld.request(), createdAt: time)
        task.state = .completed
        task.taskId = "task_1"
        task.videos = [.init(url: "https://one")]
        self.task = task
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private var names: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
    }

    private func failure(_ gateway: ScriptedGateway, _ task: VideoTask? = nil) async -> Failure? {
        let result = await VideoDelivery(gateway: gateway, clock: InstantClock()).deliver(
            task ?? self.task, to: .path(folder + "/a.mp4"))
        return if case .failure(let failure) = result { failure } else { nil }
    }

    @Test func `to get as far as before is not to get further`() async throws {
        let turns = (0..<20).flatMap { _ in
            [ScriptedGateway.Step.restarts(until: 2000), .restarts(until: 4000)]
        }
        let gateway = ScriptedGateway(clip(), steps: turns)
        #expect(await failure(gateway)?.kind == .unreachable)
        #expect(gateway.asked.withLock(\.count) == 5)
        // Each of these gets further.
        let steps = (1...9).map { ScriptedGateway.Step.restarts(until: $0 * 1000) }
        #expect(await failure(ScriptedGateway(clip(), steps: steps)) == nil)
    }

    @Test func `the end of what was not announced is told with the number of its bytes`() async throws {
        let told = Mutex<[[Int64?]]>([])
        let gateway = ScriptedGateway(clip(), .unannounced(10_000))
        let delivery = VideoDelivery(gateway: gateway, clock: InstantClock())
        _ = try await delivery.deliver(task, to: .directory(folder)) { bytes, total in
            told.withLock { $0.append([bytes, total]) }
        }.get()
        #expect(told.withLock { $0.last } == [10_000, 10_000])
    }

    @Test func `another version of the file is begun with new patience`() async throws {
        let gateway = ScriptedGateway(
            clip(), .breaks(after: 9000), .changed(validator: "\"v2\"", total: 10_000), .breaks(after: 1000),
            .breaks(after: 1000), .breaks(after: 1000), .breaks(after: 1000), .breaks(after: 1000))
        #expect(await failure(gateway) == nil)
    }

    @Test func `of what nobody can ever finish nothing is left`() async throws {
        for steps in [
            [.breaks(after: 3000), Self.dead, Self.dead],
            [.breaks(after: 3000), Self.dead, .breaks(after: 0), Self.dead]
        ] {
            #expect(
                await failure(ScriptedGateway(clip(), fresh: Self.fresh, steps: steps))?.kind
                    == .resultExpired)
            #expect(names.isEmpty)
        }
        // The gateway has no such task.
        let unknown = ScriptedGateway(
            clip(), refusal: Failure(.taskNotFound, httpStatus: 404), steps: [.breaks(after: 3000), Self.dead]
        )
        #expect(await failure(unknown)?.kind == .resultExpired)
        #expect(names.isEmpty)
    }

    @Test func `a gateway that has no link or takes no key at the moment does not end it`() async throws {
        let steps = [ScriptedGateway.Step.breaks(after: 3000), Self.dead]
        for gateway in [
            ScriptedGateway(clip(), fresh: TaskReading(status: .completed), steps: steps),
            ScriptedGateway(clip(), fresh: TaskReading(status: .processing), steps: steps),
            ScriptedGateway(clip(), refusal: Failure(.authentication, httpStatus: 401), steps: steps)
        ] {
            let failure = try #require(await failure(gateway))
            #expect(failure.kind != .resultExpired && failure.mayPass)
            #expect(names == ["a.mp4.part", "a.mp4.part.json"])
        }
        #expect(await failure(ScriptedGateway(clip())) == nil)
    }

    @Test func `each link that brings something is worth another`() async throws {
        let steps = (0..<6).flatMap { _ in [ScriptedGateway.Step.breaks(after: 1500), Self.dead] }
        #expect(await failure(ScriptedGateway(clip(), fresh: Self.fresh, steps: steps)) == nil)
    }

    @Test func `what may be gone on with stays`() async throws {
        let part = ["a.mp4.part", "a.mp4.part.json"]
        // Whether there is another link is not known.
        #expect(
            await failure(ScriptedGateway(clip(), .breaks(after: 3000), Self.dead))?.kind == .unreachable)
        #expect(names == part)
        // Another gateway has the task, and may have another link.
        var elsewhere = task
        elsewhere.gateway = "https://other.test"
        #expect(
            await failure(
                ScriptedGateway(clip(), fresh: Self.fresh, .breaks(after: 3000), Self.dead), elsewhere)?.kind
                == .resultExpired)
        #expect(names == part)
        #expect(await failure(ScriptedGateway(clip())) == nil)
        #expect(names == ["a.mp4", "a.mp4.json"])
    }

    @Test(
        arguments: [
            ([], "the file is empty", "文件为空"),
            ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0], "no film that can be read", "不是可读取的视频")
        ] as [([UInt8], String, String)])
    func `what comes by the name of a film and is none is said to be what it is`(
        content: [UInt8], english: String, chinese: String
    ) async throws {
        for type in ["video/mp4", "Video/mp4; codecs=avc1"] {
            let failure = try #require(await failure(ScriptedGateway(content, contentType: type)))
            #expect(failure.kind == .badGateway && names.isEmpty)
            let said = TaskServiceError.delivery(failure, task)
            #expect(said.sentence(.en).contains(english) && said.sentence(.zh).contains(chinese))
            #expect(!said.sentence(.en).contains("but video/") && !said.sentence(.zh).contains("而是 video/"))
        }
    }
}
