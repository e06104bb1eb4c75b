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
        var text: [UInt8] = []
        switch file.outcome {
        case .unreadable: break
        case .checked(let document, let validation):
            let path = plain(file.path)
            for mended in file.mended { append(mended, path, to: &text) }
            let diagnostics = validation.diagnostics.span
            for number in diagnostics.indices { append(diagnostics[number], path, document, to: &text) }
        }
        if let trouble = file.trouble {
            text += "\(bold(plain(file.path) + ":")) \(paint(plain(trouble.words(locale)), .error))\n".utf8
        }
        return text
    }

    private func append(
        _ diagnostic: borrowing Diagnostic, _ path: String, _ document: DocumentSource, to text: inout [UInt8]
    ) {
        let lines = document.lines
        let start = lines.position(of: diagnostic.range.lowerBound, encoding: .utf32)
        text += bold("\(path):\(start.line + 1):\(start.character + 1):").utf8
        text += " \(paint(word(diagnostic.severity) + ":", diagnostic.severity)) ".utf8
        text += "\(plain(diagnostic.message(locale))) \(dim("[\(diagnostic.code)]"))\n".utf8
        let number = String(start.line + 1)
        let margin = String("                      ".prefix(number.utf8.count + 3))
        text += dim("  \(number) | ").utf8
        let (spaces, carets) = SourceExcerpt.append(
            document.tree.source, line: lines.content(ofLine: start.line), diagnostic.range, to: &text)
        text += "\n\(dim(margin + "| "))".utf8
        text += repeatElement(0x20, count: spaces)
        text += "\(paint(carets, diagnostic.severity))\n".utf8
        // One that is safe to make is the one; of others, somebody has to choose.
        let isPlain = diagnostic.fixes.first?.isPreferred ?? true
        for (number, fix) in diagnostic.fixes.prefix(isPlain ? 1 : 3).enumerated() {
            let word = locale == .en ? (number == 0 ? "fix: " : "or: ") : (number == 0 ? "修正：" : "或：")
            text += "\(dim(margin + "= "))\(word)\(plain(fix.title(locale)))\n".utf8
        }
    }

    /// On one line: what it was shows in the file's history, not in the file any more.
    private func append(_ mended: CheckedFile.Mended, _ path: String, to text: inout [UInt8]) {
        text += bold("\(path):\(mended.line + 1):\(mended.character + 1):").utf8
        text += " \(style(locale == .en ? "fixed:" : "已修正：", "1;32"))\(locale == .en ? " " : "")".utf8
        text += "\(plain(mended.fix.title(locale))) \(dim("[\(mended.diagnostic.code)]"))\n".utf8
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
                + (totals.fixes > 0 ? ["\(totals.fixes) \(totals.fixes == 1 ? "fix" : "fixes") made"] : [])
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
        guard TerminalWidth.mayBeActive(text.utf8),
            text.unicodeScalars.contains(where: TerminalWidth.isActive)
        else { return text }
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
enum SourceExcerpt {
    private static let width = 100
    /// Columns shown before the part that is meant.
    private static let lead = 40

    /// Writes the line, and returns the spaces and the carets that belong under it.
    static func append(
        _ source: [UInt8], line: Range<Int>, _ range: Range<Int>, to text: inout [UInt8]
    ) -> (spaces: Int, carets: String) {
        let start = min(max(range.lowerBound, line.lowerBound), line.upperBound)
        let end = min(max(range.upperBound, start), line.upperBound)
        // Characters before the part, backwards, no more than are shown: a line may be megabytes long.
        var first = start
        var before = 0
        while first > line.lowerBound, before < lead {
            first -= 1
            if source[first] & 0xC0 != 0x80 { before += 1 }
        }
        var spaces = 0
        var carets = 0
        if first > line.lowerBound {
            text += "…".utf8
            spaces = 1
        }
        var position = first
        var width = 0
        while position < line.upperBound {
            let character = Character.read(source, at: position, before: line.upperBound)
            guard width + character.columns <= Self.width else {
                text += "…".utf8
                break
            }
            character.append(of: source, at: position, to: &text)
            if position < start {
                spaces += character.columns
            } else if position < end {
                carets += character.columns
            }
            width += character.columns
            position += character.length
        }
        let bytes = repeatElement(UInt8(ascii: "^"), count: max(carets, 1))
        return (spaces, String(decoding: Array(bytes), as: UTF8.self))
    }

    /// A character of a line: how many bytes it is, in how many columns it shows, and as what.
    fileprivate struct Character {
        var length = 1
        var columns = 1
        var look = Look.itself

        /// Control characters show as spaces, bytes that are no character as U+FFFD.
        enum Look { case itself, space, replacement }

        @inline(__always) static func read(_ source: [UInt8], at position: Int, before end: Int) -> Character
        {
            let byte = source[position]
            guard byte >= 0x80 else { return Character(look: byte < 0x20 || byte == 0x7F ? .space : .itself) }
            return beyondASCII(source, at: position, before: end)
        }

        private static func beyondASCII(_ source: [UInt8], at position: Int, before end: Int) -> Character {
            var decoder = UTF8()
            var rest = source[position..<min(position + 4, end)].makeIterator()
            guard case .scalarValue(let scalar) = decoder.decode(&rest) else {
                return Character(look: .replacement)
            }
            let columns = TerminalWidth.columns(of: scalar)
            // What a terminal would act upon is not shown, unless it takes no column anyway.
            return Character(
                length: UTF8.width(scalar), columns: columns,
                look: columns > 0 && TerminalWidth.isActive(scalar) ? .space : .itself)
        }

        @inline(__always) func append(of source: [UInt8], at position: Int, to text: inout [UInt8]) {
            switch look {
            case .itself: for offset in 0..<length { text.append(source[position + offset]) }
            case .space: text.append(0x20)
            case .replacement: text += "\u{FFFD}".utf8
            }
        }
    }
}
