package import JSON

/// The wire contract's Diagnostic and the result of `validate`.
extension Validation {
    /// The result of `validate`: an object with `valid`, `diagnostics` and, without errors, `normalized` and
    /// `summary`.
    /// - Parameter lines: of the source text, when the caller holds it; without it there are no ranges and no
    /// edits.
    package func writeResult(
        locale: Locale, lines: LineIndex? = nil, encoding: PositionEncoding = .utf16,
        into writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.key("valid")
        writer.bool(isValid)
        writer.key("diagnostics")
        writeDiagnostics(locale: locale, lines: lines, encoding: encoding, into: &writer)
        if !hasErrors {
            writer.key("normalized")
            writeNormalized(into: &writer)
            writer.key("summary")
            writeSummary(into: &writer)
        }
        writer.endObject()
    }

    package func writeDiagnostics(
        locale: Locale, lines: LineIndex? = nil, encoding: PositionEncoding = .utf16,
        into writer: inout JSONWriter
    ) {
        writer.beginArray()
        let diagnostics = diagnostics.span
        for number in diagnostics.indices {
            diagnostics[number].write(locale: locale, lines: lines, encoding: encoding, into: &writer)
        }
        writer.endArray()
    }
}

extension Diagnostic {
    package func write(
        locale: Locale, lines: LineIndex? = nil, encoding: PositionEncoding = .utf16,
        into writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.key("code")
        writer.string(code)
        writer.key("severity")
        writer.string(severity.rawValue)
        writer.key("message")
        writer.phrase(Phrase(sentence.words, facts), locale)
        writer.key("path")
        writer.pointer(path)
        if let lines {
            writer.key("range")
            writer.range(range, lines, encoding)
        }
        if !fixes.isEmpty {
            writer.key("fixes")
            writer.beginArray()
            for fix in fixes { fix.write(locale: locale, lines: lines, encoding: encoding, into: &writer) }
            writer.endArray()
        }
        if let allowed {
            writer.key("allowed")
            writer.value(allowed)
        }
        writer.key("source")
        writer.string(source)
        if !related.isEmpty {
            writer.key("related")
            writer.beginArray()
            for place in related {
                writer.beginObject()
                writer.key("path")
                writer.pointer(place.path)
                if let lines {
                    writer.key("range")
                    writer.range(place.range, lines, encoding)
                }
                writer.key("message")
                writer.phrase(place.note, locale)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }
}

extension Fix {
    package func write(
        locale: Locale, lines: LineIndex?, encoding: PositionEncoding, into writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.key("title")
        writer.phrase(title, locale)
        if let patch {
            writer.key("patch")
            writer.patch(patch)
        }
        if isPreferred {
            writer.key("preferred")
            writer.bool(true)
        }
        if let lines, !edits.isEmpty {
            writer.key("edits")
            writer.beginArray()
            for edit in edits {
                writer.beginObject()
                writer.key("range")
                writer.range(edit.range, lines, encoding)
                writer.key("newText")
                writer.string(edit.newText)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }
}

extension JSONWriter {
    /// A name written in the code: without this, a literal would be taken for a `String` and looked at for
    /// escapes.
    fileprivate mutating func key(_ name: StaticString) { self.name(name) }

    fileprivate mutating func phrase(_ phrase: Phrase, _ locale: Locale) {
        phrase.withUTF8(locale) { string(utf8: UnsafeRawBufferPointer($0)) }
    }

    /// An LSP range.
    fileprivate mutating func range(_ range: Range<Int>, _ lines: LineIndex, _ encoding: PositionEncoding) {
        let (start, end) = lines.positions(of: range, encoding: encoding)
        beginObject()
        key("start")
        position(start)
        key("end")
        position(end)
        endObject()
    }

    private mutating func position(_ position: TextPosition) {
        beginObject()
        key("line")
        int(position.line)
        key("character")
        int(position.character)
        endObject()
    }
}
