import Testing

@testable import KlingCore

struct TaskSubscriptionTests {
    private func subscribe(
        _ world: TaskWorld, _ filter: SubscriptionFilter, since: Int64? = nil, every: Duration = .zero
    ) async throws -> (Subscription, TaskTestLog) {
        let log = TaskTestLog()
        let subscription = try await world.service.subscribe(filter, since: since, minimumInterval: every) {
            log.add($0)
        }
        await world.service.start(subscription.id)
        return (subscription, log)
    }

    @Test func `a subscriber is told every change once, in order, and then the end`() async throws {
        let world = TaskWorld()
        world.gateway.reads(
            "task_1", TaskWorld.processing(nil), TaskWorld.processing(10), TaskWorld.processing(10),
            TaskWorld.processing(70),
            TaskWorld.completed)
        let task = try await world.submit().task
        let (subscription, log) = try await subscribe(world, .tasks([task.id.text]))
        #expect(subscription.tasks.map(\.task.id) == [task.id] && !subscription.isSnapshot)
        #expect(await world.reaches(task.id, .completed))
        await world.clock.settle()
        #expect(log.isEnded)
        #expect(log.updates.map(\.seq) == log.updates.map(\.seq).sorted())
        #expect(log.updates.compactMap(\.task.progress) == [10, 70, 100])
        #expect(log.states.suffix(2) == [.processing, .completed])
        #expect(await world.service.unsubscribe(subscription.id) == false)
    }

    @Test func `nothing is delivered before the subscription is started, and nothing is lost`() async throws {
        let world = TaskWorld()
        world.gateway.reads("task_1", TaskWorld.processing(10), TaskWorld.completed)
        let task = try await world.submit().task
        let log = TaskTestLog()
        let subscription = try await world.service.subscribe(.tasks([task.id.text])) { log.add($0) }
        #expect(await world.reaches(task.id, .completed))
        #expect(log.all.isEmpty)
        await world.service.start(subscription.id)
        #expect(log.states.last == .completed && log.isEnded)
        let seen = Set(log.updates.map(\.seq))
        // What the reply told already is not told again.
        let start = max(subscription.seq, subscription.tasks[0].task.seq)
        #expect(world.journal.events.filter { $0.seq > start }.map(\.seq) == seen.sorted())
    }

    /// A hundred reconnects at any moment, over many tasks: together they are told exactly what the journal
    /// has.
    @Test func `reconnecting with since misses nothing and repeats nothing`() async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 4))
        for number in 1...12 {
            world.gateway.reads(
                "task_\(number)", TaskWorld.processing(number), TaskWorld.processing(40),
                .failure(Failure(.serverError)),
                TaskWorld.processing(80), TaskWorld.completed)
            _ = try await world.submit("cat \(number)")
        }
        let random = SeededRandom(seed: 8)
        var since: Int64 = 0
        var told: [Int64] = []
        for _ in 0..<100 {
            let (subscription, log) = try await subscribe(world, .all, since: since)
            #expect(!subscription.isSnapshot && subscription.seq == since)
            await world.clock.advance(by: .milliseconds(Int(random.next() % 6000)))
            _ = await world.service.unsubscribe(subscription.id)
            told += log.updates.map(\.seq)
            since = told.last ?? since
        }
        let (_, log) = try await subscribe(world, .all, since: since)
        _ = await world.clock.advance { world.journal.events.count { $0.task.state == .completed } == 12 }
        await world.clock.settle()
        told += log.updates.map(\.seq)
        #expect(told == world.journal.events.map(\.seq))
        #expect(!log.isEnded, "a subscription to everything has no end")
    }

    @Test func `history that is gone gives the full state as a snapshot`() async throws {
        let world = TaskWorld()
        world.gateway.reads("task_1", TaskWorld.completed)
        let task = try await world.submit().task
        #expect(await world.reaches(task.id, .completed))
        world.journal.trim()
        let (subscription, log) = try await subscribe(world, .all, since: 1)
        #expect(subscription.isSnapshot && subscription.tasks.map(\.task.state) == [.completed])
        #expect(log.all.isEmpty)
    }

    @Test(arguments: [SubscriptionFilter.labels(["film": "a"]), .all])
    func `a reply tells of every task under way and of a bounded number at their end`(
        filter: SubscriptionFilter
    ) async throws {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        var cancelled: [TaskID] = []
        // Waits for the user, however long ago it was.
        world.gateway.creates(.unknown(Failure(.timeout)))
        let lost = try await world.submit("lost", labels: ["film": "a"]).task.id
        #expect(await world.reaches(lost, .unconfirmed))
        _ = try await world.submit("first", labels: ["film": "a"])
        let waiting = try await world.submit("second", labels: ["film": "a"]).task.id
        for number in 0..<TaskService.mostEnded + 20 {
            let id = try await world.submit("cat \(number)", labels: ["film": "a"]).task.id
            _ = try await world.service.cancel(id.text)
            cancelled.append(id)
        }
        // A number from the future: the history from there on is not known.
        let (subscription, _) = try await subscribe(world, filter, since: 1 << 40)
        #expect(subscription.isSnapshot)
        let told = subscription.tasks.filter { $0.task.state.isTerminal }.map(\.task.id)
        #expect(told == cancelled.reversed().prefix(TaskService.mostEnded) + [lost])
        #expect(subscription.tasks.contains { $0.task.id == waiting })
        #expect(subscription.tasks.count == TaskService.mostEnded + 3)
    }

    @Test func `labels select tasks that are there and tasks to come, and end with the last`() async throws {
        let world = TaskWorld()
        for number in 1...3 {
            world.gateway.reads("task_\(number)", TaskWorld.processing(number), TaskWorld.completed)
        }
        let (_, log) = try await subscribe(world, .labels(["film": "a"]))
        #expect(!log.isEnded, "nobody has the label yet")
        let one = try await world.submit("one", labels: ["film": "a", "shot": "1"]).task.id
        let two = try await world.submit("two", labels: ["film": "a"]).task.id
        let other = try await world.submit("three", labels: ["film": "b"]).task.id
        #expect(await world.reaches(one, .completed))
        #expect(await world.reaches(two, .completed))
        #expect(await world.reaches(other, .completed))
        await world.clock.settle()
        #expect(Set(log.updates.map(\.task.id)) == [one, two])
        #expect(log.isEnded)
    }

    @Test func `tasks that are at their end already end the subscription at once`() async throws {
        let world = TaskWorld()
        world.gateway.reads("task_1", TaskWorld.completed)
        let task = try await world.submit().task
        #expect(await world.reaches(task.id, .completed))
        let newest = world.journal.events.last?.seq
        let (_, log) = try await subscribe(world, .tasks([task.id.text]), since: newest)
        #expect(log.updates.isEmpty && log.isEnded)
    }

    @Test func `progress is spaced as asked, and changes of state are not`() async throws {
        let world = TaskWorld()
        world.gateway.reads(
            "task_1", TaskWorld.processing(1), TaskWorld.processing(2), TaskWorld.processing(3),
            TaskWorld.processing(4),
            TaskWorld.completed)
        let task = try await world.submit().task
        let (_, log) = try await subscribe(world, .tasks([task.id.text]), every: .seconds(1000))
        #expect(await world.reaches(task.id, .completed))
        await world.clock.settle()
        #expect(log.states.suffix(2) == [.processing, .completed])
        #expect(log.updates.compactMap(\.task.progress) == [1, 2, 100])
    }

    @Test func `a number from the future belongs to another journal`() async throws {
        let world = TaskWorld()
        let task = try await world.submit().task
        await world.clock.settle()
        for since in [99_999, Int64.max] {
            let (subscription, log) = try await subscribe(world, .all, since: since)
            #expect(subscription.isSnapshot && subscription.tasks.map(\.task.id) == [task.id])
            #expect(subscription.seq == world.journal.events.last?.seq && log.all.isEmpty)
        }
        let newest = try #require(world.journal.events.last?.seq)
        #expect(try await !subscribe(world, .all, since: newest).0.isSnapshot)
    }

    @Test func `the newest progress that came too early is told when its time has come`() async throws {
        let world = TaskWorld()
        world.gateway.reads(
            "task_1", TaskWorld.processing(1), TaskWorld.processing(2), TaskWorld.processing(3),
            TaskWorld.processing(4))
        let task = try await world.submit().task
        let (_, log) = try await subscribe(world, .tasks([task.id.text]), every: .seconds(1000))
        _ = await world.clock.advance { world.journal.events.last?.task.progress == 4 }
        #expect(log.updates.compactMap(\.task.progress) == [1, 2])
        await world.clock.advance(by: .seconds(1000))
        #expect(log.updates.compactMap(\.task.progress) == [1, 2, 4])
        #expect(log.updates.map(\.seq) == log.updates.map(\.seq).sorted())
    }

    @Test func `a subscription to a task that does not exist is an error`() async throws {
        let world = TaskWorld()
        await #expect(throws: TaskServiceError.noSuchTask("kt_x")) {
            try await subscribe(world, .tasks(["kt_x"]))
        }
    }
}
