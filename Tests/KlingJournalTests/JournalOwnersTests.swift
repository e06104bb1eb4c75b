import Foundation
import JSON
import KlingCore
import Testing

@testable import KlingJournal

/// Which process looks after which task.
@Suite struct JournalOwnersTests {
    let folder: Folder
    var path: String { folder["tasks.db"] }

    init() throws { folder = try Folder() }

    func journal() -> SQLiteJournal { SQLiteJournal(path: path, simulated: false) }

    private func takenOver(by journal: SQLiteJournal, after time: Duration = .zero) async throws
        -> [VideoTask]
    {
        try await journal.takeOver(limit: 1000, at: epoch.advanced(by: time))
    }

    @Test func whatALivingProcessLooksAfterIsLeftAloneAndWhatADeadOneLeftIsTakenOverOnce() async throws {
        let (one, other) = (journal(), journal())
        for number in 1...4 { _ = try await one.created(sample(number)) }
        _ = try await one.changed(sample(2, seq: 2)) { $0.state = .unconfirmed }
        _ = try await one.claim(sample(3).id, maximumActive: 1, at: epoch)
        #expect(try await takenOver(by: other).isEmpty)
        #expect(try await one.lookedAfter() == Set([1, 3, 4].map { sample($0).id }))
        await one.close()
        let third = journal()
        async let halves = [takenOver(by: other), takenOver(by: third)]
        let taken = try await halves.flatMap { $0 }
        #expect(taken.map(\.id) == [1, 3, 4].map { sample($0).id })
        #expect(taken.map(\.state) == [.queued, .submitting, .queued])
        #expect(try await other.lookedAfter().count + third.lookedAfter().count == 3)
        #expect(try await takenOver(by: journal()).isEmpty)
    }

    @Test func aProcessIsSeenToLiveWhateverPathLeadsToTheJournal() async throws {
        let one = journal()
        _ = try await one.created(sample(1))
        for (name, target) in [("link.db", path), ("other", folder.path)] {
            try FileManager.default.createSymbolicLink(atPath: folder[name], withDestinationPath: target)
        }
        // The third comes and goes: SQLite's own locks are still there for the others.
        for name in ["link.db", "other/tasks.db", "link.db"] {
            let other = SQLiteJournal(path: folder[name], simulated: false)
            #expect(try await takenOver(by: other).isEmpty)
            await other.close()
        }
        await one.close()
        let last = SQLiteJournal(path: folder["link.db"], simulated: false)
        #expect(try await takenOver(by: last).count == 1)
    }

    @Test func aSilentProcessLosesItsTasksAndLearnsOfIt() async throws {
        let (silent, other) = (journal(), journal())
        for number in 1...5 { _ = try await silent.created(sample(number)) }
        #expect(try await silent.stay(until: epoch.advanced(by: .seconds(30)), at: gateway) == false)
        #expect(try await silent.stay(until: epoch.advanced(by: .seconds(40)), at: gateway))
        #expect(try await takenOver(by: other, after: .seconds(40)).isEmpty)
        // Page by page, the oldest first.
        let late = epoch.advanced(by: .seconds(41))
        #expect(try await other.takeOver(limit: 2, at: late).map(\.id) == [1, 2].map { sample($0).id })
        #expect(try await other.takeOver(limit: 2, at: late).map(\.id) == [3, 4].map { sample($0).id })
        #expect(try await silent.stay(until: epoch.advanced(by: .seconds(71)), at: gateway) == false)
        #expect(try await silent.lookedAfter() == [sample(5).id])
        #expect(try await takenOver(by: other, after: .seconds(41)).isEmpty)
    }

    @Test func whatAProcessTakesUpAfterItWasSilentIsItsOwn() async throws {
        let (silent, other) = (journal(), journal())
        _ = try await silent.created(sample(1))
        _ = try await silent.stay(until: epoch.advanced(by: .seconds(30)), at: gateway)
        #expect(try await takenOver(by: other, after: .seconds(100)).count == 1)
        _ = try await silent.created(sample(110))
        #expect(try await takenOver(by: other, after: .seconds(120)).isEmpty)
        #expect(
            try await silent.stay(until: epoch.advanced(by: .seconds(150)), at: gateway) == false,
            "it learns of the loss")
        #expect(try await silent.lookedAfter() == [sample(110).id])
        // Having nothing, it may be silent for as long as it likes.
        _ = try await silent.stay(until: nil, at: gateway)
        _ = try await silent.created(sample(999))
        #expect(try await takenOver(by: other, after: .seconds(1000)).isEmpty)
    }

    @Test func whatALivingProcessIsSendingIsNotTakenFromItHoweverSilentItIs() async throws {
        let (silent, other) = (journal(), journal())
        for number in 1...3 { _ = try await silent.created(sample(number)) }
        _ = try await silent.claim(sample(1).id, maximumActive: 1, at: epoch)
        _ = try await silent.stay(until: epoch, at: gateway)
        #expect(
            try await takenOver(by: other, after: .seconds(86_400)).map(\.id) == [2, 3].map { sample($0).id })
        await silent.close()
        #expect(try await takenOver(by: other, after: .seconds(86_400)).map(\.state) == [.submitting])
    }

    @Test func theLineIsThatOfAllProcesses() async throws {
        let (one, other) = (journal(), journal())
        _ = try await one.created(sample(1))
        _ = try await other.created(sample(2))
        #expect(
            try await other.claim(
                sample(2).id, maximumActive: 9, for: gateway, besides: [], isAwaited: false, at: epoch)
                == .behind)
        #expect(try await other.ahead(of: 2, slots: 1, for: gateway, at: epoch)?.first?.id == sample(1).id)
        #expect(try await other.ahead(of: 1, slots: 1, for: gateway, at: epoch)?.first?.id == sample(1).id)
        #expect(
            try await one.ahead(of: 1, slots: 1, for: gateway, at: epoch)?.first?.id == nil,
            "the other's is not before it")
        #expect(
            try await other.claim(
                sample(2).id, maximumActive: 0, for: gateway, besides: [], isAwaited: false, at: epoch)
                == .refused)
        _ = try await one.stay(until: epoch.advanced(by: .seconds(30)), at: gateway)
        let late = epoch.advanced(by: .seconds(31))
        #expect(try await other.claim(sample(2).id, maximumActive: 9, at: late) == nil)
        #expect(try await takenOver(by: other, after: .seconds(31)).count == 1)
        #expect(
            try await other.claim(sample(2).id, maximumActive: 9, at: late) != nil,
            "who is silent holds up nobody for long")
        #expect(try await other.claim(sample(1).id, maximumActive: 9, at: late) != nil)
        #expect(try await other.ahead(of: 9, slots: 1, for: gateway, at: late)?.sent.count == 2)
        for number in 1...2 {
            _ = try await other.changed(try #require(try await other.find(sample(number).id.text))) {
                ($0.state, $0.taskId) = (.submitted, "task_\(number)")
            }
        }
        #expect(try await other.ahead(of: 9, slots: 2, for: gateway, at: late) == nil, "all slots are taken")
        #expect(try await other.ahead(of: 9, slots: 3, for: gateway, at: late)?.sent.isEmpty == true)
        _ = try await one.created(sample(3))
        _ = try await other.created(sample(4))
        await one.close()
        #expect(
            try await other.claim(sample(4).id, maximumActive: 9, at: late) == nil,
            "what a dead process left is older")
        #expect(try await takenOver(by: other, after: .seconds(31)).map(\.id) == [sample(3).id])
        #expect(try await other.claim(sample(3).id, maximumActive: 9, at: late) != nil)
        #expect(try await other.claim(sample(4).id, maximumActive: 9, at: late) != nil)
    }

    @Test func whoSendsForAnAccountThatNothingIsTakenForHoldsUpNobody() async throws {
        let (one, other) = (journal(), journal())
        let (poor, rich) = (identity(of: "poor"), identity(of: "rich"))
        _ = try await one.created(sample(1))
        _ = try await one.stay(until: epoch.advanced(by: .seconds(30)), at: poor)
        _ = try await other.created(sample(2))
        func claim() async throws -> JournalClaim {
            try await other.claim(
                sample(2).id, maximumActive: 9, for: rich, besides: [], isAwaited: false, at: epoch)
        }
        #expect(try await claim() == .behind)
        let lost = GatewayPace.Hold(Failure(.timeout))
        _ = try await one.note(.hold(lost, account: "poor", .seconds(15)), of: gatewayURL, at: epoch)
        #expect(try await claim() == .behind, "that answers are lost is no reason")
        let refused = GatewayPace.Hold(Failure(.paymentRequired), attempts: 2)
        _ = try await one.note(.hold(refused, account: "poor", .seconds(15)), of: gatewayURL, at: epoch)
        #expect(
            try await one.claim(
                sample(1).id, maximumActive: 9, for: poor, besides: [], isAwaited: false, at: epoch)
                == .refused
        )
        #expect(try await other.ahead(of: 2, slots: 1, for: rich, at: epoch)?.first?.id == nil)
        #expect(try await claim().task != nil)
    }

    @Test func whatWasRefusedStandsAsideForAWhile() async throws {
        let (one, other) = (journal(), journal())
        var task = try await one.created(sample(1))
        _ = try await one.stay(until: epoch.advanced(by: .seconds(30)), at: gateway)
        _ = try await other.created(sample(2))
        #expect(try await other.claim(sample(2).id, maximumActive: 9, at: epoch) == nil)
        task.refusedAt = epoch
        task = try await one.write(task)
        let later = epoch.advanced(by: VideoTask.timeAside - .seconds(1))
        #expect(try await other.ahead(of: 2, slots: 1, for: gateway, at: later)?.first?.id == nil)
        let end = epoch.advanced(by: VideoTask.timeAside)
        #expect(try await other.ahead(of: 2, slots: 1, for: gateway, at: end)?.first?.id == sample(1).id)
        #expect(try await other.claim(sample(2).id, maximumActive: 9, at: later) != nil)
        _ = try await other.created(sample(3))
        #expect(
            try await other.claim(sample(3).id, maximumActive: 9, at: epoch.advanced(by: VideoTask.timeAside))
                == nil)
        // Or when nothing is taken anyway.
        let refused = GatewayPace.Hold(Failure(.paymentRequired), attempts: 2)
        _ = try await one.note(.hold(refused, account: nil, .zero), of: gatewayURL, at: epoch)
        #expect(try await other.claim(sample(3).id, maximumActive: 9, at: epoch) != nil)
    }

    @Test func whatOneWithoutAKeyLooksAfterIsForThoseWhoHaveOne() async throws {
        let (one, other) = (journal(), journal())
        let (old, new) = (identity(of: "old"), identity(of: "new"))
        for number in 1...3 { _ = try await one.created(sample(number)) }
        var followed = try await one.created(sample(4))
        (followed.state, followed.taskId, followed.gateway) = (.processing, "task_4", gatewayURL)
        _ = try await one.write(followed)
        _ = try await one.stay(until: epoch.advanced(by: .seconds(30)), at: old)
        _ = try await one.claim(
            sample(1).id, maximumActive: 9, for: old, besides: [], isAwaited: false, at: epoch)
        func taken(_ gateway: GatewayIdentity) async throws -> [TaskID] {
            try await other.takeOver(.everything, limit: 9, for: gateway, besides: [], at: epoch).map(\.id)
        }
        for kind in [Failure.Kind.paymentRequired, .permission] {
            let hold = GatewayPace.Hold(Failure(kind), attempts: 9)
            _ = try await one.note(.hold(hold, account: "old", .zero), of: gatewayURL, at: epoch)
            #expect(try await taken(new).isEmpty, "its account is there")
        }
        let hold = GatewayPace.Hold(Failure(.authentication), attempts: 10)
        _ = try await one.note(.hold(hold, account: "old", .zero), of: gatewayURL, at: epoch)
        #expect(try await taken(old).isEmpty)
        #expect(try await taken(new) == [2, 3, 4].map { sample($0).id })
        #expect(
            try await one.stay(until: epoch.advanced(by: .seconds(60)), at: old), "it is not taken for gone")
    }

    private func identity(of account: String) -> GatewayIdentity {
        GatewayIdentity(url: gatewayURL, simulated: false, account: account)
    }

    @Test func whoSendsToAnotherGatewayHoldsUpNobody() async throws {
        let (one, other) = (journal(), journal())
        let elsewhere = GatewayIdentity(url: "https://elsewhere.test", simulated: false)
        _ = try await one.created(sample(1))
        _ = try await one.stay(until: epoch.advanced(by: .seconds(30)), at: elsewhere)
        _ = try await other.created(sample(2))
        #expect(try await other.claim(sample(2).id, maximumActive: 9, at: epoch) != nil)
        _ = try await one.stay(until: epoch.advanced(by: .seconds(30)), at: gateway)
        _ = try await other.created(sample(3))
        #expect(try await other.claim(sample(3).id, maximumActive: 9, at: epoch) == nil)
        _ = try await one.stay(until: epoch.advanced(by: .seconds(30)), at: elsewhere)
        await one.close()
        #expect(
            try await other.claim(sample(3).id, maximumActive: 9, at: epoch) == nil,
            "what a dead one has left is for who comes")
        #expect(try await takenOver(by: other).map(\.id) == [sample(1).id])
    }

    @Test func theSilenceOfALivingProcessCanBePardoned() async throws {
        let (silent, other) = (journal(), journal())
        _ = try await silent.created(sample(1))
        _ = try await silent.stay(until: epoch, at: gateway)
        let late = epoch.advanced(by: .seconds(86_400))
        func taken() async throws -> Int {
            try await other.takeOver(.ofTheDead, limit: 9, of: gatewayURL, at: late).count
        }
        #expect(try await taken() == 0)
        await silent.close()
        #expect(try await taken() == 1)
    }

    @Test func aFoundlingIsNotChargedToABudget() async throws {
        let journal = journal()
        let window = SpendBudget(submissions: 2, seconds: 10).window(at: epoch.advanced(by: .seconds(86_400)))
        var found = sample(1, body: [:])
        (found.taskId, found.state, found.billed) = ("task_1", .submitted, .pending)
        for task in [sample(2), found, sample(3)] {
            guard case .created = try await journal.begin(task, within: window) else {
                Issue.record("refused")
                return
            }
        }
        guard case .overBudget(let spent, _) = try await journal.begin(sample(4), within: window) else {
            Issue.record("not refused")
            return
        }
        #expect(spent.submissions == 2 && spent.seconds == 10)
    }

    @Test func aChangeMadeWithoutKnowingOfAnotherOneIsNotWritten() async throws {
        let (one, other) = (journal(), journal())
        let task = try await one.created(sample(1))
        let claimed = try #require(try await other.claim(task.id, maximumActive: 1, at: epoch))
        var cancelled = task
        cancelled.state = .cancelled
        #expect(try await one.record(cancelled, .change) == .outdated(claimed))
        #expect(try await one.find(task.id.text) == claimed)
        // Whoever sends a task looks after it.
        #expect(try await one.lookedAfter().isEmpty)
        #expect(try await other.lookedAfter() == [task.id])
    }

    @Test func aBudgetIsExactHoweverManyAsk() async throws {
        let journals = [journal(), journal()]
        let window = SpendBudget(submissions: 7, seconds: 40).window(at: epoch.advanced(by: .seconds(60)))
        let created = try await withThrowingTaskGroup(of: JournalBeginning.self) { group in
            for number in 0..<40 {
                group.addTask { try await journals[number % 2].begin(sample(number + 1), within: window) }
            }
            return try await group.reduce(into: 0) { if case .created = $1 { $0 += 1 } }
        }
        #expect(created == 7)
        let oldest = try #require(try await journals[0].list(JournalQuery()).map(\.createdAt).min())
        #expect(
            try await journals[0].begin(sample(50), within: window)
                == .overBudget(
                    spent: SpendBudget(submissions: 7, seconds: 35),
                    roomAt: oldest.advanced(by: .seconds(86_400) + .milliseconds(1))))
        // What ended unbilled gives its part back; what was made before the window does not count.
        let one = try #require(try await journals[1].list(JournalQuery()).first)
        _ = try await journals[1].changed(one) { ($0.state, $0.billed) = (.cancelled, .no) }
        guard case .created = try await journals[0].begin(sample(51), within: window) else {
            throw Unexpected()
        }
        let later = SpendBudget(submissions: 1).window(at: epoch.advanced(by: .seconds(86_400 + 1000)))
        guard case .created = try await journals[0].begin(sample(2000), within: later) else {
            throw Unexpected()
        }
    }

    @Test func theWritingOfOthersIsNoticedAndOnesOwnIsNot() async throws {
        let (one, other) = (journal(), journal())
        _ = try await one.hasForeignChanges()
        _ = try await one.created(sample(1))
        #expect(try await one.hasForeignChanges() == false)
        _ = try await other.created(sample(2))
        #expect(try await one.hasForeignChanges())
        #expect(try await one.hasForeignChanges() == false)
    }

    @Test func whatADeadProcessWouldHaveSentAgainIsFoundByWhoCanAskThere() async throws {
        let (dead, living) = (journal(), journal())
        for number in 1...4 {
            _ = try await (number == 3 ? living : dead).created(sample(number))
        }
        for (number, url) in [(1, gatewayURL), (2, "https://elsewhere.test"), (3, gatewayURL)] {
            _ = try await living.changed(sample(number, seq: Int64(number))) {
                ($0.billed, $0.gateway) = (.unknown, url)
            }
        }
        func left() async throws -> [TaskID] {
            try await journal().takeOver(.creates, limit: 9, of: gatewayURL, at: epoch).map(\.id)
        }
        #expect(try await left().isEmpty)
        await dead.close()
        #expect(try await left() == [sample(1).id])
    }

    @Test func whatIsAtAnotherGatewayIsLeftToWhoCanAskThereAndTakesNoPlaceHere() async throws {
        let dead = journal()
        for number in 1...3 { _ = try await dead.created(sample(number)) }
        for number in 1...2 {
            let url = number == 1 ? "https://elsewhere.test" : gatewayURL
            let claimed = try #require(
                try await dead.claim(sample(number).id, maximumActive: 1, of: url, at: epoch))
            #expect(claimed.gateway == url)
        }
        #expect(try await dead.claim(sample(3).id, maximumActive: 1, at: epoch) == nil)
        await dead.close()
        let (here, there) = (journal(), journal())
        #expect(try await takenOver(by: here).map(\.id) == [sample(2).id, sample(3).id])
        #expect(try await takenOver(by: here).isEmpty)
        let left = try await there.takeOver(.everything, limit: 9, of: "https://elsewhere.test", at: epoch)
        #expect(left.map(\.id) == [sample(1).id])
    }
}
