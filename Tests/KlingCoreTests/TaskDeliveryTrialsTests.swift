import Foundation
import Testing

@testable import KlingCore

/// What a delivery does when a video cannot be had now (GATEWAY §4).
final class TaskDeliveryTrialsTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func submit(_ world: TaskWorld, videos: Int, linksLive lifetime: Duration = .seconds(86_400))
        async throws -> TaskID
    {
        let end = world.clock.wallTime().advanced(by: lifetime)
        let links = (1...videos).map { VideoTask.Video(url: "https://files.test/\($0).mp4", expiresAt: end) }
        world.gateway.reads("task_1", .success(TaskReading(status: .completed, progress: 100, videos: links)))
        let intent = Submission(request: TaskWorld.request(), delivery: .directory(folder))
        let id = try await world.service.submit(intent).report.task.id
        #expect(await world.reaches(id, .completed))
        return id
    }

    private func task(_ id: TaskID, _ world: TaskWorld) async throws -> VideoTask {
        try await world.service.status(id.text).task
    }

    private func files() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".mp4") }
    }

    @Test func `one video that cannot be had does not keep the others, and is had later`() async throws {
        let world = TaskWorld()
        world.gateway.fails("https://files.test/2.mp4", Failure(.unreachable, retry: .now))
        let id = try await submit(world, videos: 3)
        #expect(await world.clock.advance { (try? await self.task(id, world).degraded) ?? false })
        let waiting = try await task(id, world)
        #expect(waiting.videos.map { $0.path != nil } == [true, false, true])
        let fetched = world.gateway.fetched
        await world.clock.advance(by: .seconds(100))
        #expect(try await task(id, world).degraded)
        #expect(Set(world.gateway.fetched.dropFirst(fetched.count)) == ["https://files.test/2.mp4"])
        world.gateway.fails("https://files.test/2.mp4", nil)
        await world.clock.advance(by: .seconds(120))
        let delivered = try await task(id, world)
        #expect(delivered.isSettled && !delivered.degraded && delivered.error == nil)
        #expect(delivered.videos.allSatisfy { $0.path != nil } && files().count == 3)
    }

    @Test func `the last that is told of each file is that it is whole`() async throws {
        let world = TaskWorld()
        let log = TaskTestLog()
        let all = try await world.service.subscribe(.all) { log.add($0) }
        await world.service.start(all.id)
        let id = try await submit(world, videos: 3)
        await world.clock.advance(by: .seconds(5))
        #expect(try await task(id, world).isSettled)
        let last = Dictionary(log.downloads.map { ($0.path, $0) }) { $1 }
        #expect(last.count == 3 && last.values.allSatisfy { $0.bytes == $0.total })
    }

    @Test func `a dead link does not end the hope for another`() async throws {
        let world = TaskWorld()
        world.gateway.fails("https://files.test/1.mp4", Failure(.resultExpired, httpStatus: 404))
        world.gateway.fails("https://files.test/2.mp4", Failure(.unreachable, retry: .now))
        let id = try await submit(world, videos: 2)
        await world.clock.advance(by: .seconds(60))
        #expect(try await task(id, world).degraded)
        world.gateway.fails("https://files.test/2.mp4", nil)
        await world.clock.advance(by: .seconds(120))
        let ended = try await task(id, world)
        #expect(ended.isSettled && ended.error?.kind == .resultExpired && ended.videos[1].path != nil)
    }

    @Test func `a file of the task's own is no obstacle to a download of all`() async throws {
        let world = TaskWorld()
        let links = [1, 2].map { VideoTask.Video(url: "https://files.test/\($0).mp4") }
        world.gateway.reads("task_1", .success(TaskReading(status: .completed, progress: 100, videos: links)))
        world.gateway.fails("https://files.test/1.mp4", Failure(.resultExpired, httpStatus: 404))
        let id = try await world.submit().task.id
        #expect(await world.reaches(id, .completed))
        await #expect(throws: TaskServiceError.self) {
            try await world.service.download(id.text, to: .directory(self.folder))
        }
        #expect(files() == ["\(id.text)-2.mp4"])
        world.gateway.fails("https://files.test/1.mp4", nil)
        let fetched = world.gateway.fetched.count
        let all = try await world.service.download(id.text, to: .directory(folder))
        #expect(all.count == 2 && files().count == 2)
        #expect(Array(world.gateway.fetched.dropFirst(fetched)) == ["https://files.test/1.mp4"])
    }

    @Test(arguments: [
        Failure(.badGateway, reason: .init(.noVideo, "text/html")), Failure(.badGateway, httpStatus: 400),
        Failure(.badGateway, reason: .init(.tooManyRedirects)),
        Failure(.badGateway, reason: .init(.wrongPart))
    ])
    func `a bad answer of the file's server is asked again, ever more rarely, while the link lives`(
        failure: Failure
    ) async throws {
        let world = TaskWorld()
        world.gateway.fails("https://files.test/1.mp4", failure)
        let id = try await submit(world, videos: 1, linksLive: .seconds(600))
        await world.clock.advance(by: .seconds(10))
        let waiting = try await task(id, world)
        #expect(waiting.degraded && waiting.error?.kind == .badGateway)
        await world.clock.advance(by: .seconds(1500))
        let ended = try await task(id, world)
        #expect(ended.isSettled && !ended.degraded && ended.error != nil)
        #expect((6...16).contains(world.gateway.fetchCount), "\(world.gateway.fetchCount)")
    }

    @Test func `one bad answer is no end`() async throws {
        let world = TaskWorld()
        world.gateway.fails(Failure(.badGateway, reason: .init(.noVideo)), fetches: 1)
        let id = try await submit(world, videos: 1)
        await world.clock.advance(by: .seconds(5))
        #expect(try await task(id, world).isSettled && files().count == 1)
    }

    @Test func `a link that nobody may follow is the end at once`() async throws {
        let world = TaskWorld()
        world.gateway.fails("https://files.test/1.mp4", Failure(.badGateway, reason: .init(.forbiddenLink)))
        let id = try await submit(world, videos: 1)
        await world.clock.advance(by: .seconds(5))
        #expect(try await task(id, world).isSettled)
    }

    @Test func `a directory that cannot be used is the end, is told, and works when it is put right`()
        async throws
    {
        let world = TaskWorld()
        try Data().write(to: URL(fileURLWithPath: folder))
        let id = try await submit(world, videos: 1)
        await world.clock.advance(by: .seconds(30))
        let ended = try await task(id, world)
        #expect(ended.isSettled && ended.error?.kind == .fileSystem && ended.billed == .yes)
        try FileManager.default.removeItem(atPath: folder)
        #expect(try await world.service.download(id.text).count == 1)
        let healed = try await task(id, world)
        #expect(healed.error == nil && healed.videos[0].path != nil)
    }
}
