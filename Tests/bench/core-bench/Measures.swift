import JSON
import KlingCore

extension Bench {
    static func parse(_ bytes: [UInt8], rounds: Int) {
        var isValid = true
        // A tree of its own each time, as the others make.
        let median = medianMilliseconds(rounds) {
            let tree = JSONTree(bytes)
            isValid = tree.isValid
        }
        guard isValid else { fail("the file is not JSON") }
        say("parse", ["mbPerSecond": rounded(Double(bytes.count) / 1000 / median)])
    }

    /// What the wire does with a request, without the wire: its bytes into the tree, all rules, the diagnostics.
    static func validate(_ bytes: [UInt8], rounds: Int) {
        let lines = bytes.split(separator: 0x0A).map { Array($0) }
        let validator = Validator.standard
        var tree = JSONTree()
        var invalid = 0
        let median = medianMilliseconds(rounds) {
            invalid = 0
            for line in lines {
                line.withUnsafeBytes { tree.parse($0, options: .json) }
                if !validator.validate(tree).isValid { invalid += 1 }
            }
        }
        say(
            "validate",
            [
                "perSecond": rounded(Double(lines.count) / median * 1000), "requests": JSONValue(lines.count),
                "invalid": JSONValue(invalid)
            ])
    }

    /// What an editor waits for behind a keystroke: tree, lines, rules, fixes as edits, and the text of it all.
    static func document(_ bytes: [UInt8], rounds: Int) {
        var problems = 0
        let median = medianMilliseconds(rounds) {
            let tree = JSONTree(bytes)
            let lines = LineIndex(tree.source)
            let validation = Validator.standard.validate(
                document: tree, options: ValidationOptions(edits: true))
            problems = validation.diagnostics.count
            var writer = JSONWriter(capacity: 1 << 16)
            validation.writeDiagnostics(locale: .en, lines: lines, encoding: .utf16, into: &writer)
        }
        say(
            "document",
            [
                "bytes": JSONValue(bytes.count), "problems": JSONValue(problems),
                "milliseconds": rounded(median),
                "mbPerSecond": rounded(Double(bytes.count) / 1000 / median)
            ])
    }
}
