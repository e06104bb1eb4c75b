import Foundation
import KlingCore
import Testing

@testable import KlingJournal

@Suite struct JournalFileTests {
    let folder: Folder
    let path: String

    init() throws {
        folder = try Folder()
        path = folder["state/deep/journal.db"]
    }

    func journal() -> SQLiteJournal { SQLiteJournal(path: path, simulated: false) }

    @Test func nothingIsMadeBeforeTheFirstUse() async throws {
        let journal = journal()
        #expect(!FileManager.default.fileExists(atPath: folder["state"]))
        await journal.close()
        #expect(!FileManager.default.fileExists(atPath: folder["state"]))
    }

    @Test func directoryAndFilesAreForTheOwnerAlone() async throws {
        let journal = journal()
        let task = try await journal.created(sample(1))
        _ = try await journal.claim(task.id, maximumActive: 1, at: epoch)
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(folder["state/deep"]) == 0o700)
        for suffix in ["", "-wal", "-shm"] { #expect(try mode(path + suffix) == 0o600) }
    }

    @Test func whatWasWrittenIsThereAfterReopening() async throws {
        let first = journal()
        let task = try await first.created(sample(1, key: "k", labels: ["a": "b"]))
        let claimed = try #require(try await first.claim(task.id, maximumActive: 1, at: epoch))
        let submitted = try await first.changed(claimed) { $0.state = .submitted }
        await first.close()
        await #expect(throws: JournalFailure.closed) { _ = try await first.lastSeq() }
        let second = journal()
        #expect(try await second.find(task.id.text) == submitted)
        #expect(
            try await second.events(after: 0, limit: 9).events.map(\.task.state) == [
                .queued, .submitting, .submitted
            ])
        #expect(try await second.begin(sample(2, key: "k")) == .existing(submitted))
        #expect(try await second.created(sample(3)).seq == 4)
    }

    /// A killed process leaves the files as they are at that moment: the copy of them is what the next
    /// process finds.
    @Test func aKillAtAnyStepLeavesAllThatWasPromised() async throws {
        let journal = journal()
        var task = try await journal.created(sample(1))
        for step in 1...20 {
            switch step {
            case 1: task = try #require(try await journal.claim(task.id, maximumActive: 1, at: epoch))
            case 2: task = try await journal.changed(task) { $0.state = .submitted }
            default: task = try await journal.changed(task) { $0.progress = step }
            }
            let copy = folder["copy-\(step).db"]
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
            }
            let after = SQLiteJournal(path: copy, simulated: false)
            #expect(try await after.find(task.id.text) == task)
            #expect(try await after.lastSeq() == task.seq)
            await after.close()
        }
    }

    @Test func twoJournalsOnOneFileSeeEachOther() async throws {
        let (one, other) = (journal(), journal())
        let task = try await one.created(sample(1, key: "k"))
        #expect(try await other.find(task.id.text) == task)
        #expect(try await other.begin(sample(2, key: "k")) == .existing(task))
        let changed = try await other.changed(task) { $0.state = .cancelled }
        #expect(try await one.events(after: task.seq, limit: 9).events.map(\.task) == [changed])
    }

    @Test func ofManyClaimsFromTwoJournalsExactlyTheFreePlacesAreHad() async throws {
        let journals = [journal(), journal()]
        for number in 1...30 { _ = try await journals[0].created(sample(number)) }
        let claimed = try await withThrowingTaskGroup(of: VideoTask?.self) { group in
            for number in 1...30 {
                for journal in journals {
                    group.addTask { try await journal.claim(sample(number).id, maximumActive: 7, at: epoch) }
                }
            }
            return try await group.reduce(into: [TaskID]()) { if let task = $1 { $0.append(task.id) } }
        }
        #expect(claimed.count == 7)
        #expect(Set(claimed).count == 7)
    }

    /// Between two looks of one the other makes the file: it must not be taken for another program's.
    @Test func manyMayMakeTheFileAtOnce() async throws {
        for round in 1...40 {
            let journals = (1...4).map { _ in
                SQLiteJournal(path: folder["new-\(round).db"], simulated: false)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, journal) in journals.enumerated() {
                    group.addTask { _ = try await journal.begin(sample(number + 1)) }
                }
                try await group.waitForAll()
            }
            for journal in journals { await journal.close() }
        }
    }

    @Test func oneKeyFromManySidesBecomesOneTask() async throws {
        let journals = [journal(), journal()]
        let created = try await withThrowingTaskGroup(of: JournalBeginning.self) { group in
            for number in 1...40 {
                group.addTask { try await journals[number % 2].begin(sample(number, key: "k")) }
            }
            return try await group.reduce(into: 0) { if case .created = $1 { $0 += 1 } }
        }
        #expect(created == 1)
    }

    @Test func twoThousandSubmitsShareTheirCommits() async throws {
        let journal = journal()
        _ = try await journal.lastSeq()
        let clock = ContinuousClock()
        let taken = try await clock.measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...2000 {
                    group.addTask { _ = try await journal.created(sample(number, key: "\(number)")) }
                }
                try await group.waitForAll()
            }
        }
        print("2,000 submits: \(taken)")
        #expect(try await journal.lastSeq() == 2000)
        #expect(try await journal.lookedAfter().count == 2000)
    }

    @Test func aJournalThatIsDroppedFinishesWhatItWasTold() async throws {
        var journal: SQLiteJournal? = journal()
        _ = try await journal?.created(sample(1))
        journal = nil
        #expect(try await self.journal().find(sample(1).id.text) != nil)
    }
}
