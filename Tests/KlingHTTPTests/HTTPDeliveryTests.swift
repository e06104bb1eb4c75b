import Foundation
import JSON
import KlingCore
import Synchronization
import Testing

@testable import KlingHTTP

/// Whole deliveries over HTTP. What depends on the content alone is tested without a network in
/// KlingCoreTests.
@Suite(.serialized, .enabled(if: FaultGateway.isAvailable, "python3 is not here to run Tests/gateway"))
struct HTTPDeliveryTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    /// A completed task, with its link.
    private func completed(_ server: FaultGateway, _ gateway: HTTPGateway) async throws -> VideoTask {
        let taskId = try await gateway.accepted()
        try await server.set([], advance: 1000)
        let reading = try await gateway.read(taskId).get()
        let time = Timestamp(milliseconds: 1_795_200_000_000)
        var task = VideoTask(id: TaskID(at: time, randomness: (1, 2)), request: request, createdAt: time)
        task.taskId = taskId
        task.state = .completed
        task.videos = reading.videos
        return task
    }

    private func deliver(_ task: VideoTask, _ gateway: HTTPGateway, overwrite: Bool = false) async throws
        -> DeliveredFile
    {
        try await VideoDelivery(gateway: gateway).deliver(
            task, to: .directory(folder.path), overwrite: overwrite
        ).get()
    }

    @Test(arguments: [
        [], ["truncated-body:x1:on=file"], ["truncated-body:x2:on=file"], ["reset:x2:on=file"], ["no-length"],
        ["truncated-body:x2:on=file:share=0.9", "no-range"], ["truncated-body:x1:on=file", "changed-file"],
        ["slow-body:on=file:seconds=0.2"], ["truncated-body:x1:on=file", "bare-part"],
        ["truncated-body:x2:on=file", "bare-part:dated"]
    ])
    func theVideoArrivesWholeWhateverHappensOnTheWay(faults: [String]) async throws {
        let server = try FaultGateway()
        let gateway = try server.gateway()
        let task = try await completed(server, gateway)
        try await server.set(faults)
        let file = try await deliver(task, gateway)
        #expect(folder.names == [task.id.text + ".mp4", task.id.text + ".mp4.json"])
        #expect(file.path == folder[task.id.text + ".mp4"])
        #expect(file.bytes == 64 * 1024)
        #expect(try folder.bytes(task.id.text + ".mp4").count == 64 * 1024)
        #expect(file.contentType == "video/mp4")
        try await server.set([])
        let again = try await deliver(task, gateway, overwrite: true)
        #expect(again.sha256 == file.sha256)
    }

    @Test func aBrokenDownloadIsResumedAndNotBegunAnew() async throws {
        let server = try FaultGateway()
        let gateway = try server.gateway()
        let task = try await completed(server, gateway)
        try await server.set(["truncated-body:x1:on=file"])
        _ = try await deliver(task, gateway)
        let ranges = try await server.ask("requests").array?.compactMap { $0["headers"]?["range"]?.string }
        #expect(ranges?.count == 1)
        #expect(ranges?.first?.hasPrefix("bytes=") == true)
    }

    /// RFC 9110 §15.3.7; and what it was asked by is kept for the next time.
    @Test func aPartNeedNotRepeatTheDateItWasAskedBy() async throws {
        let server = try FaultGateway()
        let gateway = try server.gateway()
        let task = try await completed(server, gateway)
        try await server.set(["truncated-body:x2:on=file", "bare-part:dated"])
        _ = try await deliver(task, gateway)
        let ranges = try await server.ask("requests").array?.compactMap { $0["headers"]?["range"]?.string }
        #expect(ranges == ["bytes=32768-", "bytes=49152-"])
    }

    @Test func aDeadLinkIsAskedForAnewOnce() async throws {
        let server = try FaultGateway(["expired-link"])
        let gateway = try server.gateway()
        let task = try await completed(server, gateway)
        let file = try await deliver(task, gateway)
        #expect(file.link != task.videos.first)
        let other = try FaultGateway(["expired-link:forever"])
        let dead = try other.gateway()
        let result = await VideoDelivery(gateway: dead).deliver(
            try await completed(other, dead), to: .directory(folder["dead"]))
        #expect(result == .failure(Failure(.resultExpired, httpStatus: 403)))
    }

    @Test func whatIsNoVideoIsNoFile() async throws {
        let server = try FaultGateway()
        let gateway = try server.gateway()
        let task = try await completed(server, gateway)
        try await server.set(["not-a-video"])
        let result = await VideoDelivery(gateway: gateway).deliver(task, to: .directory(folder.path))
        guard case .failure(let failure) = result else {
            Issue.record("delivered")
            return
        }
        #expect(failure.kind == .badGateway)
        #expect(folder.names.isEmpty)
    }

    /// Cancelled in the middle, taken up by another delivery: as after a kill.
    @Test func anotherProcessGoesOnWhereOneWasKilled() async throws {
        let video = folder["big.mp4"]
        let clip = try #require(Self.clip(bytes: 6 << 20))
        try clip.write(to: URL(fileURLWithPath: video))
        let server = try FaultGateway([], ["--video", video])
        let gateway = try server.gateway()
        let task = try await completed(server, gateway)
        let target = VideoTask.Delivery.directory(folder["out"])
        let seen = Mutex<Int64>(0)
        let first = Task {
            await VideoDelivery(gateway: gateway).deliver(task, to: target) { bytes, _ in
                seen.withLock { $0 = bytes }
            }
        }
        while seen.withLock({ $0 }) < 5 << 20 { await Task.yield() }
        first.cancel()
        if case .success = await first.value { return }
        let file = try await VideoDelivery(gateway: gateway).deliver(task, to: target).get()
        #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == clip)
        let ranges = try await server.ask("requests").array?.compactMap { $0["headers"]?["range"]?.string }
        #expect(ranges?.isEmpty == false)
    }

    /// An ISO media file as far as its boxes go.
    private static func clip(bytes: Int) -> Data? {
        var data = Data([0, 0, 0, 16]) + Data("ftypisom".utf8) + Data([0, 0, 2, 0])
        data += Data([0, 0, 0, 8]) + Data("moov".utf8)
        withUnsafeBytes(of: UInt32(bytes - data.count).bigEndian) { data.append(contentsOf: $0) }
        data += Data("mdat".utf8)
        while data.count < bytes {
            withUnsafeBytes(of: UInt64(data.count).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)) {
                data.append(contentsOf: Data($0) + Data(repeating: 7, count: 4096))
            }
        }
        return data.prefix(bytes)
    }
}
