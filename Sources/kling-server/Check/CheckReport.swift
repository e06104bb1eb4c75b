import JSON
import KlingCore
import KlingService

/// How the result of `check` is written: a piece for each file, with something before, between and after.
protocol CheckReport: Sendable {
    var opening: String { get }
    var separator: String { get }
    func text(of file: CheckedFile) -> [UInt8]
    func closing(_ totals: CheckTotals) -> String
}

/// The wire's diagnostics: `{"files":[{"path","valid","diagnostics":[…]}]}` (wire contract §5); of a file that was mended also
/// `"fixed":[{"code","path","title"}]`.
struct JSONReport: CheckReport {
    let locale: Locale

    let opening = #"{"files":["#
    let separator = ","
    func closing(_ totals: CheckTotals) -> String { "]}\n" }

    func text(of file: CheckedFile) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("path")
        writer.string(file.path)
        writer.name("valid")
        switch file.outcome {
        case .unreadable: writer.literal(#"false,"diagnostics":[]"#)
        case .checked(let document, let validation):
            writer.bool(validation.isValid)
            writer.name("diagnostics")
            validation.writeDiagnostics(
                locale: locale, lines: document.lines, encoding: .utf16, into: &writer)
        }
        if !file.mended.isEmpty {
            writer.name("fixed")
            writer.beginArray()
            for mended in file.mended {
                writer.beginObject()
                writer.name("code")
                writer.string(mended.diagnostic.code)
                writer.name("path")
                writer.string(mended.diagnostic.path.description)
                writer.name("title")
                writer.string(mended.fix.title(locale))
                writer.endObject()
            }
            writer.endArray()
        }
        if let trouble = file.trouble {
            writer.name("error")
            writer.string(trouble.words(locale))
        }
        writer.endObject()
        return writer.bytes
    }
}

/// Workflow commands of GitHub Actions: each problem shows at its line of the change.
struct GitHubReport: CheckReport {
    let locale: Locale

    let opening = ""
    let separator = ""
    func closing(_ totals: CheckTotals) -> String { "" }

    func text(of file: CheckedFile) -> [UInt8] {
        var text = ""
        switch file.outcome {
        case .unreadable: break
        case .checked(let document, let validation):
            for diagnostic in validation.diagnostics {
                let (start, end) = document.lines.positions(of: diagnostic.range, encoding: .utf16)
                let level =
                    switch diagnostic.severity {
                    case .error: "error"
                    case .warning: "warning"
                    case .information, .hint, .off: "notice"
                    }
                text += "::\(level) file=\(property(file.path)),line=\(start.line + 1)"
                // Columns are taken for problems on one line only.
                if start.line == end.line {
                    text += ",col=\(start.character + 1),endColumn=\(max(end.character, start.character + 1))"
                }
                text += ",title=\(property(diagnostic.code))::\(data(diagnostic.message(locale)))\n"
            }
        }
        if let trouble = file.trouble {
            text += "::error file=\(property(file.path))::\(data(trouble.words(locale)))\n"
        }
        return Array(text.utf8)
    }

    private func data(_ text: String) -> String { escaped(text, "%\r\n") }
    private func property(_ text: String) -> String { escaped(text, "%\r\n:,") }

    private func escaped(_ text: String, _ special: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if special.unicodeScalars.contains(scalar) {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "%" + String(repeating: "0", count: 2 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
