import Foundation
import JSON
import KlingCore
import Synchronization

@testable import KlingJournal

let gatewayURL = "https://gateway.test"
let gateway = GatewayIdentity(url: gatewayURL, simulated: false)
let epoch = Timestamp(milliseconds: 1_800_000_000_000)

/// A queued task; `number` orders the tasks in time and makes the id.
func sample(
    _ number: Int, key: String? = nil, labels: [String: String] = [:], model: String = "kling-v3",
    prompt: String = "a cat", seq: Int64 = 0, body: JSONObject? = nil
) -> VideoTask {
    let time = epoch.advanced(by: .seconds(number))
    var task = VideoTask(
        id: TaskID(at: time, randomness: (0, UInt64(number))),
        request: VideoRequest(
            body: body ?? ["model": .string(model), "prompt": .string(prompt), "duration": 5]),
        createdAt: time, idempotencyKey: key, labels: labels)
    task.seq = seq
    return task
}

/// A new directory, removed when this value goes.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "kling-journal-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    subscript(_ name: String) -> String { path + "/" + name }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: self[name])) }
    func write(_ bytes: Data, _ name: String) throws { try bytes.write(to: URL(fileURLWithPath: self[name])) }
}

extension SQLiteJournal {
    func begin(_ task: VideoTask) async throws(JournalFailure) -> JournalBeginning {
        try await begin(task, within: nil)
    }

    func claim(_ id: TaskID, maximumActive: Int, at time: Timestamp) async throws -> VideoTask? {
        try await claim(id, maximumActive: maximumActive, of: gatewayURL, at: time)
    }

    func claim(_ id: TaskID, maximumActive: Int, of url: String, at time: Timestamp) async throws
        -> VideoTask?
    {
        let gateway = GatewayIdentity(url: url, simulated: false)
        return try await claim(
            id, maximumActive: maximumActive, for: gateway, besides: [], isAwaited: false, at: time
        )
        .task
    }

    func takeOver(_ choice: LeftTasks, limit: Int, of url: String, at now: Timestamp) async throws
        -> [VideoTask]
    {
        let gateway = GatewayIdentity(url: url, simulated: false)
        return try await takeOver(choice, limit: limit, for: gateway, besides: [], at: now)
    }

    func takeOver(limit: Int, at now: Timestamp) async throws -> [VideoTask] {
        try await takeOver(.everything, limit: limit, of: gatewayURL, at: now)
    }

    /// Writes a change that nobody else has overtaken.
    func write(_ task: VideoTask, _ kind: JournalEvent.Kind = .change) async throws -> VideoTask {
        guard case .written(let written) = try await record(task, kind) else { throw Unexpected() }
        return written
    }

    func created(_ task: VideoTask) async throws -> VideoTask {
        guard case .created(let created, _) = try await begin(task) else { throw Unexpected() }
        return created
    }

    /// Makes many tasks at once, in any order.
    func create(_ numbers: ClosedRange<Int>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in numbers { group.addTask { _ = try await self.created(sample(number)) } }
            try await group.waitForAll()
        }
    }

    func changed(_ task: VideoTask, _ change: (inout VideoTask) -> Void) async throws -> VideoTask {
        var task = task
        change(&task)
        return try await write(task)
    }
}

extension JournalClaim {
    var task: VideoTask? {
        guard case .claimed(let task, _) = self else { return nil }
        return task
    }
}

struct Unexpected: Error {}

/// What the journal refuses with, or nil.
func refusal(_ journal: SQLiteJournal, _ task: VideoTask = sample(1)) async -> JournalFailure? {
    do throws(JournalFailure) {
        _ = try await journal.begin(task)
        return nil
    } catch {
        return error
    }
}
