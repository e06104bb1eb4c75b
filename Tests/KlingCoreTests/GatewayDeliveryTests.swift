import Foundation
import JSON
import Synchronization
import Testing

@testable import KlingCore

@Suite struct GatewayDeliveryTests {
    let folder: String
    let task: VideoTask

    init() throws {
        folder = NSTemporaryDirectory() + "kling-delivery-" + UUID().uuidString
        let time = Timestamp(milliseconds: 1_795_200_000_000)
        var task = VideoTask(
            id: TaskID(at: time, randomness: (1, 2)),
            request: VideoRequest(body: ["model": "kling-v3", "prompt": "a cat"]), createdAt: time,
            labels: ["a": "b"])
        task.taskId = "task_1"
        task.videos = [.init(url: "https://one?signature"), .init(url: "https://two")]
        self.task = task
    }

    private var names: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
    }
    private func bytes(_ name: String) -> [UInt8] {
        (try? Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))).map(Array.init) ?? []
    }
    private func write(_ bytes: [UInt8], _ name: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    private func deliver(
        _ gateway: ScriptedGateway, video index: Int = 0, to target: VideoTask.Delivery? = nil,
        overwrite: Bool = false, ceiling: Int64 = 4 << 30
    ) async -> Result<DeliveredFile, Failure> {
        await VideoDelivery(gateway: gateway, ceiling: ceiling, clock: InstantClock()).deliver(
            task, video: index, to: target ?? .directory(folder), overwrite: overwrite)
    }

    private func failure(_ result: Result<DeliveredFile, Failure>) -> Failure.Kind? {
        if case .failure(let failure) = result { failure.kind } else { nil }
    }

    @Test func theFileIsNamedByTheTaskAndHasASidecar() async throws {
        let file = try await deliver(ScriptedGateway(clip())).get()
        let name = task.id.text + ".mp4"
        #expect(names == [name, name + ".json"])
        #expect(bytes(name) == clip())
        #expect(file.path == folder + "/" + name)
        #expect(file.bytes == 10_000)
        #expect(file.contentType == "video/mp4")
        #expect(file.link == task.videos[0])
        let tree = JSONTree(bytes(name + ".json"))
        let sidecar = tree.value(tree.root)
        #expect(sidecar["task"]?["id"]?.string == task.id.text)
        #expect(sidecar["request"]?.object == task.request.body)
        #expect(sidecar["file"]?["sha256"]?.string == file.sha256)
        // The link is as good as the video.
        #expect(!sidecar.description.contains("signature"))
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test(arguments: [
        ("video/mp4; codecs=x", "isom", "mp4", "video/mp4"),
        ("video/quicktime", "qt  ", "mov", "video/quicktime"),
        ("application/octet-stream", "qt  ", "mov", "video/quicktime"), ("", "isom", "mp4", "video/mp4"),
        ("Video/X-M4V", "M4V ", "m4v", "video/x-m4v")
    ])
    func theTypeDecidesTheExtension(type: String, brand: String, ending: String, said: String) async throws {
        let file = try await deliver(ScriptedGateway(clip(brand: brand), contentType: type)).get()
        #expect(file.path.hasSuffix("." + ending))
        #expect(file.contentType == said)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func furtherVideosAndExactPathsHaveTheirNames() async throws {
        let gateway = ScriptedGateway(clip())
        #expect(try await deliver(gateway, video: 1).get().path == folder + "/" + task.id.text + "-2.mp4")
        let exact = VideoTask.Delivery.path(folder + "/deep/my.clip")
        #expect(try await deliver(gateway, to: exact).get().path == folder + "/deep/my.clip")
        #expect(try await deliver(gateway, video: 1, to: exact).get().path == folder + "/deep/my-2.clip")
        #expect(failure(await deliver(gateway, video: 2)) == .taskNotFound)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func nothingIsOverwrittenUnlessAsked() async throws {
        let name = task.id.text + ".mp4"
        try write(clip(50), name)
        let gateway = ScriptedGateway(clip())
        #expect(failure(await deliver(gateway)) == .conflict)
        #expect(bytes(name) == clip(50))
        #expect(gateway.asked.withLock { $0.isEmpty })
        _ = try await deliver(gateway, overwrite: true).get()
        #expect(bytes(name) == clip())
        // A sidecar of the same task is not in the way; another file of its name is.
        try FileManager.default.removeItem(atPath: folder + "/" + name)
        _ = try await deliver(gateway).get()
        try FileManager.default.removeItem(atPath: folder + "/" + name)
        try write(Array("{}".utf8), name + ".json")
        #expect(failure(await deliver(gateway)) == .conflict)
        #expect(bytes(name + ".json") == Array("{}".utf8))
        try FileManager.default.removeItem(atPath: folder)
    }

    /// As a process leaves it that is killed after it has named the file and before the journal knows.
    @Test(arguments: [false, true])
    func aFileThatHasItsNameAlreadyIsTakenWithoutFetching(isSidecarNamed: Bool) async throws {
        let whole = try await deliver(ScriptedGateway(clip())).get()
        let (file, sidecar) = (whole.path, whole.path + ".json")
        if !isSidecarNamed {
            try FileManager.default.moveItem(atPath: sidecar, toPath: sidecar + ".part")
            try FileManager.default.linkItem(atPath: file, toPath: file + ".part")
        }
        let gateway = ScriptedGateway(clip())
        #expect(try await deliver(gateway).get() == whole)
        #expect(gateway.asked.withLock { $0.isEmpty })
        #expect(names == [task.id.text + ".mp4", task.id.text + ".mp4.json"])
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func aFileOfAnotherContentIsNotTakenForTheTasks() async throws {
        let whole = try await deliver(ScriptedGateway(clip())).get()
        try write([1, 2, 3], task.id.text + ".mp4")
        #expect(failure(await deliver(ScriptedGateway(clip()))) == .conflict)
        #expect(bytes(task.id.text + ".mp4") == [1, 2, 3])
        // One that the journal knows is the task's own as any other.
        try write(clip(), task.id.text + ".mp4")
        var known = self.task
        known.videos[0].path = whole.path
        let delivery = VideoDelivery(gateway: ScriptedGateway(clip()), clock: InstantClock())
        #expect(try await delivery.deliver(known, to: .directory(folder)).get().sha256 == whole.sha256)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func whatBrokeOffIsResumed() async throws {
        let gateway = ScriptedGateway(clip(), .breaks(after: 3000), .breaks(after: 2000), .whole)
        let file = try await deliver(gateway).get()
        #expect(
            gateway.asked.withLock { $0 } == [
                "https://one?signature", "https://one?signature from 3000", "https://one?signature from 5000"
            ])
        #expect(bytes(task.id.text + ".mp4") == clip())
        var digest = SHA256()
        digest.update(clip())
        #expect(file.sha256 == SHA256.hexadecimal(digest.finish()))
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func aServerThatBeginsAgainIsFollowed() async throws {
        let gateway = ScriptedGateway(clip(), .breaks(after: 3000), .ignoresRange)
        let file = try await deliver(gateway).get()
        #expect(file.bytes == 10_000)
        #expect(bytes(task.id.text + ".mp4") == clip())
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test(arguments: [("\"v2\"", 10_000), ("\"v1\"", 10_001)])
    func partsOfTwoVersionsAreNotPutTogether(validator: String, total: Int) async throws {
        let gateway = ScriptedGateway(
            clip(), .breaks(after: 3000), .changed(validator: validator, total: total))
        _ = try await deliver(gateway).get()
        #expect(bytes(task.id.text + ".mp4") == clip())
        #expect(
            gateway.asked.withLock { $0 } == [
                "https://one?signature", "https://one?signature from 3000", "https://one?signature"
            ])
        try FileManager.default.removeItem(atPath: folder)
        let fickle = (0..<9).flatMap { _ in
            [ScriptedGateway.Step.breaks(after: 3000), .changed(validator: validator, total: total)]
        }
        #expect(failure(await deliver(ScriptedGateway(clip(), steps: fickle))) == .badGateway)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func aPartialAnswerWithoutAVersionIsTheOneAskedFor() async throws {
        let gateway = ScriptedGateway(clip(), .breaks(after: 3000), .changed(validator: nil, total: 10_000))
        #expect(try await deliver(gateway).get().bytes == 10_000)
        #expect(gateway.asked.withLock { $0.count } == 2)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func withoutALengthTheBoxesSayWhetherItIsWhole() async throws {
        let gateway = ScriptedGateway(clip(), .unannounced(9000), .unannounced(10_000))
        #expect(try await deliver(gateway).get().bytes == 10_000)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func patienceEndsWhenNothingComes() async throws {
        let broken = ScriptedGateway.Step.breaks(after: 0)
        let gateway = ScriptedGateway(clip(), broken, broken, broken, broken, broken, broken)
        #expect(failure(await deliver(gateway)) == .unreachable)
        #expect(gateway.asked.withLock { $0.count } == 4)
        #expect(names.isEmpty, "of nothing that came, nothing is left")
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func aDeadLinkIsAskedForAnewOnce() async throws {
        let dead = ScriptedGateway.Step.fails(Failure(.resultExpired, httpStatus: 403))
        let link = VideoTask.Video(url: "https://fresh")
        let fresh = TaskReading(status: .completed, videos: [link])
        let file = try await deliver(ScriptedGateway(clip(), fresh: fresh, dead, .whole)).get()
        #expect(file.link == link)
        try FileManager.default.removeItem(atPath: folder)
        #expect(failure(await deliver(ScriptedGateway(clip(), fresh: fresh, dead, dead))) == .resultExpired)
        // Whether there is a fresh link is not known when the gateway cannot be asked.
        #expect(failure(await deliver(ScriptedGateway(clip(), dead))) == .unreachable)
        try FileManager.default.removeItem(atPath: folder)
    }

    /// A date is only as good as a clock: the file's server may be away for a while.
    @Test func aLinkWhoseDateHasPassedMayLive() async throws {
        let busy = ScriptedGateway.Step.fails(Failure(.unreachable, retry: .now, httpStatus: 503))
        var task = task
        task.videos = [.init(url: "https://one", expiresAt: Timestamp(milliseconds: -1))]
        typealias Step = ScriptedGateway.Step
        func deliver(until date: Int64, _ steps: Step...) async -> Result<DeliveredFile, Failure> {
            let link = VideoTask.Video(url: "https://one", expiresAt: Timestamp(milliseconds: date))
            let fresh = TaskReading(status: .completed, videos: [link])
            let gateway = ScriptedGateway(clip(), fresh: fresh, steps: steps)
            return await VideoDelivery(gateway: gateway, clock: InstantClock())
                .deliver(task, to: .directory(folder))
        }
        #expect(failure(await deliver(until: -1, busy, busy, busy, busy, busy)) == .resultExpired)
        for date in [-1, 1000] as [Int64] {
            let file = try await deliver(until: date, busy, .breaks(after: 10), busy).get()
            #expect(file.bytes == 10_000)
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test func aFileBeyondTheCeilingIsRefused() async throws {
        #expect(failure(await deliver(ScriptedGateway(clip()), ceiling: 9999)) == .fileSystem)
        #expect(
            failure(await deliver(ScriptedGateway(clip(), .unannounced(10_000)), ceiling: 9999))
                == .fileSystem)
        #expect(try await deliver(ScriptedGateway(clip()), ceiling: 10_000).get().bytes == 10_000)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test(arguments: [
        Array("<!doctype html><title>Sign in</title>".utf8), [], [0, 0, 0, 8], Array("ftypisomftypisom".utf8),
        [0, 0, 0, 200] + Array("ftypisom".utf8)
    ])
    func whatIsNoVideoLeavesNoFile(content: [UInt8]) async throws {
        #expect(failure(await deliver(ScriptedGateway(content))) == .badGateway)
        #expect(names.isEmpty)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func aVideoThatWasCutShortWhereItLiesLeavesNoFile() async throws {
        let cut = Array(clip().dropLast(100))
        let result = await deliver(ScriptedGateway(cut))
        #expect(failure(result) == .badGateway)
        if case .failure(let why) = result { #expect(why.reason == .init(.cutShort, "9900")) }
        #expect(names.isEmpty)
        // What a player does not need is no reason to withhold what was paid for.
        for tail in [[0, 0], [0, 0, 0, 99] + Array("free".utf8), Array("trailing words".utf8)] as [[UInt8]] {
            let whole = clip() + tail
            #expect(try await deliver(ScriptedGateway(whole)).get().bytes == Int64(whole.count))
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test func whatAnotherVideoLeftUnderTheNameIsNotGoneOnWith() async throws {
        let name = task.id.text + ".mp4"
        let other = TaskID(at: task.createdAt, randomness: (3, 4))
        for (video, isGoneOnWith) in [("\(task.id) 0", true), ("\(task.id) 1", false), ("\(other) 0", false)]
        {
            try write(Array(clip().prefix(100)), name + ".part")
            let note = JSONValue.object(["video": .string(video), "validator": "\"v1\"", "bytes": 100])
            try write(Array(note.description.utf8), name + ".part.json")
            let gateway = ScriptedGateway(clip())
            _ = try await deliver(gateway, overwrite: true).get()
            #expect(gateway.asked.withLock { $0[0].hasSuffix(" from 100") } == isGoneOnWith)
            #expect(bytes(name) == clip())
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func aLinkUnderTheNameOfThePartIsNotFollowed() async throws {
        let name = task.id.text + ".mp4"
        for (ending, kind) in [(".part", Failure.Kind.fileSystem), (".json.part", .conflict)] {
            try write(Array("mine".utf8), "mine.txt")
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/" + name + ending, withDestinationPath: folder + "/mine.txt")
            #expect(failure(await deliver(ScriptedGateway(clip()))) == kind)
            #expect(bytes("mine.txt") == Array("mine".utf8))
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test(arguments: [".part", ".part.json", ".part.json.new", ".json", ".json.part"], [false, true])
    func aFileOfSomeoneElseIsLeftAsItIs(ending: String, overwrite: Bool) async throws {
        let name = task.id.text + ".mp4" + ending
        try write(Array("mine".utf8), name)
        let result = await deliver(ScriptedGateway(clip()), overwrite: overwrite)
        #expect(failure(result) == .conflict)
        if case .failure(let why) = result {
            #expect(TaskServiceError.delivery(why, task).sentence(.en).contains("Move it away"))
            #expect(TaskServiceError.delivery(why, task).sentence(.zh).contains(name))
        }
        #expect(bytes(name) == Array("mine".utf8))
        #expect(names == [name])
        try FileManager.default.removeItem(atPath: folder)
    }

    /// What is too large to read, no file, or looks like ours only at the first glance.
    @Test(arguments: [".json", ".json.part", ".part.json", ".part.json.new"], [false, true])
    func aFileThatCannotBeReadIsSomeoneElsesToo(ending: String, overwrite: Bool) async throws {
        let path = folder + "/" + task.id.text + ".mp4" + ending
        try write([], "other")
        let files = FileManager.default
        let makers: [() throws -> Void] = [
            { try files.createDirectory(atPath: path, withIntermediateDirectories: false) },
            { try self.write([], self.task.id.text + ".mp4" + ending) },
            { try files.linkItem(atPath: self.folder + "/other", toPath: path) },
            {
                try self.write(
                    Array(#"{"video":"mine","bytes":12,"title":"notes"}"#.utf8),
                    self.task.id.text + ".mp4" + ending)
            }
        ]
        for (number, make) in makers.enumerated() {
            try make()
            if number == 1 { truncate(path, 20 << 20) }
            #expect(
                failure(await deliver(ScriptedGateway(clip()), overwrite: overwrite)) == .conflict,
                "\(number)")
            #expect(Set(names) == ["other", task.id.text + ".mp4" + ending], "\(number)")
            try files.removeItem(atPath: path)
        }
        try files.removeItem(atPath: folder)
    }

    @Test func aPartWithAnotherNameIsSomeoneElsesUnlessItIsTheFilesName() async throws {
        let name = task.id.text + ".mp4"
        let part = folder + "/" + name + ".part"
        try write(Array("mine".utf8), "mine.txt")
        try FileManager.default.linkItem(atPath: folder + "/mine.txt", toPath: part)
        #expect(failure(await deliver(ScriptedGateway(clip()))) == .conflict)
        #expect(bytes("mine.txt") == Array("mine".utf8))
        #expect(names == [name + ".part", "mine.txt"])
        try FileManager.default.removeItem(atPath: folder)

        // Killed between two steps of giving it its name: with its note, and without.
        for hasNote in [true, false] {
            try write(clip(), name)
            try FileManager.default.linkItem(atPath: folder + "/" + name, toPath: part)
            if hasNote {
                let note: JSONValue = ["video": .string("\(task.id) 0"), "validator": nil, "bytes": 10_000]
                try write(Array(note.description.utf8), name + ".part.json")
            }
            #expect(try await deliver(ScriptedGateway(clip()), overwrite: true).get().bytes == 10_000)
            #expect(names == [name, name + ".json"])
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test func twoDeliveriesOfOneVideoDoNotMeet() async throws {
        let name = folder + "/" + task.id.text + ".mp4"
        try write([], "x")
        var held = try PartFile.taking(name, for: "x")
        let result = await deliver(ScriptedGateway(clip()))
        #expect(failure(result) == .conflict)
        if case .failure(let why) = result {
            #expect(why.retry == .after(.seconds(5)))
            #expect(!TaskServiceError.delivery(why, task).sentence(.en).contains("overwrite"))
        }
        held.close()
        #expect(try await deliver(ScriptedGateway(clip())).get().bytes == 10_000)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func aDirectoryThatCannotBeMadeIsAFileSystemError() async throws {
        try write([1], "file")
        #expect(
            failure(await deliver(ScriptedGateway(clip()), to: .directory(folder + "/file/in")))
                == .fileSystem)
        #expect(
            failure(await deliver(ScriptedGateway(clip()), to: .directory("/sys/kernel/none"))) == .fileSystem
        )
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func aDirectoryInTheFilesPlaceIsSaidBeforeAnythingIsFetched() async throws {
        let gateway = ScriptedGateway(clip())
        try FileManager.default.createDirectory(
            atPath: folder + "/there.mp4", withIntermediateDirectories: true)
        for overwrite in [false, true] {
            let result = await deliver(gateway, to: .path(folder + "/there.mp4"), overwrite: overwrite)
            #expect(failure(result) == .fileSystem)
        }
        #expect(gateway.asked.withLock { $0.isEmpty })
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["there.mp4"])
        try FileManager.default.removeItem(atPath: folder)
    }
}
