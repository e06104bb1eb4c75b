import JSON
import Testing

@testable import KlingCore

struct TaskServiceTests {
    @Test func `a task is submitted, followed and completed, and each step is in the journal`() async throws {
        let world = TaskWorld()
        world.gateway.reads(
            "task_1", .success(TaskReading(status: .submitted)), TaskWorld.processing(10),
            TaskWorld.processing(60),
            TaskWorld.completed)
        let task = try await world.submit()
        #expect(task.task.state == .queued)
        #expect(await world.reaches(task.task.id, .completed))
        #expect(world.gateway.sent == [task.task.id.text])
        let states = world.journal.events.map(\.task.state)
        #expect(states == [.queued, .submitting, .submitted, .processing, .processing, .completed])
        let end = try await world.service.status(task.task.id.text)
        #expect(end.task.billed == .yes)
        #expect(end.task.progress == 100)
        #expect(end.estimate == nil)
        #expect(end.elapsed > .seconds(10))
        #expect(
            try await world.service.status("task_1").task.id == task.task.id, "the gateway's id names it too")
    }

    @Test(arguments: 0..<20)
    func `what is submitted without waiting stands in line, and is sent, in the order of the calls`(
        pause: Int
    ) async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 50))
        var all: [Task<Void, Never>] = []
        for number in 0..<40 {
            all.append(Task.immediate { _ = try? await world.submit("\(number)") })
            for _ in 0..<pause { await Task.yield() }
        }
        for one in all { await one.value }
        #expect(await world.clock.advance { world.gateway.sent.count == 40 })
        let sent = world.journal.events.filter { $0.task.state == .submitting }.map(\.task)
        #expect(sent.map(\.place) == Array(1...40))
        #expect(sent.map { $0.request.body["prompt"]?.string } == (0..<40).map { "\($0)" })
    }

    @Test func `nothing is opened before the first call, and a journal that fails sends nothing`()
        async throws
    {
        let world = TaskWorld()
        await world.clock.settle()
        #expect(world.journal.calls == 0)
        world.journal.fail(with: .diskFull(path: "/j"))
        await #expect(throws: TaskServiceError.journal(.diskFull(path: "/j"))) { try await world.submit() }
        await world.clock.advance(by: .seconds(60))
        #expect(world.gateway.sent.isEmpty)
        world.journal.fail(with: nil)
        let task = try await world.submit()
        #expect(await world.reaches(task.task.id, .submitted))
    }

    @Test func `without a key nothing is journaled, and what is queued waits until there is one`()
        async throws
    {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        let sent = try await world.submit("one", key: "k").task.id
        let waiting = try await world.submit("two").task.id
        await world.clock.settle()

        let keyless = world.restarted(TaskServiceOptions(maximumActive: 2))
        keyless.gateway.hasKey(false)
        let events = keyless.journal.events.count
        let refusal = TaskServiceError.gateway(Failure(.authentication), nil)
        await #expect(throws: refusal) { try await keyless.submit("three") }
        await #expect(throws: refusal) { try await keyless.submit("three", key: "new") }
        #expect(try await keyless.submit("one", key: "k").task.id == sent, "a repeat finds its task")
        await #expect(throws: TaskServiceError.self) { try await keyless.submit("other", key: "k") }
        await keyless.clock.advance(by: .seconds(120))
        #expect(keyless.journal.events.dropFirst(events).allSatisfy { $0.task.id == sent })
        let told = try await keyless.service.status(waiting.text).task
        #expect(told.state == .queued && told.error?.kind == .authentication && told.billed == .no)
        #expect(try await keyless.service.list(JournalQuery()).count == 2)

        let other = TaskWorld(
            journal: keyless.journal.reopened(afterDeath: false), clock: keyless.clock)
        other.gateway.creates(.accepted(taskId: "task_2", requestId: nil))
        other.service.resume()
        #expect(await other.reaches(waiting, .submitted))
        #expect(await keyless.reaches(waiting, .submitted), "the other process's work is seen here")
    }

    @Test func `slots are taken in order, and given to the next when a task ends`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 2))
        var ids: [TaskID] = []
        for number in 0..<6 {
            ids.append(try await world.submit("cat \(number)").task.id)
            world.gateway.reads("task_\(number + 1)", TaskWorld.processing(1), TaskWorld.completed)
        }
        await world.clock.settle()
        #expect(world.gateway.sent == ids.prefix(2).map(\.text))
        #expect(try await world.service.status(ids[4].text).queue.position == 3)
        #expect(try await world.service.status(ids[4].text).queue.ahead == 2)
        #expect(await world.reaches(ids[5], .completed))
        #expect(world.gateway.sent == ids.map(\.text))
        var active = 0
        var most = 0
        for event in world.journal.events {
            if event.task.state == .submitting { active += 1 }
            if event.task.state == .completed { active -= 1 }
            most = max(most, active)
        }
        #expect(most == 2)
    }

    @Test
    func `a create that is not taken is sent again after a pause, in its order, and no other before it`()
        async throws
    {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        let busy = Failure(.rateLimit)
        world.gateway.creates(
            .notTaken(busy, after: .seconds(20)), .notTaken(busy, after: nil),
            .accepted(taskId: "task_1", requestId: nil))
        world.gateway.holdCreates()
        let first = try await world.submit("one").task.id
        await world.clock.settle()
        world.gateway.releaseCreates()
        await world.clock.settle()
        let queued = try await world.service.status(first.text).task
        #expect(queued.state == .queued && queued.error?.kind == .rateLimit && queued.billed == .no)
        let second = try await world.submit("two").task.id
        world.gateway.reads("task_1", TaskWorld.completed)
        #expect(await world.reaches(second, .submitted))
        #expect(world.gateway.sent == [first, first, first, second].map(\.text))
        #expect(world.gateway.sendTimes[1] - world.gateway.sendTimes[0] >= .seconds(20))
        let task = try await world.service.status(first.text).task
        #expect(task.attempts == 3 && task.error == nil)
    }

    @Test func `a lost answer leaves the task unconfirmed, and it is never sent again`() async throws {
        let world = TaskWorld()
        world.gateway.creates(.unknown(Failure(.timeout, retry: .now)))
        let id = try await world.submit().task.id
        #expect(await world.reaches(id, .unconfirmed))
        await world.clock.advance(by: .seconds(86_400))
        let restarted = world.restarted()
        restarted.service.resume()
        await world.clock.advance(by: .seconds(86_400))
        #expect(world.gateway.sent == [id.text])
        let task = try await restarted.service.status(id.text).task
        #expect(task.billed == .unknown && task.error?.retry == .never && task.error?.kind == .timeout)
    }

    @Test func `a lost answer is asked for again with the same key where the gateway is idempotent`()
        async throws
    {
        let world = TaskWorld(isIdempotent: true)
        world.gateway.creates(
            .unknown(Failure(.timeout)), .unknown(Failure(.timeout)),
            .accepted(taskId: "task_1", requestId: nil))
        let id = try await world.submit().task.id
        #expect(await world.reaches(id, .submitted))
        #expect(world.gateway.sent == [id.text, id.text, id.text])
    }

    @Test func `a refused create is failed, free, and its slot is free`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.creates(.refused(Failure(.paymentRequired, message: "no funds")))
        let id = try await world.submit(key: "k", patience: .seconds(10)).task.id
        let waited = try await world.service.wait([id.text], until: .submitted, timeout: .seconds(10))
        #expect(waited.done && waited.tasks[0].task.refusal?.kind == .paymentRequired)
        let again = try await world.submit(key: "k")
        #expect(
            again.task.id != id && again.task.previous == id, "a key is free again when nothing is billed")
        #expect(await world.reaches(again.task.id, .submitted))
    }

    @Test
    func
        `the same key and request is the same task, and with another request a conflict that names the difference`()
        async throws
    {
        let world = TaskWorld()
        let request = TaskWorld.request("a cat")
        let first = try await world.service.submit(Submission(request: request, key: "k"))
        let second = try await world.service.submit(Submission(request: request, key: "k"))
        #expect(second.isDeduplicated && second.report.task.id == first.report.task.id)
        await #expect {
            try await world.service.submit(Submission(request: TaskWorld.request("a dog"), key: "k"))
        } throws: { error in
            guard case .keyConflict("k", let task, ["/prompt"]) = error as? TaskServiceError else {
                return false
            }
            return task.id == first.report.task.id
        }
        await world.clock.settle()
        #expect(world.gateway.sent.count == 1)
        let restarted = world.restarted()
        let third = try await restarted.service.submit(Submission(request: request, key: "k"))
        #expect(third.isDeduplicated && third.report.task.id == first.report.task.id)
    }

    @Test func `what a repeated call asks for beside the request is said to be ignored`() async throws {
        let world = TaskWorld()
        func submit(_ labels: [String: String], _ delivery: VideoTask.Delivery?) async throws -> Submitted {
            try await world.service.submit(
                Submission(request: TaskWorld.request(), key: "k", labels: labels, delivery: delivery))
        }
        #expect(try await submit(["a": "b"], .directory("/one")).hints.isEmpty)
        for (labels, delivery, ignored) in [
            ([:], nil, []), (["a": "b"], .directory("/one"), []), (["a": "c"], nil, [.labels]),
            ([:], .path("/one"), [.delivery]), (["c": "b"], .directory("/two"), [.labels, .delivery])
        ] as [([String: String], VideoTask.Delivery?, Set<Submitted.Ignored>)] {
            let again = try await submit(labels, delivery)
            #expect(again.isDeduplicated && again.ignored == ignored && again.hints.count == ignored.count)
        }
    }

    @Test func `an equal request without a key within two minutes gets a hint`() async throws {
        let world = TaskWorld()
        let submission = Submission(request: TaskWorld.request())
        let first = try await world.service.submit(submission)
        #expect(first.possibleDuplicateOf == nil)
        let second = try await world.service.submit(submission)
        #expect(second.possibleDuplicateOf == first.report.task.id)
        let restarted = world.restarted()
        #expect(try await restarted.service.submit(submission).possibleDuplicateOf == second.report.task.id)
        await restarted.clock.advance(by: .seconds(121))
        #expect(try await restarted.service.submit(submission).possibleDuplicateOf == nil)
    }

    @Test func `a budget stops what goes beyond it, and what cost nothing does not count`() async throws {
        let budget = SpendBudget(submissions: 2)
        let world = TaskWorld(TaskServiceOptions(budget: budget))
        world.gateway.creates(.refused(Failure(.invalidRequest)))
        let refused = try await world.submit("zero").task.id
        #expect(await world.reaches(refused, .failed))
        for (number, name) in ["one", "two"].enumerated() {
            world.gateway.reads("task_\(number + 2)", TaskWorld.completed)
            _ = try await world.submit(name, key: number == 0 ? "k" : nil)
        }
        await #expect(
            throws: TaskServiceError.budgetExceeded(
                budget, spent: SpendBudget(submissions: 2, seconds: 10),
                roomAfter: .seconds(86_400) + .milliseconds(1))
        ) {
            try await world.submit("three")
        }
        #expect(
            try await world.service.submit(Submission(request: TaskWorld.request("one"), key: "k"))
                .isDeduplicated)
        await world.clock.advance(by: .seconds(86_401))
        _ = try await world.submit("four")
    }

    @Test func `reads that fail degrade the task and heal by themselves`() async throws {
        let world = TaskWorld()
        let down = Result<TaskReading, Failure>.failure(Failure(.unreachable))
        world.gateway.reads(
            "task_1", TaskWorld.processing(5), down, down, down, TaskWorld.processing(6), TaskWorld.completed)
        let id = try await world.submit().task.id
        #expect(
            await world.clock.advance { (try? await world.service.status(id.text).task.degraded) == true })
        #expect(try await world.service.status(id.text).task.error?.kind == .unreachable)
        #expect(
            await world.clock.advance { (try? await world.service.status(id.text).task.degraded) == false })
        #expect(await world.reaches(id, .completed))
    }

    @Test func `a change that the journal cannot take is kept, not told, and written later`() async throws {
        let world = TaskWorld()
        world.gateway.holdCreates()
        let id = try await world.submit().task.id
        await world.clock.settle()
        world.journal.fail(with: .diskFull(path: "/j"))
        world.gateway.releaseCreates()
        await world.clock.advance(by: .seconds(3))
        #expect(
            try await world.service.status(id.text).task.state == .submitting, "only what is written is told")
        world.journal.fail(with: nil)
        #expect(await world.reaches(id, .submitted))
        #expect(try await world.service.status(id.text).task.taskId == "task_1")
        #expect(world.gateway.sent.count == 1)
    }

    @Test func `after a pause of the machine every task is read once, spread over time`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 200))
        for number in 0..<100 { _ = try await world.submit("cat \(number)") }
        await world.clock.advance(by: .seconds(30))
        let before = world.gateway.readCount
        world.clock.jump(by: .seconds(7200))
        await world.clock.advance(by: .seconds(6))
        let counts = (1...100).map { world.gateway.readTimes("task_\($0)").count { $0 > .seconds(7000) } }
        #expect(counts.allSatisfy { $0 <= 2 })
        #expect(world.gateway.readCount - before >= 100)
        let times = Set(
            (1...100).flatMap { world.gateway.readTimes("task_\($0)") }.filter { $0 > .seconds(7000) })
        #expect(times.count > 50, "not all at the same moment")
        withExtendedLifetime(world) {}
    }

    @Test func `a time of day that is set does not change the following`() async throws {
        let world = TaskWorld()
        let id = try await world.submit().task.id
        #expect(await world.reaches(id, .processing))
        for jump in [Duration.seconds(86_400), .seconds(-172_800)] {
            world.clock.setWall(by: jump)
            let before = world.gateway.readCount
            await world.clock.advance(by: .seconds(120))
            #expect((2...40).contains(world.gateway.readCount - before))
        }
    }

    @Test func `with a time scale of twenty reads are twenty times as frequent`() async throws {
        let world = TaskWorld(TaskServiceOptions(timeScale: 20))
        let id = try await world.submit().task.id
        #expect(await world.reaches(id, .processing))
        await world.clock.advance(by: .seconds(2))
        #expect(world.gateway.readTimes("task_1").count >= 5)
        let estimate = try #require(try await world.service.status(id.text).estimate)
        #expect(estimate.secondsLeft < 6)
    }

    @Test func `slots that another process has are waited for, without haste`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        let other = TaskWorld(
            TaskServiceOptions(maximumActive: 1), journal: world.journal.reopened(afterDeath: false),
            clock: world.clock,
            gateway: world.gateway, seed: 13)
        let first = try await world.submit("one").task.id
        #expect(await world.reaches(first, .submitted))
        let second = try await other.submit("two").task.id
        let calls = world.journal.calls
        await world.clock.advance(by: .seconds(8))
        #expect(world.gateway.sent == [first.text])
        #expect(world.journal.calls - calls < 100)
        world.gateway.reads("task_1", TaskWorld.completed)
        #expect(await other.reaches(second, .submitted))
        #expect(world.gateway.sent == [first.text, second.text])
    }

    @Test func `a task that another process sends is seen to move on`() async throws {
        let world = TaskWorld()
        let task = try await world.submit("one").task.id
        #expect(await world.reaches(task, .submitted))
        let other = TaskWorld(
            journal: world.journal.reopened(afterDeath: false), clock: world.clock, gateway: world.gateway,
            seed: 13)
        world.gateway.reads("task_1", TaskWorld.completed)
        async let waited = other.service.wait([task.text], until: .terminal, timeout: .seconds(60))
        await world.clock.settle()
        await world.clock.advance(by: .seconds(60))
        #expect(try await waited.done)
        #expect(world.gateway.sent.count == 1)
    }

    @Test func `drain waits for the create under way, sends nothing more, and gives waiters what there is`()
        async throws
    {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        world.gateway.holdCreates()
        let first = try await world.submit("one").task.id
        let second = try await world.submit("two").task.id
        await world.clock.settle()
        async let waited = world.service.wait([second.text], until: .terminal, timeout: .seconds(100))
        await world.clock.settle()
        async let drained: Void = world.service.drain()
        await world.clock.settle()
        #expect(try await waited.done == false)
        world.gateway.releaseCreates()
        await drained
        #expect(world.gateway.sent == [first.text])
        await #expect(throws: TaskServiceError.shuttingDown) { try await world.submit("three") }
        let next = world.restarted(TaskServiceOptions(maximumActive: 2))
        next.service.resume()
        #expect(await next.reaches(second, .submitted))
        #expect(
            try await next.service.status(first.text).task.taskId == "task_1",
            "it was journaled before the end")
    }

    @Test func `drain gives up after its limit, and the task is unconfirmed at the next start`() async throws
    {
        let world = TaskWorld()
        world.gateway.holdCreates()
        let id = try await world.submit().task.id
        await world.clock.settle()
        async let drained: Void = world.service.drain(timeout: .seconds(5))
        await world.clock.advance(by: .seconds(5))
        await drained
        let next = world.restarted()
        next.service.resume()
        #expect(await next.reaches(id, .unconfirmed))
        world.gateway.releaseCreates()
    }
}
