import Synchronization
import Testing

@testable import KlingCore

/// What is not known stays so: no failure of the gateway, no guess of ours and no slip of a user settles it for good.
struct TaskDoubtTests {
    private static let unknown = Result<TaskReading, Failure>.failure(
        Failure(.taskNotFound, billed: .pending, httpStatus: 404))
    private static let outage = Result<TaskReading, Failure>.failure(
        Failure(.serverError, billed: .pending, httpStatus: 503))

    @Test func `an id that could not be looked up is not given to a task that was sent`() async throws {
        let world = TaskWorld()
        world.gateway.creates(.unknown(Failure(.timeout)))
        world.gateway.reads("task_slip", Self.outage)
        let id = try await world.submit(key: "k").task.id
        #expect(await world.reaches(id, .unconfirmed))
        await #expect {
            try await world.service.adopt(taskId: "task_slip", onto: id.text)
        } throws: {
            guard case .gateway(let failure, let task?)? = $0 as? TaskServiceError else { return false }
            let sentence = ($0 as? TaskServiceError)?.sentence(.en) ?? ""
            return failure.kind == .serverError && task.id == id && sentence.contains("adopt")
                && sentence.contains("perhaps charged")
        }
        let task = try await world.service.status(id.text).task
        #expect(task.state == .unconfirmed && task.billed == .unknown && task.taskId == nil)
        world.gateway.reads("task_true", TaskWorld.processing(10), TaskWorld.completed)
        #expect(try await world.service.adopt(taskId: "task_true", onto: id.text).task.id == id)
        #expect(await world.reaches(id, .completed))
    }

    @Test func `an adopted id that is not known for a moment is found`() async throws {
        let world = TaskWorld()
        world.gateway.reads("task_x", Self.outage, Self.unknown, Self.unknown, TaskWorld.completed)
        let id = try await world.service.adopt(taskId: "task_x").task.id
        #expect(await world.reaches(id, .completed))
    }

    @Test func `an adopted id that stays unknown costs no slot, may be charged, and can be adopted again`()
        async throws
    {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.reads("task_x", Self.outage, Self.unknown)
        let id = try await world.service.adopt(taskId: "task_x").task.id
        #expect(await world.reaches(id, .unconfirmed))
        let task = try await world.service.status(id.text).task
        #expect(task.billed == .unknown)
        let sentence = FailureMessages.sentence(for: try #require(task.error), of: task, locale: .en)
        #expect(sentence.contains("knows no task") && sentence.contains("adopt"))
        #expect(!sentence.contains("Nothing was charged") && !sentence.contains("is over"))
        #expect(await world.reaches(try await world.submit().task.id, .processing), "its slot is free")
        world.gateway.reads("task_x", TaskWorld.completed)
        #expect(try await world.service.adopt(taskId: "task_x").task.id == id)
        #expect(await world.reaches(id, .completed))
    }

    @Test func `a key is trusted for an hour from the first create that may have arrived`() async throws {
        let world = TaskWorld(isIdempotent: true)
        world.gateway.state.withLock {
            $0.creates = Array(repeating: .unknown(Failure(.timeout)), count: 1000)
        }
        let id = try await world.submit(key: "k").task.id
        #expect(await world.reaches(id, .unconfirmed))
        let times = world.gateway.sendTimes
        #expect(times.count > 3, "it was sent again meanwhile")
        #expect(try #require(times.last) - times[0] <= .seconds(3600))
    }

    @Test(arguments: [true, false])
    func `what a dead process was sending is settled by whoever comes`(isIdempotent: Bool) async throws {
        let world = TaskWorld(isIdempotent: isIdempotent)
        world.gateway.holdCreates()
        let id = try await world.submit().task.id
        await world.clock.settle()
        let gateway = TaskTestGateway(
            world.clock, isIdempotent: isIdempotent, url: "https://elsewhere.test")
        let next = TaskWorld(
            journal: world.journal.reopened(), clock: world.clock, gateway: gateway, seed: 12)
        #expect(try await next.service.status(id.text).task.state == .unconfirmed)
        #expect(gateway.sent.isEmpty)
    }

    /// A task that its process would have sent again with its key when it died, and the time since.
    private func leftInLine(_ time: Duration) async throws -> (TaskWorld, TaskID) {
        let world = TaskWorld(isIdempotent: true)
        world.gateway.state.withLock {
            $0.creates = Array(repeating: .unknown(Failure(.timeout)), count: 1000)
        }
        let id = try await world.submit().task.id
        #expect(await world.clock.advance { await world.isDoubtful(id) })
        let dead = world.journal.reopened()
        await world.clock.advance(by: time)
        return (TaskWorld(journal: dead, clock: world.clock, gateway: world.gateway), id)
    }

    @Test(arguments: [
        (true, 60, VideoTask.State.queued), (true, 4000, .unconfirmed), (false, 60, .unconfirmed)
    ])
    func `nobody is told that a task is sent again by one who does not`(
        isIdempotent: Bool, seconds: Int, state: VideoTask.State
    ) async throws {
        let (world, id) = try await leftInLine(.seconds(seconds))
        let gateway = TaskTestGateway(world.clock, isIdempotent: isIdempotent)
        let next = TaskWorld(
            journal: world.journal.reopened(), clock: world.clock, gateway: gateway, seed: 12)
        // The first that it is asked.
        let task = try await next.service.status(id.text).task
        #expect(task.state == state && task.billed == .unknown)
    }

    @Test func `of one that another gateway may have, it is said where it is settled`() async throws {
        let (world, id) = try await leftInLine(.seconds(60))
        let gateway = TaskTestGateway(world.clock, isIdempotent: true, url: "https://elsewhere.test")
        let next = TaskWorld(
            journal: world.journal.reopened(), clock: world.clock, gateway: gateway, seed: 12)
        let task = try await next.service.status(id.text).task
        #expect(task.state == .queued && task.billed == .unknown)
        let sentence = FailureMessages.sentence(for: try #require(task.error), of: task, locale: .en)
        #expect(sentence.contains("--gateway https://gateway.test") && !sentence.contains("by itself"))
    }

    @Test func `what may have been sent is not said to be at the gateway`() async throws {
        let world = TaskWorld(isIdempotent: true)
        world.gateway.creates(.unknown(Failure(.timeout)))
        let id = try await world.submit().task.id
        #expect(await world.clock.advance { await world.isDoubtful(id) })
        await #expect {
            try await world.service.cancel(id.text)
        } throws: {
            let sentence = ($0 as? TaskServiceError)?.sentence(.en) ?? ""
            return sentence.contains("not known") && !sentence.contains("will be made")
        }
    }

    @Test func `an adopted task is not charged to the budget`() async throws {
        let world = TaskWorld(TaskServiceOptions(budget: SpendBudget(submissions: 2)))
        _ = try await world.submit("one")
        world.gateway.reads("task_x", TaskWorld.processing(10))
        _ = try await world.service.adopt(taskId: "task_x")
        _ = try await world.submit("two")
        _ = try await world.service.adopt(taskId: "task_y")
        await #expect(throws: TaskServiceError.self) { try await world.submit("three") }
    }

    /// The clock is set forward, or the machine sleeps: nobody had the chance to be heard of.
    @Test(arguments: [60, 86_400])
    func `processes do not rob each other when the clock is set`(seconds: Int) async throws {
        let one = TaskWorld()
        let other = TaskWorld(
            journal: one.journal.reopened(afterDeath: false), clock: one.clock, seed: 12)
        _ = try await other.service.list(JournalQuery())
        one.gateway.reads("task_1", TaskWorld.processing(10))
        let id = try await one.submit().task.id
        #expect(await one.reaches(id, .processing))
        await one.clock.advance(by: .seconds(20))
        one.clock.setWall(by: .seconds(seconds))
        await one.clock.advance(by: .seconds(120))
        #expect(other.gateway.readCount == 0)
    }
}

extension TaskWorld {
    fileprivate func isDoubtful(_ id: TaskID) async -> Bool {
        (try? await service.status(id.text).task.isDoubtful) == true
    }
}
