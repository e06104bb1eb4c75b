import Foundation
import Testing

@testable import KlingCore

/// A delivery that was asked for goes on until the file is there or the link is dead (GATEWAY §4).
final class TaskDeliveryTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    private let trouble = Failure(.unreachable, retry: .now)

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func submit(_ world: TaskWorld, linkLives lifetime: Duration = .seconds(86_400)) async throws
        -> TaskID
    {
        let link = VideoTask.Video(
            url: "https://files.test/1.mp4", expiresAt: world.clock.wallTime().advanced(by: lifetime))
        world.gateway.reads(
            "task_1", .success(TaskReading(status: .completed, progress: 100, videos: [link])))
        let intent = Submission(request: TaskWorld.request(), delivery: .directory(folder))
        return try await world.service.submit(intent).report.task.id
    }

    private func task(_ id: TaskID, _ world: TaskWorld) async throws -> VideoTask {
        try await world.service.status(id.text).task
    }

    @Test func `it goes on through trouble, which is told once`() async throws {
        let world = TaskWorld()
        world.gateway.fails(trouble, fetches: 40)
        let id = try await submit(world)
        #expect(await world.reaches(id, .completed))
        await world.clock.advance(by: .seconds(30))
        let waiting = try await task(id, world)
        #expect(waiting.degraded && waiting.error?.kind == .unreachable && !waiting.isSettled)
        #expect(try await world.service.wait([id.text], until: .terminal, timeout: .zero).done == false)
        await world.clock.advance(by: .seconds(600))
        let delivered = try await task(id, world)
        #expect(delivered.videos[0].path == "\(folder)/\(id.text).mp4")
        #expect(!delivered.degraded && delivered.error == nil && delivered.isSettled)
        #expect(world.gateway.fetchCount == 41)
        let troubled = world.journal.events.filter { $0.task.state == .completed && $0.task.degraded }
        #expect(troubled.count == 1)
    }

    @Test func `the next process goes on with it`() async throws {
        let world = TaskWorld()
        world.gateway.fails(trouble, fetches: .max >> 40)
        let id = try await submit(world)
        #expect(await world.reaches(id, .completed))
        await world.clock.advance(by: .seconds(60))
        #expect(try await task(id, world).degraded)
        let next = world.restarted()
        next.gateway.fails(trouble, fetches: 0)
        next.service.resume()
        await next.clock.advance(by: .seconds(5))
        #expect(try await task(id, next).videos[0].path != nil)
    }

    @Test func `it ends with its link`() async throws {
        let world = TaskWorld()
        world.gateway.fails(trouble, fetches: .max >> 40)
        let id = try await submit(world, linkLives: .seconds(900))
        #expect(await world.reaches(id, .completed))
        await world.clock.advance(by: .seconds(600))
        #expect(try await task(id, world).degraded)
        await world.clock.advance(by: .seconds(600))
        let ended = try await task(id, world)
        #expect(!ended.degraded && ended.error?.kind == .resultExpired && ended.isSettled)
        let count = world.gateway.fetchCount
        await world.clock.advance(by: .seconds(600))
        #expect(world.gateway.fetchCount == count)
    }

    @Test func `a fetch of the user's own is the end of it too`() async throws {
        let world = TaskWorld()
        world.gateway.fails(trouble, fetches: 4)
        let id = try await submit(world)
        #expect(await world.reaches(id, .completed))
        #expect(await world.clock.advance { (try? await self.task(id, world).degraded) ?? false })
        _ = try await world.service.download(id.text)
        let count = world.gateway.fetchCount
        #expect(try await task(id, world).isSettled)
        await world.clock.advance(by: .seconds(600))
        #expect(world.gateway.fetchCount == count)
    }
}
