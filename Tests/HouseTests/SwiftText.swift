/// Swift source as the house rules look at it.
struct SwiftText {
    /// The source without comments and without the content of strings; lines stay where they are.
    let code: String

    init(_ source: String) {
        var code = ""
        var rest = Array(source.unicodeScalars)[...]
        func begins(_ text: String) -> Bool { rest.starts(with: text.unicodeScalars) }
        /// Leaves out all up to the end of `closing`, but for line ends.
        func skip(to closing: String, escapes: Bool = false) {
            while !rest.isEmpty, !begins(closing) {
                let scalar = rest.removeFirst()
                if scalar == "\n" { code += "\n" }
                if scalar == "\\", escapes, !rest.isEmpty { rest.removeFirst() }
            }
            rest = rest.dropFirst(closing.unicodeScalars.count)
        }
        while let next = rest.first {
            if begins("//") {
                rest = rest.drop { $0 != "\n" }
            } else if begins("/*") {
                skip(to: "*/")
            } else if begins("#\"") || begins("##\"") || begins("#\"\"\"") {
                let signs = String(repeating: "#", count: rest.prefix { $0 == "#" }.count)
                rest = rest.dropFirst(signs.count)
                let quotes = begins("\"\"\"") ? "\"\"\"" : "\""
                rest = rest.dropFirst(quotes.count)
                skip(to: quotes + signs)
                code += "\"\""
            } else if begins("\"\"\"") {
                rest = rest.dropFirst(3)
                skip(to: "\"\"\"", escapes: true)
                code += "\"\""
            } else if next == "\"" {
                rest.removeFirst()
                skip(to: "\"", escapes: true)
                code += "\"\""
            } else {
                code.unicodeScalars.append(next)
                rest.removeFirst()
            }
        }
        self.code = code
    }

    /// The modules imported, with the numbers of their lines.
    var imports: [(line: Int, module: String)] {
        let pattern =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public\s+|package\s+|internal\s+|fileprivate\s+|private\s+)?import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?(\w+)/
        return lines.compactMap { number, line in
            line.firstMatch(of: pattern).map { (number, String($0.output.1)) }
        }
    }

    /// The lines of code, numbered from 1.
    var lines: [(number: Int, text: Substring)] {
        code.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { ($0.offset + 1, $0.element) }
    }
}
