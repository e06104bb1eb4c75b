import Synchronization
import Testing

@testable import KlingCore

/// Those who wait for the answer to a create, while the gateway takes none.
struct TaskAnswerTests {
    private static let noFunds = CreateOutcome.refused(Failure(.paymentRequired, httpStatus: 402))
    private static let lost = CreateOutcome.unknown(Failure(.timeout, billed: .unknown))

    /// A refusal costs nothing: whoever waits hears it of his own task, or that it is taken.
    @Test func `whoever waits for an answer is tried at once, whatever stands in line`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 9))
        world.gateway.refuses { $0.hasPrefix("bad") ? Self.noFunds : nil }
        for number in 0..<6 { _ = try await world.submit("bad \(number)") }
        await world.clock.advance(by: .seconds(1000))
        let start = world.clock.elapsed()
        for name in ["bad", "good", "bad", "good"] {
            let id = try await world.submit(name, patience: .seconds(45)).task.id
            #expect(await world.reaches(id, name == "good" ? .submitted : .failed))
        }
        #expect(world.clock.elapsed() - start < .seconds(1))
        // And nobody waits longer for it.
        let others = try await world.service.list(JournalQuery(states: [.queued])).count
        #expect(others == 6)
    }

    @Test func `a repeat that waits is answered too, in the same process and in another`() async throws {
        let options = TaskServiceOptions(maximumActive: 9)
        let world = TaskWorld(options)
        let other = world.neighbour(options)
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 99) }
        _ = try await world.submitted(3)
        let id = try await world.submit("kept", key: "k").task.id
        await world.clock.advance(by: .seconds(100))
        for process in [other, world] {
            #expect(try await process.submit("kept", key: "k", patience: .seconds(45)).task.id == id)
            let (task, time) = try await process.answered(id)
            #expect(task.state == (process.journal === world.journal ? .failed : .queued))
            #expect(task.error?.kind == .paymentRequired && time < .seconds(16), "\(time)")
        }
    }

    /// Busy, unreachable, or asked to be left alone.
    @Test(arguments: [
        CreateOutcome.notTaken(Failure(.rateLimit, httpStatus: 429), after: .seconds(30)),
        .notTaken(Failure(.unreachable), after: .seconds(30)), Self.lost
    ])
    func `whoever waits while nothing is sent is told so at once`(outcome: CreateOutcome) async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 9))
        world.gateway.state.withLock { $0.creates = Array(repeating: outcome, count: 99) }
        _ = try await world.submitted(12)
        await world.clock.advance(by: .seconds(8))
        for name in ["one", "two"] {
            let id = try await world.submit(name, patience: .seconds(45)).task.id
            let (task, time) = try await world.answered(id)
            #expect(task.state == .queued && task.error != nil && task.billed == .no)
            #expect(time < .seconds(4), "\(time)")
        }
    }

    /// The gateway takes its time to refuse.
    @Test func `nobody waits behind the refusal of another`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 30))
        world.gateway.refuses { $0.hasPrefix("bad") ? Self.noFunds : nil }
        for number in 0..<4 { _ = try await world.submit("bad \(number)") }
        await world.clock.advance(by: .seconds(100))
        world.gateway.refuses { _ in nil }
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 50) }
        let before = world.gateway.sent.count
        world.gateway.holdCreates()
        var ids: [TaskID] = []
        for number in 0..<10 {
            ids.append(try await world.submit("awaited \(number)", patience: .seconds(45)).task.id)
        }
        await world.clock.advance(by: .milliseconds(10))
        #expect(world.gateway.sent.count - before >= 10)
        world.gateway.releaseCreates()
        for id in ids { #expect(await world.reaches(id, .failed)) }
    }

    @Test func `a slow answer holds up neither those who wait nor the line`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 30))
        world.gateway.state.withLock { $0.creates = Array(repeating: Self.noFunds, count: 6) }
        let ids = try await world.submitted(8)
        #expect(await world.clock.advance { world.gateway.sent.count == 6 })
        world.gateway.holdCreates()
        world.gateway.creates(Self.noFunds)
        #expect(await world.clock.advance { world.gateway.sent.count == 7 })
        // Funds are there again, while one create is on its way since before.
        let start = world.clock.elapsed()
        #expect(await world.clock.advance(upTo: .seconds(60)) { world.gateway.sent.count == 8 })
        #expect(world.clock.elapsed() - start < .seconds(20))
        world.gateway.releaseCreates()
        #expect(await world.areTaken(ids))
    }

    @Test func `whoever waits behind creates that are not answered is told so`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 3))
        world.gateway.holdCreates()
        _ = try await world.submitted(3)
        await world.clock.advance(by: .seconds(1))
        for _ in 0..<2 {
            let id = try await world.submit("waits", patience: .seconds(45)).task.id
            let (task, time) = try await world.answered(id)
            #expect(task.state == .queued && task.error?.kind == .timeout && time <= .seconds(10), "\(time)")
        }
        world.gateway.releaseCreates()
    }

    /// Four answers were lost; the gateway is well again, and is just being tried.
    @Test(arguments: [true, false])
    func `whoever waits behind a try learns what comes of it`(isAnswered: Bool) async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 30))
        world.gateway.creates(Self.lost, Self.lost, Self.lost, Self.lost)
        let lost = try await world.submitted(4)
        for id in lost { #expect(await world.reaches(id, .unconfirmed)) }
        await world.clock.advance(by: .seconds(12))
        world.gateway.holdCreates()
        var ids: [TaskID] = []
        for number in 0..<3 {
            ids.append(try await world.submit("late \(number)", patience: .seconds(45)).task.id)
            await world.clock.advance(by: .milliseconds(10))
        }
        #expect(world.gateway.sent.count == 5)
        if isAnswered { Task { world.gateway.releaseCreates() } }
        let (task, time) = try await world.answered(ids[2])
        #expect(task.state == (isAnswered ? .submitted : .queued) && time <= .seconds(3), "\(time)")
        world.gateway.releaseCreates()
    }

    @Test func `those whose answers have come are not remembered`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 100))
        for number in 0..<50 {
            let id = try await world.submit("\(number)", patience: .seconds(45)).task.id
            #expect(await world.reaches(id, .submitted))
        }
        #expect(await world.service.awaited.count <= 1)
    }

    /// Its key is revoked, while it has tasks at the gateway, and all its slots are taken.
    @Test(arguments: [1, 9])
    func `what a process without a key follows is followed by one that has one`(slots: Int) async throws {
        let options = TaskServiceOptions(maximumActive: slots)
        let clock = TaskTestClock()
        let old = TaskWorld(options, clock: clock, gateway: TaskTestGateway(clock, account: "old"))
        old.service.resume()
        let ids = try await old.submitted(3)
        #expect(await old.reaches(ids[0], .submitted))
        old.gateway.state.withLock {
            $0.creates = Array(repeating: .refused(Failure(.authentication, httpStatus: 401)), count: 99)
        }
        for number in 1...3 {
            old.gateway.reads(
                "task_\(number)", .failure(Failure(.authentication, billed: .pending, httpStatus: 401)))
        }
        let new = TaskWorld(
            options, journal: old.journal.reopened(afterDeath: false), clock: clock,
            gateway: TaskTestGateway(clock, account: "new"), seed: 12)
        for number in 1...9 {
            new.gateway.state.withLock {
                $0.readings["task_\(number)"] =
                    Array(repeating: TaskWorld.processing(10), count: 9) + [TaskWorld.completed]
            }
        }
        let start = clock.elapsed()
        let last = try await new.submit("last").task.id
        #expect(await new.reaches(ids[0], .processing))
        await clock.advance(by: .seconds(3))
        let reads = old.gateway.readCount
        for id in ids + [last] { #expect(await new.reaches(id, .completed)) }
        #expect(clock.elapsed() - start < .seconds(1000), "\(clock.elapsed() - start)")
        #expect(old.gateway.readCount == reads, "the old one asks no more")
        #expect(await old.state(ids[2]) == .completed)
    }

    @Test func `whoever waits is told that without a key no slot will come free`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        let id = try await world.submit("at the gateway").task.id
        #expect(await world.reaches(id, .submitted))
        world.gateway.reads("task_1", .failure(Failure(.authentication, billed: .pending, httpStatus: 401)))
        await world.clock.advance(by: .seconds(100))
        let late = try await world.submit("waits", patience: .seconds(45)).task.id
        let (task, time) = try await world.answered(late)
        #expect(task.state == .queued && task.error?.kind == .authentication && time < .seconds(1))
    }

    @Test func `what is just being sent may show that the key is accepted again`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.state.withLock {
            $0.creates = Array(repeating: .refused(Failure(.authentication, httpStatus: 401)), count: 9)
        }
        let first = try await world.submit("refused").task.id
        await world.clock.advance(by: .seconds(17))
        _ = try await world.service.cancel(first.text, abandon: false)
        world.gateway.creates()
        world.gateway.reads("task_\(world.gateway.sent.count + 1)", TaskWorld.completed)
        world.gateway.holdCreates()
        var ids: [TaskID] = []
        for name in ["one", "two"] {
            ids.append(try await world.submit(name, patience: .seconds(45)).task.id)
            await world.clock.advance(by: .milliseconds(10))
        }
        #expect(await world.service.creates == 1)
        let waited = Task { [ids] in
            try await world.service.wait([ids[1].text], until: .submitted, timeout: .seconds(45))
        }
        await world.clock.advance(by: .milliseconds(10))
        world.gateway.releaseCreates()
        #expect(await world.reaches(ids[1], .submitted))
        #expect(try await waited.value.done)
    }

    @Test func `a read that works shows that the key is accepted again`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        let ids = try await world.submitted(2)
        #expect(await world.reaches(ids[0], .submitted))
        let refused = Result<TaskReading, Failure>.failure(
            Failure(.authentication, billed: .pending, httpStatus: 401))
        world.gateway.reads("task_1", refused, refused, refused, TaskWorld.completed)
        #expect(await world.reaches(ids[0], .completed))
        let start = world.clock.elapsed()
        #expect(await world.reaches(ids[1], .submitted))
        #expect(world.clock.elapsed() - start < .seconds(3) && world.gateway.sent.count == 2)
    }
}
