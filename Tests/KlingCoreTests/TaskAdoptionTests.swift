import Synchronization
import Testing

@testable import KlingCore

/// The gateway's id is named by a user before the answer that names it has come: it is one task in the end.
struct TaskAdoptionTests {
    /// A service whose create is at the gateway, as `task_1`, while its answer is still out.
    private func waiting(_ world: TaskWorld, key: String? = nil) async throws -> TaskID {
        world.gateway.holdCreates()
        world.gateway.reads("task_1", TaskWorld.processing(40), TaskWorld.processing(60), TaskWorld.completed)
        let id = try await world.submit(key: key).task.id
        #expect(await world.reaches(id, .submitting))
        await world.clock.settle()
        return id
    }

    private func neighbour(of world: TaskWorld) -> TaskWorld {
        TaskWorld(journal: world.journal.reopened(afterDeath: false), clock: world.clock, seed: 12)
    }

    /// The tasks of the journal that count towards a budget.
    private func counted(_ world: TaskWorld) async throws -> [TaskID] {
        try await world.service.list(JournalQuery()).map(\.task)
            .filter { !($0.state.isTerminal && $0.billed == .no) }.map(\.id)
    }

    @Test(arguments: [false, true])
    func `an id adopted before its create is answered becomes the task of that create`(isShared: Bool)
        async throws
    {
        let world = TaskWorld()
        let adopter = isShared ? neighbour(of: world) : world
        adopter.gateway.reads("task_1", TaskWorld.processing(40))
        let origin = try await waiting(world, key: "k")
        let adopted = try await adopter.service.adopt(taskId: "task_1", labels: ["from": "web"]).task.id
        #expect(adopted != origin)
        world.gateway.releaseCreates()
        #expect(await world.reaches(origin, .completed))
        await world.clock.advance(by: .seconds(1))
        for service in [world.service, adopter.service] {
            for name in [origin.text, adopted.text, "task_1"] {
                #expect(try await service.status(name).task.id == origin)
            }
            let ended = try #require(
                try await service.list(JournalQuery(labels: ["from": "web"])).first?.task)
            #expect(ended.id == adopted && ended.replacedBy == origin)
            #expect(ended.state == .abandoned && ended.billed == .no && ended.taskId == nil)
        }
        #expect(try await counted(world) == [origin])
        #expect(try await world.submit(key: "k").task.id == origin)
        #expect(world.gateway.sent.count == 1)
        let restarted = world.restarted()
        #expect(try await restarted.service.adopt(taskId: "task_1").task.id == origin)
        #expect(try await restarted.service.status(adopted.text).task.id == origin)
    }

    @Test func `who waits for the adopted one waits on for the task that it is`() async throws {
        let world = TaskWorld()
        let log = TaskTestLog()
        let origin = try await waiting(world)
        let adopted = try await world.service.adopt(taskId: "task_1").task.id
        let subscription = try await world.service.subscribe(.tasks([adopted.text])) { log.add($0) }
        await world.service.start(subscription.id)
        let waited = Task {
            try await world.service.wait([adopted.text], until: .terminal, timeout: .seconds(600))
        }
        await world.clock.settle()
        world.gateway.releaseCreates()
        #expect(await world.reaches(origin, .completed))
        let answer = try await waited.value
        #expect(answer.done && answer.tasks.map(\.task.id) == [origin])
        #expect(answer.tasks.map(\.task.state) == [.completed])
        let last = try #require(log.updates.last?.task)
        #expect(last.replacedBy == origin && log.isEnded)
        #expect(
            FailureMessages.sentence(for: try #require(last.error), of: last, locale: .en)
                .contains(origin.text))
    }

    @Test func `an answer that comes after the task was taken for lost still makes it one task`() async throws
    {
        let world = TaskWorld()
        let other = neighbour(of: world)
        _ = try await other.service.list(JournalQuery())
        let origin = try await waiting(world)
        world.journal.fallSilent()
        await world.clock.advance(by: .seconds(30))
        #expect(await other.state(origin) == .unconfirmed)
        let adopted = try await other.service.adopt(taskId: "task_1").task.id
        #expect(adopted != origin)
        world.gateway.releaseCreates()
        #expect(await world.reaches(origin, .completed))
        #expect(try await other.service.status(adopted.text).task.id == origin)
        #expect(try await counted(world) == [origin])
        #expect(world.gateway.sent.count + other.gateway.sent.count == 1)
    }

    @Test func `a task that would be sent again is given the id that its user has found`() async throws {
        let world = TaskWorld(isIdempotent: true)
        world.gateway.state.withLock {
            $0.creates = Array(repeating: .unknown(Failure(.timeout)), count: 100)
        }
        world.gateway.reads("task_x", TaskWorld.processing(5), TaskWorld.completed)
        let id = try await world.submit().task.id
        #expect(
            await world.clock.advance { (try? await world.service.status(id.text).task.isDoubtful) == true })
        let sent = world.gateway.sent.count
        #expect(try await world.service.adopt(taskId: "task_x", onto: id.text).task.id == id)
        #expect(await world.reaches(id, .completed))
        #expect(world.gateway.sent.count == sent)
    }

    @Test func `two calls that adopt the same at once both get the task`() async throws {
        let world = TaskWorld()
        world.gateway.creates(.unknown(Failure(.timeout)))
        world.gateway.reads("task_x", TaskWorld.processing(5), TaskWorld.processing(6), TaskWorld.completed)
        let lost = try await world.submit().task.id
        #expect(await world.reaches(lost, .unconfirmed))
        let calls = (0..<2).map { _ in
            Task { try await world.service.adopt(taskId: "task_x", onto: lost.text).task }
        }
        for call in calls {
            let task = try await call.value
            #expect(task.id == lost && task.taskId == "task_x" && task.state.isActive)
        }
    }

    @Test func `an id that was taken in alone can be given to the unconfirmed task it belongs to`()
        async throws
    {
        let world = TaskWorld()
        world.gateway.creates(.unknown(Failure(.timeout)))
        world.gateway.reads("task_x", TaskWorld.processing(5), TaskWorld.completed)
        let lost = try await world.submit().task.id
        #expect(await world.reaches(lost, .unconfirmed))
        let alone = try await world.service.adopt(taskId: "task_x").task.id
        #expect(try await world.service.adopt(taskId: "task_x", onto: lost.text).task.id == lost)
        #expect(await world.reaches(lost, .completed))
        #expect(try await world.service.status(alone.text).task.id == lost)
        #expect(try await counted(world) == [lost])
    }
}
