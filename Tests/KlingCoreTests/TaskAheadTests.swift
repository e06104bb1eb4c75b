import Synchronization
import Testing

@testable import KlingCore

/// Those who wait behind the tasks of another process are told what those wait for.
struct TaskAheadTests {
    private let options = TaskServiceOptions(maximumActive: 9)

    /// Another process, with a way to the gateway of its own.
    private func neighbour(of world: TaskWorld, _ options: TaskServiceOptions) -> TaskWorld {
        TaskWorld(options, journal: world.journal.reopened(afterDeath: false), clock: world.clock, seed: 12)
    }

    @Test(arguments: [
        Failure(.unreachable), Failure(.rateLimit, httpStatus: 429), Failure(.rateLimit, klingCode: 1303)
    ])
    func `whoever waits behind tasks that are not taken is told why`(failure: Failure) async throws {
        let world = TaskWorld(options)
        world.gateway.state.withLock {
            $0.creates = Array(repeating: .notTaken(failure, after: nil), count: 99)
        }
        _ = try await world.submitted(3)
        await world.clock.advance(by: .seconds(60))
        let other = neighbour(of: world, options)
        let id = try await other.submit("waits", patience: .seconds(45)).task.id
        let (task, time) = try await other.answered(id)
        #expect(task.state == .queued && task.billed == .no && other.gateway.sent.isEmpty)
        #expect(task.error?.kind == failure.kind)
        // A try may be under way just then, and the pauses are of any length.
        #expect(time <= .seconds(12), "\(time)")
    }

    @Test(arguments: [1, 2, 9])
    func `whoever waits behind creates of another process that are not answered is told so`(slots: Int)
        async throws
    {
        let world = TaskWorld(TaskServiceOptions(maximumActive: slots))
        world.gateway.holdCreates()
        _ = try await world.submitted(9)
        let kept = try await world.submit("kept", key: "k").task.id
        await world.clock.advance(by: .seconds(1))
        let other = neighbour(of: world, TaskServiceOptions(maximumActive: slots))
        let waits = try await other.submit("waits", patience: .seconds(45)).task.id
        #expect(try await other.submit("kept", key: "k", patience: .seconds(45)).task.id == kept)
        for id in [waits, kept] {
            let (task, time) = try await other.answered(id)
            #expect(task.state == .queued && task.error?.reason?.kind == .unanswered)
            #expect(time <= .seconds(13), "\(time)")
        }
        world.gateway.releaseCreates()
    }

    /// The gateway takes 14 s for the one, and 4 s for the others.
    @Test func `whoever waits for creates that are answered is not told otherwise`() async throws {
        let world = TaskWorld(options)
        world.gateway.holdCreates()
        _ = try await world.submit("slow")
        await world.clock.advance(by: .seconds(14))
        let other = neighbour(of: world, options)
        other.gateway.holdCreates()
        var ids: [TaskID] = []
        for name in 0..<6 { ids.append(try await other.submit("\(name)", patience: .seconds(45)).task.id) }
        let last = ids[5].text
        let wait = Task { try await other.service.wait([last], until: .submitted, timeout: .seconds(45)) }
        await world.clock.advance(by: .seconds(4))
        other.gateway.releaseCreates()
        await world.clock.advance(by: .seconds(1))
        #expect(try await wait.value.done)
        world.gateway.releaseCreates()
    }

    /// That all slots are taken is the order of things.
    @Test func `whoever waits for a slot waits as long as the caller wants`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 3))
        world.gateway.refuses { $0 == "2" ? .notTaken(Failure(.unreachable), after: nil) : nil }
        let ids = try await world.submitted(3)
        #expect(await world.areTaken(Array(ids.prefix(2))))
        await world.clock.advance(by: .seconds(60))
        let other = neighbour(of: world, TaskServiceOptions(maximumActive: 2))
        let id = try await other.submit("waits", patience: .seconds(45)).task.id
        let (task, time) = try await other.answered(id)
        #expect(task.state == .queued && task.error == nil && time >= .seconds(45), "\(time)")
    }

    /// A busy gateway has no more patience with a process that is started again and again.
    @Test func `a pause that a busy gateway has earned outlives the process`() async throws {
        var world = TaskWorld(options)
        world.gateway.state.withLock {
            $0.creates = Array(
                repeating: .notTaken(Failure(.rateLimit, httpStatus: 429), after: nil), count: 999)
        }
        _ = try await world.submitted(20)
        await world.clock.advance(by: .seconds(120))
        let before = world.gateway.sent.count
        for _ in 0..<20 {
            world = world.restarted(options)
            world.service.resume()
            await world.clock.advance(by: .seconds(3))
        }
        #expect(world.gateway.sent.count - before <= 8, "\(world.gateway.sent.count - before)")
    }
}
