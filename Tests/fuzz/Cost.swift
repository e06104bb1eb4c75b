import JSON
import KlingCore

/// What an input costs the way an editor asks: tree, lines, rules, fixes as edits, the text of it all, and formatting.
enum Cost {
    /// How many times as long as plain requests a text may take; one of less than 100 KB may take as long as 100 KB. Relative,
    /// because processors differ threefold.
    static let timesPlain = 40.0
    /// Milliseconds for 100 KB of plain requests on this processor.
    static let plain: Double = {
        let request =
            #"{"model":"kling-v3","prompt":"A cat walks along the beach at dusk","duration":5,"mode":"pro","audio":true},"#
        let text = "[" + String(repeating: request, count: 100_000 / request.utf8.count) + "0]"
        let input = Input(bytes: Array(text.utf8), language: .json)
        return (0..<9).map { _ in of(input) }.min() ?? 0
    }()
    /// Times its size that an input may add to the peak of memory.
    static let memory = 20

    private static let formattedBytes = 1 << 17

    /// Milliseconds of the processor for each 100 KB begun.
    static func of(_ input: Input) -> Double {
        let start = Machine.processorSeconds
        let tree = JSONTree(input.bytes, options: input.options)
        let lines = LineIndex(tree.source)
        let validation = Validator.standard.validate(document: tree, options: ValidationOptions(edits: true))
        var writer = JSONWriter(capacity: 1 << 12)
        validation.writeDiagnostics(locale: .en, lines: lines, encoding: .utf16, into: &writer)
        // Its tokens take forty bytes each: too many to be counted among the rest.
        if input.bytes.count <= formattedBytes { _ = tree.formatted() }
        return (Machine.processorSeconds - start) * 1000 / max(1, Double(input.bytes.count) / 100_000)
    }

    static func failures(_ input: Input, slowest: inout Double) -> [Properties.Failure] {
        let before = Machine.peakMemory
        var cost = of(input)
        let growth = Machine.peakMemory - before
        // What disturbed the machine does so once.
        if cost > timesPlain * plain { cost = min(cost, of(input)) }
        slowest = max(slowest, cost / plain)
        var failures: [Properties.Failure] = []
        if cost > timesPlain * plain {
            failures.append(
                Properties.Failure(
                    property: "time is bounded",
                    detail: "\(Int(cost)) ms for 100 KB, \(Int(cost / plain)) times plain requests; "
                        + "\(input.bytes.count) bytes"))
        }
        // Of a small one, what the tables take that are made at the first use.
        if growth > memory * max(input.bytes.count, 1 << 20) {
            failures.append(
                Properties.Failure(
                    property: "memory is bounded", detail: "\(growth) bytes for \(input.bytes.count)"))
        }
        return failures
    }
}
