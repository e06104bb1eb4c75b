import Foundation
import Testing

@testable import KlingCore

/// What is taken for a film, and what a film may replace (GATEWAY §4).
final class GatewayFilmTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    private let task: VideoTask

    init() throws {
        var task = VideoTask(
            id: TaskID(at: Timestamp(milliseconds: 1_795_200_000_000), randomness: (1, 2)),
            request: TaskWorld.request(), createdAt: Timestamp(milliseconds: 1_795_200_000_000))
        task.state = .completed
        task.taskId = "task_1"
        task.videos = [.init(url: "https://one")]
        self.task = task
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func deliver(_ content: [UInt8], overwrite: Bool = false, ceiling: Int64 = 4 << 30) async
        -> Result<DeliveredFile, Failure>
    {
        await VideoDelivery(gateway: ScriptedGateway(content), ceiling: ceiling, clock: InstantClock())
            .deliver(
                task, to: .path(folder + "/a.mp4"), overwrite: overwrite)
    }

    private func failure(_ result: Result<DeliveredFile, Failure>) -> Failure? {
        if case .failure(let failure) = result { failure } else { nil }
    }

    private static func box(_ kind: String, _ content: [UInt8] = [1, 2, 3], length: UInt32? = nil) -> [UInt8]
    {
        let length = length ?? UInt32(content.count + 8)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + Array(kind.utf8) + content
    }

    private static let type = box("ftyp", Array("isom".utf8))
    /// Its length in 64 bits.
    private static let long = box("mdat", [0, 0, 0, 0, 0, 0, 0, 19, 1, 2, 3], length: 1)

    @Test(arguments: [
        type + box("moov") + box("mdat"), type + box("mdat") + box("moov"), type + box("moov") + long,
        type + long + box("moov"), type + box("moov") + box("free") + box("mdat", length: 0),
        type + box("moov") + box("moof") + box("mdat") + box("moof") + box("mdat"),
        type + box("moov") + box("mdat") + box("junk", length: 99)
    ])
    func `a film has its pictures and their index`(content: [UInt8]) async throws {
        #expect(try await deliver(content).get().bytes == Int64(content.count))
    }

    @Test(arguments: [
        type, box("ftyp", Array("isom".utf8), length: 0), type + box("moov"), type + box("mdat"),
        type + box("mdat", length: 0), type + box("moov") + box("free"), box("moov") + box("mdat"),
        type + box("moov") + box("mdat", length: 99), type + box("mdat") + box("moov", length: 99),
        type + box("moov") + box("mdat", [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], length: 1),
        type + box("moov") + box("mdat") + box("moof", length: 99)
    ])
    func `what lacks one of them is none, and leaves nothing`(content: [UInt8]) async throws {
        #expect(failure(await deliver(content))?.kind == .badGateway)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test(arguments: ["SQLite format 3\0", "sk-secret\n", "#!/bin/sh\n"])
    func `only a film is replaced`(content: String) async throws {
        let path = folder + "/a.mp4"
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        let refusal = try #require(failure(await deliver(clip(), overwrite: true)))
        #expect(refusal.kind == .conflict && refusal.obstacle == .noVideo && refusal.retry == .never)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(content.utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.mp4"])
        for locale in Locale.allCases {
            let sentence = TaskServiceError.delivery(refusal, task).sentence(locale)
            #expect(sentence.contains(path) && sentence.contains(locale == .en ? "no video" : "不是视频"))
        }
    }

    @Test func `a name that was kept free for it is taken`() async throws {
        try Data().write(to: URL(fileURLWithPath: folder + "/a.mp4"))
        #expect(try await deliver(clip(), overwrite: true).get().bytes == 10_000)
    }

    @Test func `a pipe or a link is no film, but a link is replaced itself`() async throws {
        let path = folder + "/a.mp4"
        #expect(mkfifo(path, 0o600) == 0)
        #expect(failure(await deliver(clip(), overwrite: true))?.obstacle == .noVideo)
        try FileManager.default.removeItem(atPath: path)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: folder + "/mine"))
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder + "/mine")
        #expect(try await deliver(clip(), overwrite: true).get().bytes == 10_000)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/mine")) == Data("mine".utf8))
    }

    @Test func `another video of the task is not this one, whatever it is called`() async throws {
        var task = task
        task.videos.append(.init(url: "https://two"))
        let delivery = VideoDelivery(gateway: ScriptedGateway(clip()), clock: InstantClock())
        let second = try await delivery.deliver(task, video: 1, to: .path(folder + "/x.mp4")).get()
        #expect(second.path == folder + "/x-2.mp4")
        #expect(failure(await delivery.deliver(task, to: .path(second.path)))?.kind == .conflict)
    }

    @Test func `a file beyond the limit says the limit, and not to make room`() async throws {
        for ceiling in [9999, 1 << 30] as [Int64] {
            var failure = Failure(.fileSystem, reason: .init(.tooLarge, String(ceiling)))
            if ceiling == 9999 {
                failure = try #require(self.failure(await deliver(clip(), ceiling: ceiling)))
            }
            let said = TaskServiceError.delivery(failure, task)
            #expect(said.sentence(.en).contains(ceiling == 9999 ? "limit of 9999 bytes" : "limit of 1 GiB"))
            #expect(!said.sentence(.en).contains("room") && !said.sentence(.zh).contains("腾出空间"))
        }
    }
}
