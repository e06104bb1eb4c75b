import Foundation
import JSON
import KlingSimulator
import Testing

@testable import KlingCore

/// The service with the simulator, on virtual time.
struct TaskSimulatorTests {
    private struct World {
        let clock: TaskTestClock
        let journal: TaskTestJournal
        let gateway: SimulatorGateway
        let service: TaskService

        init(
            _ spec: SimulatorSpec, clock: TaskTestClock = TaskTestClock(),
            journal: TaskTestJournal = TaskTestJournal(),
            maximumActive: Int = 3, directory: String? = nil
        ) {
            self.clock = clock
            self.journal = journal
            gateway = SimulatorGateway(spec: spec, clock: clock)
            let options = TaskServiceOptions(
                maximumActive: maximumActive, timeScale: spec.speed, downloadDirectory: directory)
            service = TaskService(
                journal: journal, gateway: gateway, clock: clock, random: SeededRandom(seed: spec.seed),
                options: options)
            clock.watch(service) { 0 }
        }

        func submit(_ number: Int) async throws -> TaskID {
            try await service.submit(Submission(request: TaskWorld.request("cat \(number)"))).report.task.id
        }

        func settled(_ ids: [TaskID], within limit: Duration = .seconds(20_000)) async -> [VideoTask] {
            _ = await clock.advance(upTo: limit) {
                let known = await tasks(ids)
                return known.allSatisfy(\.isSettled)
            }
            return await tasks(ids)
        }

        /// Lets time pass while the service does something that takes some.
        func passing<Result: Sendable>(
            _ body: @escaping @Sendable (TaskService) async throws -> Result
        ) async throws -> Result {
            let work = Task { [service] in try await body(service) }
            await clock.advance(by: .seconds(10))
            return try await work.value
        }

        private func tasks(_ ids: [TaskID]) async -> [VideoTask] {
            var known: [VideoTask] = []
            for id in ids { if let report = try? await service.status(id.text) { known.append(report.task) } }
            return known
        }
    }

    @Test(arguments: [1.0, 20, 500])
    func `a task goes through its states with rising progress, in the gateway's time`(speed: Double)
        async throws
    {
        let world = World(SimulatorSpec(speed: speed, seed: 4))
        let log = TaskTestLog()
        let id = try await world.submit(1)
        let subscription = try await world.service.subscribe(.tasks([id.text]), since: 0) { log.add($0) }
        await world.service.start(subscription.id)
        let task = await world.settled([id])[0]
        #expect(task.state == .completed && task.simulated && task.videos.count == 1 && task.billed == .yes)
        #expect(log.states == [.queued, .submitting, .submitted, .processing, .completed])
        let progress = log.updates.compactMap(\.task.progress)
        #expect(progress == progress.sorted() && progress.count >= 3)
        let seconds = try #require(task.completedAt).since(try #require(task.submittedAt)).seconds * speed
        #expect((40...185).contains(seconds))
        #expect(log.isEnded)
    }

    @Test func `every request of a burst with refusals and slow moments is made exactly once`() async throws {
        let world = World(
            try SimulatorSpec(
                parsing: "speed=20,seed=3,fault=429:0.4:on=create,fault=reset:0.2,fault=500:0.1:on=read"))
        var ids: [TaskID] = []
        for number in 0..<20 { ids.append(try await world.submit(number)) }
        let tasks = await world.settled(ids)
        #expect(tasks.allSatisfy { $0.state == .completed })
        #expect(world.gateway.accepted == 20)
    }

    @Test func `lost answers leave tasks unconfirmed, and no create is repeated`() async throws {
        let world = World(
            try SimulatorSpec(parsing: "seed=5,fault=reset-after-accept:0.3,fault=timeout-before-accept:0.2"),
            maximumActive: 6)
        var ids: [TaskID] = []
        for number in 0..<30 { ids.append(try await world.submit(number)) }
        let tasks = await world.settled(ids)
        let unconfirmed = tasks.count { $0.state == .unconfirmed }
        #expect(unconfirmed > 3 && tasks.count { $0.state == .completed } == 30 - unconfirmed)
        #expect(tasks.allSatisfy { $0.attempts == 1 })
        #expect(world.gateway.accepted >= 30 - unconfirmed && world.gateway.accepted <= 30)
    }

    @Test func `a killed process loses nothing: the next one finishes the same tasks`() async throws {
        var world = World(SimulatorSpec(seed: 6))
        var ids: [TaskID] = []
        for number in 0..<8 { ids.append(try await world.submit(number)) }
        for _ in 0..<4 {
            await world.clock.advance(by: .seconds(2.7))
            world = World(SimulatorSpec(seed: 6), clock: world.clock, journal: world.journal.reopened())
            world.service.resume()
        }
        let tasks = await world.settled(ids)
        #expect(tasks.allSatisfy { $0.state == .completed || $0.state == .unconfirmed })
        #expect(tasks.count { $0.state == .unconfirmed } <= 4)
        #expect(tasks.allSatisfy { $0.attempts == 1 })
    }

    @Test(arguments: [
        ("stuck", nil), ("failed", VideoTask.State.failed), ("content-policy", .failed),
        ("cancelled", .cancelled),
        ("unknown-status", .completed), ("no-url", .completed), ("no-progress", .completed),
        ("backwards", .completed),
        ("flat", .completed)
    ])
    func `each fate ends as it should`(fault: String, end: VideoTask.State?) async throws {
        let world = World(try SimulatorSpec(parsing: "fault=\(fault)"))
        let id = try await world.submit(1)
        let task = await world.settled([id], within: .seconds(60))[0]
        #expect(task.state == end ?? .processing)
        switch fault {
        case "content-policy": #expect(task.error?.klingCode == 1301 && task.billed == .no)
        case "no-url": #expect(task.videos.isEmpty && task.error != nil)
        case "no-progress": #expect(task.progress == nil)
        default: break
        }
    }

    @Test(arguments: ["", "fault=expired-link"])
    func `a result is delivered by itself, also when its first link is dead`(faults: String) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "kling-\(UUID().uuidString)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let world = World(try SimulatorSpec(parsing: faults), directory: directory)
        let id = try await world.submit(1)
        let task = await world.settled([id])[0]
        #expect(task.error == nil)
        let path = try #require(task.videos.first?.path)
        let file = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(file.count > 10_000 && file.dropFirst(4).prefix(4) == Data("ftyp".utf8))
        let same = try await world.passing { try await $0.download(id.text, to: .directory(directory)) }
        #expect(same.map(\.path) == [path])
        let again = try await world.passing {
            try await $0.download(id.text, to: .directory(directory), overwrite: true)
        }
        #expect(again.map(\.path) == [path] && again[0].bytes == Int64(file.count))
    }

    @Test func `after some tasks of a kind the estimate comes from history`() async throws {
        let world = World(SimulatorSpec(seed: 2))
        for number in 0..<4 { _ = await world.settled([try await world.submit(number)]) }
        let id = try await world.submit(9)
        let estimate = try #require(try await world.service.status(id.text).estimate)
        #expect(estimate.basis == .history && (2...10).contains(estimate.secondsLeft))
    }
}
