import Foundation
import JSON
import KlingCore
import Testing

@testable import KlingHTTP

/// The stand-in gateway of `Tests/gateway`, in a process of its own.
final class FaultGateway: Sendable {
    let url: String
    let port: Int
    private let process: Process
    private let loop = TransferLoop()

    /// Whether there is a Python to run it with; tests are skipped otherwise.
    static let isAvailable = python != nil
    private static let python: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin")
        .split(separator: ":").map { "\($0)/python3" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    init(_ faults: [String] = [], _ arguments: [String] = []) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("gateway/gateway.py")
        let output = Pipe()
        process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.python))
        process.arguments =
            [script.path, "--speed", "1"] + arguments + faults.flatMap { ["--fault", $0] }
        process.standardOutput = output
        try process.run()
        let line = output.fileHandleForReading.availableData
        let tree = JSONTree(Array(line))
        let said = tree.value(tree.root)
        url = try #require(
            said["url"]?.string, "the gateway did not start: \(String(decoding: line, as: UTF8.self))")
        port = try #require(said["port"]?.int)
    }

    deinit {
        loop.end()
        // Not waited for: `waitUntilExit` turns a run loop, which hangs on threads that are not Foundation's.
        kill(process.processIdentifier, SIGKILL)
    }

    var address: GatewayAddress { get throws { try GatewayAddress(url) } }

    func gateway(key: String = "sk-test-key", _ change: (inout HTTPGateway.Options) -> Void = { _ in }) throws
        -> HTTPGateway
    {
        var options = HTTPGateway.Options()
        options.version = "1.2"
        options.createTimeout = .seconds(5)
        options.readTimeout = .seconds(5)
        change(&options)
        return HTTPGateway(address: try address, key: Secret(key), options: options)
    }

    func ask(_ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        var transfer = Transfer(
            method: body.map { .post(Array($0.description.utf8)) } ?? .get, url: url + "/control/" + path,
            headers: [],
            userAgent: "test", connectTimeout: .seconds(5), timeout: .seconds(5), allowsHTTP: true)
        transfer.isSolitary = true
        let end = await loop.perform(transfer)
        let tree = JSONTree(end.reply.body)
        try #require(tree.isValid && end.problem == nil)
        return tree.value(tree.root)
    }

    func count(_ name: String) async throws -> Int { try await ask("counts")[name]?.int ?? -1 }

    func set(_ faults: [String], advance: Int = 0) async throws {
        _ = try await ask(
            "faults", ["faults": .array(faults.map(JSONValue.string)), "advance": JSONValue(advance)])
    }
}

let request = VideoRequest(body: ["model": "kling-v3", "prompt": "a cat", "duration": 5, "mode": "std"])

extension HTTPGateway {
    /// The id of a task that the gateway has just taken.
    func accepted() async throws -> String {
        guard case .accepted(let taskId, _) = await create(request, key: "k") else {
            throw Failure(.badGateway)
        }
        return taskId
    }
}

/// A new directory, removed when this value goes.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "kling-http-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? [] }
    subscript(_ name: String) -> String { path + "/" + name }
    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: self[name])) }
}

/// Runs a program to its end, and returns its status.
func run(_ program: String, _ arguments: [String]) async throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardError = FileHandle.nullDevice
    return try await withCheckedThrowingContinuation { continuation in
        process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
        do { try process.run() } catch { continuation.resume(throwing: error) }
    }
}
