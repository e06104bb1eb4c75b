import Synchronization
import Testing

@testable import KlingCore

/// A video that is in no file is lost when its link dies: two hours before, the log says so.
struct TaskExpiryTests {
    final class Notices: Sendable {
        private let warned = Mutex<[TaskID]>([])
        func add(_ notice: TaskNotice) {
            if case .expiring(let task, _) = notice { warned.withLock { $0.append(task.id) } }
        }
        var all: [TaskID] { warned.withLock { $0 } }
    }

    private func world(
        _ notices: Notices, journal: TaskTestJournal = TaskTestJournal(), clock: TaskTestClock = .init()
    )
        -> TaskWorld
    {
        let world = TaskWorld(journal: journal, clock: clock, observer: { notices.add($0) })
        world.gateway.reads("task_1", TaskWorld.completed)
        return world
    }

    @Test func `what is in no file is warned of once, two hours before the end`() async throws {
        let notices = Notices()
        let world = world(notices)
        let id = try await world.submit().task.id
        #expect(await world.reaches(id, .completed))
        await world.clock.advance(by: .seconds(21 * 3600))
        #expect(notices.all.isEmpty)
        await world.clock.advance(by: .seconds(3600))
        #expect(notices.all == [id])
        await world.clock.advance(by: .seconds(10 * 3600))
        #expect(notices.all == [id])
    }

    @Test func `what has been fetched meanwhile is not warned of`() async throws {
        let notices = Notices()
        let world = world(notices)
        let id = try await world.submit().task.id
        #expect(await world.reaches(id, .completed))
        var task = try await world.service.status(id.text).task
        task.videos[0].path = "/videos/1.mp4"
        _ = try await world.journal.record(task, .change)
        await world.clock.advance(by: .seconds(30 * 3600))
        #expect(notices.all.isEmpty)
    }

    @Test func `the next process warns too, and of what is lost already nobody does`() async throws {
        let notices = Notices()
        let first = world(Notices())
        let id = try await first.submit().task.id
        #expect(await first.reaches(id, .completed))
        let second = world(notices, journal: first.journal.reopened(), clock: first.clock)
        _ = try await second.service.list(JournalQuery())
        await second.clock.advance(by: .seconds(23 * 3600))
        #expect(notices.all == [id])
        let late = Notices()
        await second.clock.advance(by: .seconds(2 * 3600))
        let third = world(late, journal: second.journal.reopened(), clock: first.clock)
        _ = try await third.service.list(JournalQuery())
        await third.clock.advance(by: .seconds(2 * 3600))
        #expect(late.all.isEmpty)
    }
}
