import JSON
import Testing

/// Text with marked places: `⟦` and `⟧` around a range, `│` for an offset. The markers are no part of the
/// text.
struct Marked {
    private(set) var bytes: [UInt8] = []
    private(set) var ranges: [Range<Int>] = []
    private(set) var offsets: [Int] = []

    init(_ fixture: String) {
        var starts: [Int] = []
        for scalar in fixture.unicodeScalars {
            switch scalar {
            case "⟦":
                starts.append(ranges.count)
                ranges.append(bytes.count..<bytes.count)
            case "⟧":
                if let open = starts.popLast() { ranges[open] = ranges[open].lowerBound..<bytes.count }
            case "│": offsets.append(bytes.count)
            default: bytes += String(scalar).utf8
            }
        }
    }
}

extension JSONTree {
    /// The value of a text that must be valid.
    static func parsed(_ text: String, options: JSONOptions = .json) throws -> JSONValue {
        let tree = JSONTree(text, options: options)
        try #require(tree.problems.isEmpty, "\(text): \(tree.problems)")
        return tree.value(tree.root)
    }

    var kinds: [SyntaxProblem.Kind] { problems.map(\.kind) }

    /// The source with the mends of all problems, as far as they do not overlap.
    var mended: [UInt8] { TextEdit.apply(problems.flatMap(\.edits), to: source) }
}

func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
