import Foundation

/// Swift source as the house rules look at it.
struct SwiftText {
    /// The source without comments and without the content of strings; lines stay where they are.
    let code: String

    init(_ source: String) {
        var stripper = Stripper(source: Array(source.utf8))
        code = stripper.run()
    }

    /// The modules imported, with the numbers of their lines.
    var imports: [(line: Int, module: String)] {
        let kinds = /(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?/
        return lines(saying: "import").compactMap { number, line in
            guard let found = line.firstMatch(of: /(?:^|\s)import\s+(.*)/) else { return nil }
            let name = found.output.1.trimmingPrefix(kinds).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            return (number, String(name))
        }
    }

    /// The lines of code that say one of `words`, numbered from 1.
    func lines(saying words: String...) -> [(number: Int, text: String)] {
        Self.lines(of: code, saying: words)
    }

    /// Looks at bytes: the rules go over every file several times, and expressions are for the few lines
    /// left.
    static func lines(of text: String, saying words: [String]) -> [(number: Int, text: String)] {
        let wanted = words.map { Data($0.utf8) }
        return Data(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
            .filter { line in wanted.contains { line.element.range(of: $0) != nil } }
            .map { ($0.offset + 1, String(decoding: $0.element, as: UTF8.self)) }
    }
}

private struct Stripper {
    let source: [UInt8]
    var position = 0
    var code: [UInt8] = []

    mutating func run() -> String {
        while position < source.count {
            let byte = source[position]
            switch byte {
            case UInt8(ascii: "/") where begins("//"):
                while position < source.count, source[position] != UInt8(ascii: "\n") { position += 1 }
            case UInt8(ascii: "/") where begins("/*"):
                skip(to: "*/", escapes: false)
            case UInt8(ascii: "#") where rawStringSigns > 0:
                let signs = rawStringSigns
                position += signs
                skipString(closedBy: String(repeating: "#", count: signs))
            case UInt8(ascii: "\""):
                skipString(closedBy: "")
            default:
                code.append(byte)
                position += 1
            }
        }
        return String(decoding: code, as: UTF8.self)
    }

    private func begins(_ text: String) -> Bool { source[position...].starts(with: text.utf8) }

    /// How many number signs stand here before a quote; 0 when no quote follows them.
    private var rawStringSigns: Int {
        let signs = source[position...].prefix { $0 == UInt8(ascii: "#") }.count
        return position + signs < source.count && source[position + signs] == UInt8(ascii: "\"") ? signs : 0
    }

    private mutating func skipString(closedBy signs: String) {
        let quotes = begins("\"\"\"") ? "\"\"\"" : "\""
        position += quotes.utf8.count
        skip(to: quotes + signs, escapes: signs.isEmpty)
        code += "\"\"".utf8
    }

    /// Leaves out all up to the end of `closing`, but for line ends.
    private mutating func skip(to closing: String, escapes: Bool) {
        guard let first = closing.utf8.first else { return }
        while position < source.count, source[position] != first || !begins(closing) {
            if source[position] == UInt8(ascii: "\n") { code.append(source[position]) }
            position += escapes && source[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position = min(source.count, position + closing.utf8.count)
    }
}
