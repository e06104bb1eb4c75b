package import JSON

/// The wire contract's Diagnostic and the result of `validate`.
extension Validation {
    /// The result of `validate`: an object with `valid`, `diagnostics` and, without errors, `normalized` and `summary`.
    /// - Parameter lines: of the source text, when the caller holds it; without it there are no ranges and no edits.
    package func writeResult(
        locale: Locale, lines: LineIndex? = nil, encoding: PositionEncoding = .utf16,
        into writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.name("valid")
        writer.bool(isValid)
        writer.name("diagnostics")
        writeDiagnostics(locale: locale, lines: lines, encoding: encoding, into: &writer)
        if !hasErrors {
            writer.name("normalized")
            writeNormalized(into: &writer)
            writer.name("summary")
            writeSummary(into: &writer)
        }
        writer.endObject()
    }

    package func writeDiagnostics(
        locale: Locale, lines: LineIndex? = nil, encoding: PositionEncoding = .utf16,
        into writer: inout JSONWriter
    ) {
        writer.beginArray()
        for diagnostic in diagnostics {
            diagnostic.write(locale: locale, lines: lines, encoding: encoding, into: &writer)
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
        writer.name("code")
        writer.string(code)
        writer.name("severity")
        writer.string(severity.rawValue)
        writer.name("message")
        writer.string(message(locale))
        writer.name("path")
        writer.string(path.description)
        if let lines {
            writer.name("range")
            writer.range(range, lines, encoding)
        }
        if !fixes.isEmpty {
            writer.name("fixes")
            writer.beginArray()
            for fix in fixes { fix.write(locale: locale, lines: lines, encoding: encoding, into: &writer) }
            writer.endArray()
        }
        if let allowed {
            writer.name("allowed")
            writer.value(allowed)
        }
        writer.name("source")
        writer.string(source)
        if !related.isEmpty {
            writer.name("related")
            writer.beginArray()
            for place in related {
                writer.beginObject()
                writer.name("path")
                writer.string(place.path.description)
                if let lines {
                    writer.name("range")
                    writer.range(place.range, lines, encoding)
                }
                writer.name("message")
                writer.string(place.message(locale))
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
        writer.name("title")
        writer.string(title(locale))
        if let patch {
            writer.name("patch")
            writer.value(.array(patch.map(\.json)))
        }
        if isPreferred {
            writer.name("preferred")
            writer.bool(true)
        }
        if let lines, !edits.isEmpty {
            writer.name("edits")
            writer.beginArray()
            for edit in edits {
                writer.beginObject()
                writer.name("range")
                writer.range(edit.range, lines, encoding)
                writer.name("newText")
                writer.string(edit.newText)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }
}

extension JSONWriter {
    /// An LSP range.
    fileprivate mutating func range(_ range: Range<Int>, _ lines: LineIndex, _ encoding: PositionEncoding) {
        let (start, end) = lines.positions(of: range, encoding: encoding)
        beginObject()
        name("start")
        position(start)
        name("end")
        position(end)
        endObject()
    }

    private mutating func position(_ position: TextPosition) {
        beginObject()
        name("line")
        int(position.line)
        name("character")
        int(position.character)
        endObject()
    }
}
