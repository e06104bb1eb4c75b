import Synchronization
import Testing

@testable import KlingCore

struct TaskWaitTests {
    @Test func `a wait ends with the change it waits for, and reaching its limit is a normal result`()
        async throws
    {
        let world = TaskWorld()
        world.gateway.reads("task_1", TaskWorld.processing(10), TaskWorld.completed)
        let id = try await world.submit().task.id.text
        async let short = world.service.wait([id], until: .terminal, timeout: .seconds(3))
        await world.clock.settle()
        await world.clock.advance(by: .seconds(3))
        let early = try await short
        #expect(!early.done && early.tasks[0].task.state == .submitted)
        async let long = world.service.wait([id, "task_1"], until: .terminal, timeout: .seconds(500))
        await world.clock.settle()
        await world.clock.advance(by: .seconds(60))
        let late = try await long
        #expect(late.done && late.tasks.map(\.task.state) == [.completed, .completed])
        #expect(world.clock.elapsed() < .seconds(100))
    }

    @Test func `a wait for the submission ends with the gateway's answer`() async throws {
        let world = TaskWorld()
        let id = try await world.submit().task.id.text
        let waited = try await world.service.wait([id], until: .submitted, timeout: .seconds(45))
        #expect(waited.done && waited.tasks[0].task.taskId == "task_1")
        #expect(world.clock.elapsed() == .zero)
    }

    @Test func `a wait without time tells how things are, and an unknown task is an error`() async throws {
        let world = TaskWorld()
        let id = try await world.submit().task.id.text
        #expect(try await world.service.wait([id], until: .terminal, timeout: .zero).done == false)
        await #expect(throws: TaskServiceError.noSuchTask("task_7")) {
            try await world.service.wait([id, "task_7"], until: .terminal, timeout: .seconds(1))
        }
    }

    @Test func `a wait whose caller is cancelled returns at once`() async throws {
        let world = TaskWorld()
        let id = try await world.submit().task.id.text
        let caller = Task { try await world.service.wait([id], until: .terminal, timeout: .seconds(1000)) }
        await world.clock.settle()
        caller.cancel()
        #expect(try await caller.value.done == false)
        #expect(world.clock.elapsed() == .zero)
    }

    @Test func `a wait covers the delivery that the task asks for`() async throws {
        let world = TaskWorld(TaskServiceOptions(downloadDirectory: "/dev/null/films"))
        world.gateway.reads("task_1", TaskWorld.completed)
        let id = try await world.submit().task.id.text
        async let waited = world.service.wait([id], until: .terminal, timeout: .seconds(500))
        await world.clock.settle()
        await world.clock.advance(by: .seconds(60))
        let end = try await waited
        #expect(end.done && end.tasks[0].task.state == .completed)
        #expect(
            end.tasks[0].task.error?.kind == .fileSystem,
            "what failed is told, and the video stays at the gateway")
        #expect(end.tasks[0].task.billed == .yes)
    }

    @Test func `a refresh asks now, at most once a second`() async throws {
        let world = TaskWorld()
        let id = try await world.submit().task.id
        #expect(await world.reaches(id, .submitted))
        world.gateway.reads("task_1", TaskWorld.processing(33))
        for _ in 0..<3 {
            #expect(try await world.service.status(id.text, refresh: true).task.progress == 33)
        }
        #expect(world.gateway.readTimes("task_1").count == 1)
        await world.clock.advance(by: .seconds(1.5))
        _ = try await world.service.status(id.text, refresh: true)
        #expect(world.gateway.readTimes("task_1").count == 2)
    }

    @Test func `a refresh asks for the link that a completed task lacks`() async throws {
        let world = TaskWorld()
        let id = try await world.submit().task.id
        #expect(await world.reaches(id, .submitted))
        let bare = Result<TaskReading, Failure>.success(TaskReading(status: .completed, progress: 100))
        world.gateway.state.withLock {
            $0.readings["task_1"] = Array(repeating: bare, count: 20) + [TaskWorld.completed]
        }
        #expect(await world.reaches(id, .completed))
        for _ in 0..<20 {
            await world.clock.advance(by: .seconds(2))
            _ = try await world.service.status(id.text, refresh: true)
        }
        let task = try await world.service.status(id.text).task
        #expect(task.videos.map(\.url) == ["https://files.test/1.mp4"] && task.error == nil)
    }

    @Test func `cancel is free for a queued task, a conflict for one that was sent, and abandons on demand`()
        async throws
    {
        let world = TaskWorld(TaskServiceOptions(maximumActive: 1))
        let sent = try await world.submit("one").task.id
        let queued = try await world.submit("two").task.id
        #expect(await world.reaches(sent, .submitted))
        let cancelled = try await world.service.cancel(queued.text).task
        #expect(cancelled.state == .cancelled && cancelled.billed == .no)
        await #expect {
            try await world.service.cancel("task_1")
        } throws: { if case .cannotCancel = $0 as? TaskServiceError { true } else { false } }
        await #expect {
            try await world.service.cancel(queued.text)
        } throws: { if case .alreadyEnded = $0 as? TaskServiceError { true } else { false } }
        let third = try await world.submit("three").task.id
        let abandoned = try await world.service.cancel(sent.text, abandon: true).task
        #expect(abandoned.state == .abandoned && abandoned.billed == .yes)
        let reads = world.gateway.readTimes("task_1").count
        #expect(await world.reaches(third, .processing), "its slot is free")
        #expect(world.gateway.readTimes("task_1").count == reads)
        #expect(world.gateway.sent == [sent.text, third.text])
    }

    @Test func `an unconfirmed task is adopted, and an id that the gateway does not know is not`()
        async throws
    {
        let world = TaskWorld()
        world.gateway.creates(.unknown(Failure(.timeout)))
        world.gateway.reads("task_lost", TaskWorld.processing(50), TaskWorld.completed)
        world.gateway.reads("task_none", .failure(Failure(.taskNotFound)))
        let id = try await world.submit().task.id
        #expect(await world.reaches(id, .unconfirmed))
        await #expect {
            try await world.service.adopt(taskId: "task_none", onto: id.text)
        } throws: {
            guard let error = $0 as? TaskServiceError, error.failure.kind == .taskNotFound else {
                return false
            }
            return error.failure.billed == .unknown && error.sentence(.en).contains("no task with this id")
                && error.sentence(.en).contains("perhaps charged")
                && !error.sentence(.en).contains("Nothing was charged")
        }
        let adopted = try await world.service.adopt(taskId: "task_lost", onto: id.text).task
        #expect(adopted.id == id && adopted.state == .processing && adopted.progress == 50)
        #expect(await world.reaches(id, .completed))
        await #expect(throws: TaskServiceError.cannotAdopt(try await world.service.status(id.text).task)) {
            try await world.service.adopt(taskId: "task_none", onto: id.text)
        }
        #expect(world.gateway.readTimes("task_none").count == 1, "the gateway is not asked for nothing")
        await #expect {
            try await world.service.adopt(taskId: "task_lost", onto: try await world.submit().task.id.text)
        } throws: { if case .taskIdTaken = $0 as? TaskServiceError { true } else { false } }
    }

    @Test func `of many who adopt one id at once one has it`() async throws {
        let world = TaskWorld()
        world.gateway.creates(.unknown(Failure(.timeout)), .unknown(Failure(.timeout)))
        let lost = [try await world.submit("a").task.id, try await world.submit("b").task.id]
        for id in lost { #expect(await world.reaches(id, .unconfirmed)) }
        let other = TaskWorld(
            journal: world.journal.reopened(afterDeath: false), clock: world.clock, gateway: world.gateway)
        let answers = await withTaskGroup(of: Result<TaskID, any Error>.self) { group in
            for (number, id) in (lost + lost).enumerated() {
                let service = number < 2 ? world.service : other.service
                group.addTask {
                    do {
                        return .success(try await service.adopt(taskId: "task_x", onto: id.text).task.id)
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(answers.compactMap { try? $0.get() }).count == 1)
        let taken = answers.filter { answer in
            if case .failure(TaskServiceError.taskIdTaken("task_x", _)) = answer { true } else { false }
        }
        #expect(taken.count >= 2)
        let found = await withTaskGroup(of: TaskID?.self) { group in
            for number in 0..<8 {
                let service = number % 2 == 0 ? world.service : other.service
                group.addTask { try? await service.adopt(taskId: "task_y").task.id }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(found.count == 8 && Set(found).count == 1 && found.first != .some(nil))
    }

    @Test func `a task made elsewhere is adopted once, with its labels`() async throws {
        let world = TaskWorld()
        world.gateway.reads("task_x", TaskWorld.processing(20), TaskWorld.completed)
        let one = try await world.service.adopt(taskId: "task_x", labels: ["from": "web"])
        #expect(try await world.service.adopt(taskId: "task_x").task.id == one.task.id)
        #expect(await world.reaches(one.task.id, .completed))
        #expect(
            try await world.service.list(JournalQuery(labels: ["from": "web"])).map(\.task.id) == [
                one.task.id
            ])
        #expect(world.gateway.sent.isEmpty)
    }
}
