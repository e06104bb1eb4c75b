import Foundation
import Synchronization
import Testing

@testable import KlingCore

/// Two processes on one journal, each with a gateway of its own, so that it is seen who asks.
struct TaskSharingTests {
    /// Another process on the same journal, at the same time.
    private func neighbour(
        of world: TaskWorld, _ options: TaskServiceOptions = TaskServiceOptions()
    ) -> TaskWorld {
        TaskWorld(options, journal: world.journal.reopened(afterDeath: false), clock: world.clock, seed: 12)
    }

    private static let slow = (1...6).map { TaskWorld.processing($0 * 10) }

    private func prepare(_ gateway: TaskTestGateway, _ taskId: String) {
        gateway.state.withLock { $0.readings[taskId] = Self.slow + [TaskWorld.completed] }
    }

    @Test func `one process reads a task, and the other tells of it within half a second`() async throws {
        let one = TaskWorld()
        let other = neighbour(of: one)
        prepare(one.gateway, "task_1")
        let log = TaskTestLog()
        let subscription = try await other.service.subscribe(.all) { log.add($0) }
        await other.service.start(subscription.id)
        let ownLog = TaskTestLog()
        let own = try await one.service.subscribe(.all) { ownLog.add($0) }
        await one.service.start(own.id)
        let id = try await one.submit().task.id
        for state in [VideoTask.State.submitted, .processing, .completed] {
            #expect(await one.clock.advance { ownLog.states.last == state })
            await one.clock.advance(by: .milliseconds(500))
            #expect(log.states.last == state)
        }
        #expect(log.updates.map(\.seq) == ownLog.updates.map(\.seq))
        #expect(log.updates.map(\.seq) == log.updates.map(\.seq).sorted())
        #expect(other.gateway.readCount == 0 && other.gateway.sent.isEmpty)
        #expect(try await other.service.status(id.text).task.state == .completed)
    }

    @Test func `a wait in one process ends with what the other one does`() async throws {
        let one = TaskWorld()
        let other = neighbour(of: one)
        prepare(one.gateway, "task_1")
        let id = try await one.submit().task.id
        await one.clock.settle()
        async let waited = other.service.wait([id.text], until: .terminal, timeout: .seconds(600))
        #expect(await one.reaches(id, .completed))
        await one.clock.advance(by: .milliseconds(500))
        #expect(try await waited.done)
        #expect(other.gateway.readCount == 0)
    }

    @Test func `changes of both are told in the order of their numbers, each once`() async throws {
        let one = TaskWorld()
        let other = neighbour(of: one)
        let logs = [TaskTestLog(), TaskTestLog()]
        for (world, log) in [(one, logs[0]), (other, logs[1])] {
            let subscription = try await world.service.subscribe(.all) { log.add($0) }
            await world.service.start(subscription.id)
            for number in 1...6 { prepare(world.gateway, "task_\(number)") }
        }
        var ids: [TaskID] = []
        for number in 0..<6 {
            ids.append(try await [one, other][number % 2].submit("cat \(number)").task.id)
            await one.clock.advance(by: .seconds(number))
        }
        for id in ids { #expect(await one.reaches(id, .completed)) }
        await one.clock.advance(by: .seconds(1))
        let all = one.journal.events.map(\.seq)
        #expect(logs[0].updates.map(\.seq) == all)
        #expect(logs[1].updates.map(\.seq) == all)
    }

    @Test func `the tasks of a process that dies are taken over as they are`() async throws {
        let one = TaskWorld(TaskServiceOptions(maximumActive: 2))
        let other = neighbour(of: one, TaskServiceOptions(maximumActive: 2))
        _ = try await other.service.list(JournalQuery())
        let submitted = try await one.submit("one").task.id
        await one.clock.settle()
        one.gateway.holdCreates()
        let submitting = try await one.submit("two").task.id
        let queued = try await one.submit("three").task.id
        await one.clock.advance(by: .seconds(5))
        #expect(other.gateway.readCount == 0)
        _ = one.journal.reopened()
        await one.clock.advance(by: .seconds(3))
        #expect(await other.state(submitting) == .unconfirmed)
        prepare(other.gateway, "task_1")
        #expect(await other.reaches(submitted, .completed))
        #expect(await other.state(queued) != .queued)
        #expect(other.gateway.sent == [queued.text])
    }

    @Test func `a process that was silent for too long lets go of what others have taken over`() async throws
    {
        let one = TaskWorld()
        let other = neighbour(of: one)
        _ = try await other.service.list(JournalQuery())
        let id = try await one.submit().task.id
        await one.clock.advance(by: .seconds(20))
        #expect(one.gateway.readCount > 0 && other.gateway.readCount == 0)
        one.journal.fallSilent()
        // It is heard of again when it next says so, and has to look what is left.
        await one.clock.advance(by: .seconds(25))
        let read = one.gateway.readCount
        prepare(other.gateway, "task_1")
        #expect(await other.reaches(id, .completed))
        #expect(one.gateway.readCount == read)
        await one.clock.advance(by: .seconds(1))
        #expect(await one.state(id) == .completed)
    }

    /// What one is told to be cancelled is never sent by the other, whenever the cancellation comes.
    @Test(arguments: 0..<40)
    func `a cancellation here and a create there never both happen`(seed: Int) async throws {
        let one = TaskWorld(TaskServiceOptions(maximumActive: 1), seed: UInt64(seed))
        let other = neighbour(of: one, TaskServiceOptions(maximumActive: 1))
        for number in 1...4 { one.gateway.reads("task_\(number)", TaskWorld.completed) }
        var ids: [TaskID] = []
        for number in 0..<4 { ids.append(try await one.submit("cat \(number)").task.id) }
        // From before the first create to behind the last.
        for _ in 0..<(seed % 20) { await Task.yield() }
        if seed >= 20 { await one.clock.advance(by: .milliseconds(100 * seed)) }
        var cancelled: [TaskID] = []
        for id in ids.reversed() {
            do {
                _ = try await other.service.cancel(id.text)
                cancelled.append(id)
            } catch {
                guard case .cannotCancel = error else {
                    guard case .alreadyEnded = error else { throw error }
                    continue
                }
            }
        }
        await one.clock.advance(by: .seconds(200))
        #expect(Set(one.gateway.sent).isDisjoint(with: cancelled.map(\.text)))
        for id in ids {
            #expect(await one.state(id) == (cancelled.contains(id) ? .cancelled : .completed))
            #expect(one.gateway.sent.count { $0 == id.text } <= 1)
        }
    }

    @Test func `who slept while history was trimmed is told how each task is now`() async throws {
        let one = TaskWorld()
        let other = neighbour(of: one)
        prepare(one.gateway, "task_1")
        let log = TaskTestLog()
        let subscription = try await other.service.subscribe(.all, since: 0) { log.add($0) }
        #expect(!subscription.isSnapshot)
        let id = try await one.submit().task.id
        #expect(await one.reaches(id, .completed))
        one.journal.trim()
        await other.service.start(subscription.id)
        #expect(log.states == [.completed])
        let next = try await one.submit("two").task.id
        await one.clock.advance(by: .seconds(1))
        #expect(log.updates.contains { $0.task.id == next })
    }

    @Test func `positions count the queued tasks of all processes`() async throws {
        let one = TaskWorld(TaskServiceOptions(maximumActive: 1))
        let other = neighbour(of: one, TaskServiceOptions(maximumActive: 1))
        var ids: [TaskID] = []
        for number in 0..<5 {
            ids.append(try await [one, other][number % 2].submit("cat \(number)").task.id)
            await one.clock.advance(by: .seconds(1))
        }
        for world in [one, other] {
            var positions: [Int] = []
            for id in ids { positions.append(try await world.service.status(id.text).queue.position) }
            #expect(positions == [0, 1, 2, 3, 4])
        }
    }

    @Test func `two processes whose tasks stand in line by turns do not keep each other waiting`()
        async throws
    {
        let options = TaskServiceOptions(maximumActive: 100)
        let one = TaskWorld(options)
        let other = TaskWorld(
            options, journal: one.journal.reopened(afterDeath: false), clock: one.clock, seed: 12)
        one.gateway.holdCreates()
        other.gateway.holdCreates()
        for number in 0..<40 { _ = try await (number % 2 == 0 ? one : other).submit("\(number)") }
        let start = one.clock.elapsed()
        for world in [one, other] { world.gateway.release() }
        #expect(await one.clock.advance { one.gateway.sent.count + other.gateway.sent.count == 40 })
        #expect(one.clock.elapsed() - start < .seconds(4))
    }

    @Test func `no more reads begin in a second than is allowed`() async throws {
        var options = TaskServiceOptions(maximumActive: 300)
        options.readsPerSecond = 5
        let world = TaskWorld(options)
        for number in 0..<300 { _ = try await world.submit("cat \(number)") }
        await world.clock.advance(by: .seconds(120))
        let times = world.gateway.state.withLock { $0.reads.map(\.at) }
        #expect(times.count > 5 * 100)
        for (index, time) in times.enumerated() {
            let later = times.dropFirst(index).prefix { $0 - time < .seconds(10) }.count
            #expect(later <= 5 * 10 + options.maximumReads + 1)
        }
    }

    @Test func `a wait and a submit answer with what another process has just done`() async throws {
        let one = TaskWorld(TaskServiceOptions(maximumActive: 1))
        let other = neighbour(of: one)
        _ = try await one.submit("first")
        let id = try await one.submit("second").task.id
        await one.clock.settle()
        async let waited = one.service.wait([id.text], until: .terminal, timeout: .seconds(600))
        await one.clock.settle()
        _ = try await other.service.cancel(id.text)
        await one.clock.advance(by: .milliseconds(500))
        let answer = try await waited
        #expect(answer.done && answer.tasks.map(\.task.state) == [.cancelled])
    }

    @Test func `a create whose process was taken for gone is followed when its answer comes`() async throws {
        let one = TaskWorld()
        let other = neighbour(of: one)
        _ = try await other.service.list(JournalQuery())
        one.gateway.holdCreates()
        let id = try await one.submit().task.id
        await one.clock.advance(by: .seconds(5))
        one.journal.fallSilent()
        await one.clock.advance(by: .seconds(30))
        #expect(await other.state(id) == .unconfirmed)
        prepare(one.gateway, "task_1")
        one.gateway.releaseCreates()
        #expect(await one.reaches(id, .completed))
        #expect(one.gateway.sent.count + other.gateway.sent.count == 1)
    }

    @Test func `what cannot be written by the end is told, with the gateway's id`() async throws {
        let told = Mutex<[VideoTask]>([])
        let world = TaskWorld(observer: { notice in
            if case .unwritten(let task) = notice { told.withLock { $0.append(task) } }
        })
        world.gateway.holdCreates()
        _ = try await world.submit()
        await world.clock.settle()
        world.journal.fail(with: .diskFull(path: "/j"))
        world.gateway.releaseCreates()
        await world.clock.settle()
        async let drained: Void = world.service.drain()
        await world.clock.advance(by: .seconds(6))
        await drained
        #expect(told.withLock { $0.last?.taskId } == "task_1")
    }

    @Test(arguments: [true, false])
    func `what comes in behind the end is told when nobody could find it out again`(isCreate: Bool)
        async throws
    {
        let told = Mutex<[VideoTask]>([])
        let world = TaskWorld(observer: { notice in
            if case .unwritten(let task) = notice { told.withLock { $0.append(task) } }
        })
        if isCreate { world.gateway.holdCreates() } else { world.gateway.holdFetches() }
        let place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: place) }
        world.gateway.reads("task_1", TaskWorld.completed)
        let intent = Submission(request: TaskWorld.request(), delivery: .directory(place))
        let id = try await world.service.submit(intent).report.task.id
        if isCreate { await world.clock.settle() } else { #expect(await world.reaches(id, .completed)) }
        async let drained: Void = world.service.drain()
        await world.clock.advance(by: .seconds(6))
        await drained
        world.gateway.release()
        await world.clock.settle()
        #expect(told.withLock { $0.map(\.taskId) } == (isCreate ? ["task_1"] : []))
    }

    @Test func `what could not be written is written before the end when it can be`() async throws {
        let world = TaskWorld()
        world.gateway.holdCreates()
        let id = try await world.submit().task.id
        await world.clock.settle()
        world.journal.fail(with: .locked(path: "/j"))
        world.gateway.releaseCreates()
        await world.clock.settle()
        async let drained: Void = world.service.drain()
        world.journal.fail(with: nil)
        await world.clock.advance(by: .seconds(6))
        await drained
        #expect(world.journal.events.last { $0.task.id == id }?.task.taskId == "task_1")
    }
}
