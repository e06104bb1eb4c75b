import JSON
import KlingCore
import Testing

@testable import KlingJournal

/// Journals that older versions have written.
@Suite struct JournalUpgradeTests {
    let folder: Folder
    var path: String { folder["tasks.db"] }

    init() throws { folder = try Folder() }

    private func journal() -> SQLiteJournal { SQLiteJournal(path: path, simulated: false) }

    private func run(_ statements: [String]) throws {
        let connection = try SQLiteConnection(path: path, busyTimeout: .seconds(1))
        for statement in statements { try connection.run(statement) }
    }

    /// Makes of a journal one of the sixth version.
    private static let sixthVersion = [
        "ALTER TABLE staying DROP COLUMN account", "PRAGMA user_version = 6"
    ]

    /// Makes of it one of the fifth version.
    private static let fifthVersion =
        sixthVersion + [
            "DROP INDEX tasks_doubtful", "DROP INDEX tasks_spent",
            "ALTER TABLE tasks DROP COLUMN fingerprint",
            "ALTER TABLE tasks DROP COLUMN account",
            "CREATE INDEX tasks_spent ON tasks (created, billed, is_open, seconds)",
            "PRAGMA user_version = 5"
        ]

    /// Makes of it one of the fourth version.
    private static let fourthVersion =
        fifthVersion + [
            "DROP INDEX tasks_active", "ALTER TABLE staying DROP COLUMN gateway",
            "CREATE INDEX tasks_active ON tasks (gateway, id) WHERE state IN ('submitting', 'submitted', 'processing')",
            "PRAGMA user_version = 4"
        ]

    /// Makes of it one of the third version, but for its labels.
    private static let thirdVersion =
        fourthVersion + [
            "DROP TABLE facets", "CREATE INDEX tasks_state ON tasks (state, id)",
            "CREATE INDEX tasks_model ON tasks (model, id)",
            """
            CREATE TABLE labels (
                name TEXT NOT NULL, value TEXT NOT NULL, task TEXT NOT NULL REFERENCES tasks (id),
                PRIMARY KEY (name, value, task)
            ) WITHOUT ROWID
            """,
            "PRAGMA user_version = 3"
        ]

    /// Makes of it one of the second version.
    private static let secondVersion =
        thirdVersion + [
            "DROP INDEX tasks_owner", "DROP INDEX tasks_active", "ALTER TABLE tasks DROP COLUMN gateway",
            "CREATE INDEX tasks_owner ON tasks (owner, place) WHERE is_open = 1", "PRAGMA user_version = 2"
        ]

    /// Makes of it one of the first version.
    private static let firstVersion =
        secondVersion + [
            "DROP TABLE staying", "DROP INDEX tasks_owner", "DROP INDEX tasks_spent",
            "CREATE INDEX tasks_created ON tasks (created)", "UPDATE tasks SET owner = NULL",
            "PRAGMA user_version = 1"
        ]

    @Test func aJournalOfTheSixthVersionIsBroughtUpToDate() async throws {
        let old = journal()
        _ = try await old.created(sample(1))
        _ = try await old.stay(until: epoch, at: gateway)
        await old.close()
        try run(Self.sixthVersion)
        let new = journal()
        #expect(try await new.takeOver(limit: 9, at: epoch).count == 1)
        #expect(try await new.stay(until: epoch, at: gateway) == false)
        #expect(try await new.claim(sample(1).id, maximumActive: 1, at: epoch) != nil)
    }

    @Test func aJournalOfTheFifthVersionIsBroughtUpToDate() async throws {
        let old = journal()
        _ = try await old.created(sample(1, prompt: "long ago"))
        _ = try await old.created(sample(200, prompt: "now"))
        _ = try await old.changed(sample(200, seq: 2)) { ($0.billed, $0.gateway) = (.unknown, gatewayURL) }
        await old.close()
        try run(Self.fifthVersion)
        let new = journal()
        let found = try await new.takeOver(.creates, limit: 9, of: gatewayURL, at: epoch)
        #expect(found.map(\.id) == [sample(200).id])
        // What was asked for lately is known.
        guard case .created(_, let earlier) = try await new.begin(sample(201, prompt: "now")) else {
            throw Unexpected()
        }
        #expect(earlier == sample(200).id)
    }

    @Test func aJournalOfTheFourthVersionIsBroughtUpToDate() async throws {
        let old = journal()
        _ = try await old.created(sample(1))
        _ = try await old.created(sample(2))
        await old.close()
        try run(Self.fourthVersion)
        let new = journal()
        #expect(try await new.takeOver(limit: 1000, at: epoch).count == 2)
        #expect(try await new.claim(sample(1).id, maximumActive: 1, at: epoch) != nil)
        #expect(try await new.claim(sample(2).id, maximumActive: 1, at: epoch) == nil)
        #expect(try await new.stay(until: epoch, at: gateway) == false)
    }

    @Test func aJournalOfTheThirdVersionIsBroughtUpToDate() async throws {
        let old = journal()
        for number in 1...300 {
            let task = try await old.created(
                sample(number, model: number == 7 ? "kling-video-o1" : "kling-v3"))
            if number > 10 { _ = try await old.changed(task) { $0.state = .completed } }
        }
        await old.close()
        try run(Self.thirdVersion)
        do {
            let connection = try SQLiteConnection(path: path, busyTimeout: .seconds(1))
            for number in 1...300 {
                try connection.run(
                    "INSERT INTO labels VALUES (?, ?, ?)", .text("a\u{0}"), .text("\(number % 3)"),
                    .text(sample(number).id.text))
            }
        }
        let new = journal()
        func numbers(_ query: JournalQuery) async throws -> [Int] {
            try await new.list(query).map { Int($0.createdAt.since(epoch).seconds) }
        }
        #expect(try await numbers(JournalQuery(states: [.queued], limit: 500)) == Array((1...10).reversed()))
        #expect(
            try await numbers(JournalQuery(states: [.completed], limit: 500)) == Array((11...300).reversed()))
        #expect(try await numbers(JournalQuery(model: "kling-video-o1")) == [7])
        #expect(try await numbers(JournalQuery(states: [.queued], labels: ["a\u{0}": "1"])) == [10, 7, 4, 1])
    }

    @Test func aJournalOfTheSecondVersionIsBroughtUpToDate() async throws {
        let old = journal()
        _ = try await old.created(sample(1))
        _ = try await old.changed(sample(1, seq: 1)) { ($0.state, $0.taskId) = (.submitted, "task_1") }
        await old.close()
        try run(Self.secondVersion)
        // Which gateway has it is not known, so whoever comes may ask.
        #expect(try await journal().takeOver(limit: 1000, at: epoch).map(\.taskId) == ["task_1"])
    }

    @Test func aJournalOfTheFirstVersionIsBroughtUpToDate() async throws {
        let old = journal()
        _ = try await old.created(sample(1))
        await old.close()
        try run(Self.firstVersion)
        let new = journal()
        #expect(try await new.takeOver(limit: 1000, at: epoch).map(\.id) == [sample(1).id])
        #expect(try await new.stay(until: epoch, at: gateway) == false)
    }
}
