import Testing

@testable import KlingJournal

/// The order in which calls have their turn.
@Suite struct JobLineTests {
    private let start = ContinuousClock.now
    private var line = JobLine<String>()

    private mutating func next(isQuiet: Bool = false, after time: Duration = .zero) -> [String] {
        line.next(isQuiet: isQuiet, at: start + time)
    }

    @Test mutating func whatNobodyWaitsForIsDoneWhenItIsQuiet() {
        line.append("later", .later, at: start)
        line.append("one", .now, at: start)
        line.append("two", .now, at: start)
        #expect(next() == ["one", "two"])
        #expect(next().isEmpty && !line.isEmpty)
        line.append("three", .now, at: start)
        // Somebody has asked meanwhile.
        #expect(next(isQuiet: true) == ["three"])
        #expect(next(isQuiet: true) == ["later"])
        #expect(line.isEmpty && next(isQuiet: true).isEmpty)
    }

    @Test mutating func busyCallersDoNotKeepItFromBeingDone() {
        let patience = JobLine<String>.patience
        line.append("later", .later, at: start)
        line.append("and later", .later, at: start + patience)
        line.append("one", .now, at: start)
        #expect(next(after: patience) == ["one"])
        line.append("two", .now, at: start)
        #expect(next(after: patience + .milliseconds(1)) == ["two", "later", "and later"])
        // The next one's patience is its own.
        line.append("much later", .later, at: start + .seconds(1))
        #expect(next(after: .seconds(1)).isEmpty)
    }

    @Test mutating func aGroupIsNoLargerThanItsBound() {
        let most = JobLine<String>.largestGroup
        for number in 0...most { line.append("\(number)", .now, at: start) }
        #expect(next().count == most)
        #expect(next() == ["\(most)"])
    }
}
