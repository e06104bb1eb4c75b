import JSON
import KlingCore
import KlingService

/// For people: a line that editors can jump to, the source with carets under it, and what would mend it.
struct TextReport: CheckReport {
    let locale: Locale
    let isColored: Bool

    let opening = ""
    let separator = ""

    func text(of file: CheckedFile) -> [UInt8] {
        var text = ""
        switch file.outcome {
        case .unreadable: break
        case .checked(let document, let validation):
            for diagnostic in validation.diagnostics { text += entry(diagnostic, file.path, document) }
        }
        if let trouble = file.trouble {
            text += "\(bold(plain(file.path) + ":")) \(paint(plain(trouble.words(locale)), .error))\n"
        }
        return Array(text.utf8)
    }

    private func entry(_ diagnostic: Diagnostic, _ path: String, _ document: DocumentSource) -> String {
        let lines = document.lines
        let start = lines.position(of: diagnostic.range.lowerBound, encoding: .utf32)
        var text = bold("\(plain(path)):\(start.line + 1):\(start.character + 1):")
        text += " \(paint(word(diagnostic.severity) + ":", diagnostic.severity)) "
        text += "\(plain(diagnostic.message(locale))) \(dim("[\(diagnostic.code)]"))\n"
        let number = String(start.line + 1)
        let margin = String(repeating: " ", count: number.count)
        let excerpt = SourceExcerpt(
            document.tree.source, line: lines.content(ofLine: start.line), diagnostic.range)
        text += dim("  \(number) | ") + excerpt.text + "\n"
        text += dim("  \(margin) | ") + paint(excerpt.carets, diagnostic.severity) + "\n"
        if let fix = diagnostic.fixes.first {
            text +=
                dim("  \(margin) = ") + (locale == .en ? "fix: " : "修正：") + plain(fix.title(locale)) + "\n"
        }
        return text
    }

    func closing(_ totals: CheckTotals) -> String {
        let parts: [String]
        switch locale {
        case .en:
            func some(_ count: Int, _ one: String) -> String { "\(count) \(one)\(count == 1 ? "" : "s")" }
            parts =
                ["\(some(totals.files, "file")) checked: " + some(totals.errors, "error")]
                + [some(totals.warnings, "warning")]
                + (totals.informations > 0 ? ["\(totals.informations) for information"] : [])
                + (totals.hints > 0 ? [some(totals.hints, "hint")] : [])
                + (totals.fixes > 0 ? [some(totals.fixes, "problem") + " fixed"] : [])
                + (totals.unread > 0 ? ["\(totals.unread) could not be read"] : [])
                + (totals.unwritten > 0 ? ["\(totals.unwritten) could not be written"] : [])
        case .zh:
            parts =
                ["已检查 \(totals.files) 个文件：\(totals.errors) 个错误", "\(totals.warnings) 个警告"]
                + (totals.informations > 0 ? ["\(totals.informations) 条信息"] : [])
                + (totals.hints > 0 ? ["\(totals.hints) 条提示"] : [])
                + (totals.fixes > 0 ? ["已修正 \(totals.fixes) 处"] : [])
                + (totals.unread > 0 ? ["\(totals.unread) 个文件无法读取"] : [])
                + (totals.unwritten > 0 ? ["\(totals.unwritten) 个文件无法写入"] : [])
        }
        return parts.joined(separator: locale == .en ? ", " : "，") + "\n"
    }

    private func word(_ severity: Severity) -> String {
        switch (severity, locale) {
        case (.error, .zh): "错误"
        case (.warning, .zh): "警告"
        case (.information, .zh): "信息"
        case (.hint, .zh): "提示"
        default: severity.rawValue
        }
    }

    /// What a request or a file's name holds must not steer the terminal.
    private func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: TerminalWidth.isActive) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { TerminalWidth.isActive($0) ? "\u{FFFD}" : $0 })
        )
    }

    // MARK: Colours (ECMA-48 §8.3.117, SGR)

    private func paint(_ text: String, _ severity: Severity) -> String {
        switch severity {
        case .error: style(text, "1;31")
        case .warning: style(text, "1;33")
        case .information, .hint, .off: style(text, "36")
        }
    }

    private func bold(_ text: String) -> String { style(text, "1") }
    private func dim(_ text: String) -> String { style(text, "2") }
    private func style(_ text: String, _ code: String) -> String {
        isColored && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// One line of source, cut to what a terminal shows, with carets under the part that is meant.
struct SourceExcerpt {
    let text: String
    let carets: String

    private static let width = 100
    /// Columns shown before the part that is meant.
    private static let lead = 40

    init(_ source: [UInt8], line: Range<Int>, _ range: Range<Int>) {
        let start = min(max(range.lowerBound, line.lowerBound), line.upperBound)
        let end = min(max(range.upperBound, start), line.upperBound)
        // Characters before the part, backwards, no more than are shown: a line may be megabytes long.
        var first = start
        var before = 0
        while first > line.lowerBound, before < Self.lead {
            first -= 1
            if source[first] & 0xC0 != 0x80 { before += 1 }
        }
        var text: [UInt8] = first > line.lowerBound ? Array("…".utf8) : []
        var carets: [UInt8] = first > line.lowerBound ? [0x20] : []
        var position = first
        var width = 0
        while position < line.upperBound {
            let character = Self.character(source, at: position, before: line.upperBound)
            guard width + character.columns <= Self.width else {
                text += "…".utf8
                break
            }
            text += character.shown
            let isMeant = position >= start && position < end
            if position < end {
                for _ in 0..<character.columns { carets.append(isMeant ? UInt8(ascii: "^") : 0x20) }
            }
            width += character.columns
            position += character.length
        }
        if start == end || carets.last != UInt8(ascii: "^") { carets.append(UInt8(ascii: "^")) }
        self.text = String(decoding: text, as: UTF8.self)
        self.carets = String(decoding: carets, as: UTF8.self)
    }

    /// A character of a line: what is shown of it, in how many columns, and how many bytes it is. Control characters show as
    /// spaces, bytes that are no character as U+FFFD.
    private static func character(
        _ source: [UInt8], at position: Int, before end: Int
    ) -> (shown: ArraySlice<UInt8>, columns: Int, length: Int) {
        let byte = source[position]
        if byte < 0x80 {
            return (byte < 0x20 || byte == 0x7F ? [0x20] : source[position...position], 1, 1)
        }
        var decoder = UTF8()
        var rest = source[position..<min(position + 4, end)].makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&rest) else {
            return (ArraySlice("\u{FFFD}".utf8), 1, 1)
        }
        let length = UTF8.width(scalar)
        let columns = TerminalWidth.columns(of: scalar)
        // What a terminal would act upon is not shown, unless it takes no column anyway.
        guard columns == 0 || !TerminalWidth.isActive(scalar) else { return ([0x20], columns, length) }
        return (source[position..<(position + length)], columns, length)
    }
}
