import CSQLite
import Foundation
import KlingCore
import Testing

@testable import KlingJournal

@Suite struct JournalRefusalTests {
    let folder: Folder
    let path: String

    init() throws {
        folder = try Folder()
        path = folder["journal.db"]
    }

    /// Runs statements on a connection of its own, which stays open for the length of `body`.
    func withOther(_ sql: String, _ body: () async throws -> Void) async throws {
        var handle: OpaquePointer?
        try #require(sqlite3_open(path, &handle) == SQLITE_OK)
        defer { sqlite3_close_v2(handle) }
        try #require(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK)
        try await body()
    }

    func journal(simulated: Bool = false, waiting: Duration = .milliseconds(50)) -> SQLiteJournal {
        SQLiteJournal(path: path, simulated: simulated, options: .init(busyTimeout: waiting))
    }

    @Test func aLockedJournalIsSaidToBeLockedAndHealsByItself() async throws {
        let journal = journal()
        _ = try await journal.created(sample(1))
        try await withOther("BEGIN EXCLUSIVE") {
            #expect(await refusal(journal, sample(2)) == .locked(path: path))
            // Reading goes on: the lock is another's right to write.
            let found = try await journal.find(sample(1).id.text)
            #expect(found != nil)
        }
        #expect(await refusal(journal, sample(2)) == nil)
    }

    @Test func aJournalLockedBeforeItIsOpenedIsSaidToBeLocked() async throws {
        try await withOther("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE t (x)") {
            let journal = journal()
            #expect(await refusal(journal) == .locked(path: path))
        }
    }

    @Test(arguments: [
        Data("not a database, but long enough to be one".utf8) + Data(repeating: 7, count: 4096)
    ])
    func garbageIsCorruptAndLeftAlone(garbage: Data) async throws {
        try folder.write(garbage, "journal.db")
        guard case .corrupt(path, _)? = await refusal(journal()) else { throw Unexpected() }
        #expect(try folder.bytes("journal.db") == garbage)
    }

    @Test func damageInTheMiddleIsCorruptAndNotACrash() async throws {
        let first = journal()
        try await first.create(1...200)
        await first.close()
        var bytes = try folder.bytes("journal.db")
        for offset in stride(from: 4096, to: bytes.count, by: 64) { bytes[offset] = 0xA5 }
        try folder.write(bytes, "journal.db")
        let second = journal()
        guard case .corrupt? = await refusal(second, sample(999)) else { throw Unexpected() }
    }

    @Test func aNewerJournalIsRefusedUnharmed() async throws {
        let first = journal()
        _ = try await first.created(sample(1))
        await first.close()
        try await withOther("PRAGMA user_version = 99") {}
        let before = try folder.bytes("journal.db")
        let second = journal()
        #expect(await refusal(second, sample(2)) == .newer(path: path, version: 99))
        await second.close()
        #expect(try folder.bytes("journal.db") == before)
    }

    @Test(arguments: [0, -1, -2_147_483_648])
    func aJournalOfAVersionThatThereNeverWasIsRefused(version: Int) async throws {
        let first = journal()
        _ = try await first.created(sample(1))
        await first.close()
        try await withOther("PRAGMA user_version = \(version)") {}
        guard case .corrupt? = await refusal(journal(), sample(2)) else { throw Unexpected() }
    }

    @Test func aJournalThatANewerVersionTookOverWhileItWasOpenIsNotWrittenAnyMore() async throws {
        let journal = journal()
        _ = try await journal.created(sample(1))
        try await withOther("PRAGMA user_version = 99") {}
        #expect(await refusal(journal, sample(2)) == .newer(path: path, version: 99))
        #expect(await refusal(journal, sample(2)) == .newer(path: path, version: 99), "nor when opened anew")
        try await withOther("PRAGMA user_version = \(JournalSchema.version)") {}
        #expect(try await journal.created(sample(2)).seq == 2, "what was refused left nothing behind")
    }

    @Test func aDatabaseOfAnotherProgramIsRefusedUnharmed() async throws {
        try await withOther("CREATE TABLE their (x)") {}
        let before = try folder.bytes("journal.db")
        let journal = journal()
        guard case .cannotOpen? = await refusal(journal) else { throw Unexpected() }
        await journal.close()
        #expect(try folder.bytes("journal.db") == before)
    }

    @Test(arguments: [true, false])
    func realAndSimulatedTasksNeverShareAJournal(simulated: Bool) async throws {
        let first = journal(simulated: simulated)
        _ = try await first.created(sample(1))
        #expect(await refusal(journal(simulated: !simulated)) == .wrongKind(path: path, simulated: simulated))
    }

    @Test func aFullDiskRefusesAndLosesNothing() async throws {
        var options = SQLiteJournal.Options()
        options.maximumPages = 40
        let journal = SQLiteJournal(path: path, simulated: false, options: options)
        var written = 0
        var last: JournalFailure?
        while last == nil, written < 10_000 {
            written += 1
            last = await refusal(journal, sample(written))
        }
        #expect(last == .diskFull(path: path))
        #expect(try await journal.find(sample(written).id.text) == nil)
        #expect(try await journal.lookedAfter().count == written - 1)
        // Many at once: whoever fits is told so, the others are told why not, and both is true.
        let told = await withTaskGroup(of: (Int, JournalFailure?).self) { group in
            for number in 20_000..<20_100 {
                group.addTask { (number, await refusal(journal, sample(number))) }
            }
            return await group.reduce(into: [Int: JournalFailure?]()) { $0[$1.0] = .some($1.1) }
        }
        for (number, failure) in told {
            let isThere = try await journal.find(sample(number).id.text) != nil
            #expect(isThere == (failure == nil))
        }
    }

    @Test func aPlaceThatCannotBeWrittenIsReadOnly() async throws {
        // Even root may make no file here.
        let place = "/sys/kernel"
        guard FileManager.default.fileExists(atPath: place) else { return }
        let journal = SQLiteJournal(path: place + "/journal.db", simulated: false)
        #expect(await refusal(journal) == .readOnly(path: place + "/journal.db"))
    }

    @Test(.enabled(if: getuid() != 0, "root may write everywhere"))
    func aReadOnlyFileOrDirectoryIsSaidToBeSo() async throws {
        let first = journal()
        _ = try await first.created(sample(1))
        await first.close()
        for (name, mode) in [("journal.db", 0o400), ("", 0o500)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder[name])
            #expect(await refusal(journal(), sample(2)) == .readOnly(path: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder[name])
        }
    }

    @Test func aFileWithTwoNamesIsRefusedUnderBoth() async throws {
        let first = journal()
        _ = try await first.created(sample(1))
        await first.close()
        let other = folder["other.db"]
        #expect(link(path, other) == 0)
        for name in [path, other] {
            guard
                case .cannotOpen(name, let reason)? = await refusal(
                    SQLiteJournal(path: name, simulated: false))
            else {
                Issue.record("\(name) is taken")
                continue
            }
            #expect(reason.contains("2 names") && reason.contains("copy"))
            let examination = JournalExamination(path: name, simulated: false)
            #expect(examination.failure == .cannotOpen(path: name, reason: reason))
        }
        #expect(unlink(other) == 0)
        #expect(await refusal(journal(), sample(2)) == nil)
    }

    @Test func aDirectoryInPlaceOfTheFileCannotBeOpened() async throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        switch await refusal(journal()) {
        case .cannotOpen?: break
        case let other: Issue.record("\(String(describing: other))")
        }
    }
}
