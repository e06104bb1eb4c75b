public import JSON

/// Checks requests against a catalogue. Made once and kept: making it compiles the catalogue's tables.
public struct Validator: Sendable {
    let tables: CatalogTables

    /// - Parameter catalog: the models known.
    public init(catalog: Catalog = .standard) { self.init(catalog: catalog, rules: Rule.standard) }

    /// - Parameter rules: what to look at, in place of the standard rules or beside them.
    package init(catalog: Catalog, rules: [Rule]) { tables = CatalogTables(catalog, rules: rules) }

    public static let standard = Validator()

    public var catalog: Catalog { tables.catalog }

    /// One request in a tree, the whole of it or a part, such as the parameter of a message. Paths begin
    /// there.
    package func validate(
        _ tree: borrowing JSONTree, at index: JSONTree.Index? = nil,
        options: borrowing ValidationOptions = ValidationOptions()
    ) -> Validation {
        let index = index ?? tree.root
        var findings = Findings(options: copy options, bytes: tree.source.count)
        if index == tree.root, !tree.isValid { Self.reportSyntax(tree, &findings) }
        let view = check(tree, at: index, &findings)
        findings.finish(at: tree.source.count)
        return findings.validation(of: view.map { .request($0) } ?? .other)
    }

    /// A document: one request, or a list of them, whose paths begin `/0`, `/1` …
    package func validate(
        document tree: JSONTree, options: ValidationOptions = ValidationOptions()
    ) -> Validation {
        var last: CheckedList?
        return validate(document: tree, options: options, after: &last, keeps: false)
    }

    /// - Parameters:
    ///   - last: the last version of the document, or of another; then this one. Nil for all but a list that is JSON.
    ///   - keeps: whether this one will be the last version of another.
    package func validate(
        document tree: JSONTree, options: ValidationOptions, after last: inout CheckedList?,
        keeps: Bool = true
    ) -> Validation {
        let comparison = last?.compared(with: tree, options)
        last = nil
        guard tree.kind(tree.root) == .array else { return validate(tree, options: options) }
        var findings = Findings(options: options, bytes: tree.source.count)
        if !tree.isValid { Self.reportSyntax(tree, &findings) }
        if tree.isValid, tree.count(tree.root) == 0 {
            findings.report(
                text: tree.isLines ? .documentWithoutLines : .documentEmpty,
                at: Place(tokens: [], range: tree.range(tree.root)), [:])
        }
        var checked: [CheckedList.Element] = []
        if keeps { checked.reserveCapacity(tree.count(tree.root)) }
        var elements = tree.elements(tree.root)
        var position = 0
        while let element = elements.next(in: tree) {
            let range = tree.range(element)
            if keeps {
                checked.append(CheckedList.Element(range: range, diagnostics: findings.diagnostics.count))
            }
            if tree.isValid, let known = comparison?.diagnostics(ofElement: position, at: range) {
                findings.adopt(known)
            } else {
                findings.begin(base: [String(position)])
                check(tree, at: element, &findings)
            }
            position += 1
        }
        findings.finish(at: tree.source.count)
        if keeps, tree.isValid, findings.isComplete {
            last = CheckedList(tree, checked, findings.diagnostics, options)
        }
        return findings.validation(of: .list(tree, tables))
    }

    /// Text as it stands in a file.
    /// - Parameter comments: JSONC: comments and trailing commas are allowed.
    public func validate(
        text: String, comments: Bool = false, options: ValidationOptions = ValidationOptions(edits: true)
    ) -> Validation {
        validate(document: JSONTree(text, options: comments ? .jsonc : .json), options: options)
    }

    public func validate(
        _ request: JSONObject, options: ValidationOptions = ValidationOptions()
    ) -> Validation {
        var writer = JSONWriter()
        writer.value(.object(request))
        return validate(JSONTree(writer.bytes), options: options)
    }

    @discardableResult
    private func check(
        _ tree: borrowing JSONTree, at index: JSONTree.Index, _ findings: inout Findings
    ) -> RequestView? {
        guard tree.kind(index) == .object else {
            // Of text that is no JSON the syntax problems say enough.
            if let type = tree.kind(index).type {
                let message: Message =
                    findings.base.isEmpty && index == tree.root ? .documentRootOrArray : .documentRoot
                findings.report(
                    text: message, at: Place(tokens: [], range: tree.range(index)), ["type": .type(type)])
            }
            return nil
        }
        findings.isInDoubt = tree.isInDoubt(index)
        // What is missing or unknown in such a text may only be misread.
        if findings.isInDoubt, tree.lacksValues(index) { return nil }
        let view = RequestView(copy tree, at: index, tables: tables)
        let steps = view.table.steps
        let mentioned = view.mentioned.rawValue
        for number in steps.indices where steps[number].trigger.rawValue & mentioned != 0 {
            steps[number].check(view, &findings)
        }
        return view
    }

    private static func reportSyntax(_ tree: borrowing JSONTree, _ findings: inout Findings) {
        findings.hide(tree.problemsLeftOut, .error)
        for problem in tree.problems {
            let range = problem.range.clamped(to: 0..<tree.source.count)
            let text = String(decoding: tree.source[range].prefix(200), as: UTF8.self)
            var facts: Facts = ["text": .text(text)]
            switch problem.kind {
            case .wrongSign: facts["sign"] = problem.edits.first.map { .text($0.newText) }
            case .otherSpace:
                facts["character"] = text.unicodeScalars.first.map { character in
                    let number = String(character.value, radix: 16, uppercase: true)
                    return .text("U+" + String(repeating: "0", count: max(0, 4 - number.count)) + number)
                }
            case .surroundingText:
                let line = text.prefix { !$0.isNewline }
                facts["text"] = .text(line.split(separator: " ").joined(separator: " "))
            default: break
            }
            let isUnnamed = problem.kind == .severalValues && findings.options.isUnnamed
            findings.report(
                text: isUnnamed ? .syntaxSeveralValuesUnnamed : .syntax(problem.kind),
                at: Place(tokens: [], range: problem.range), facts,
                fixes: problem.fix(of: tree).map { [$0] } ?? [])
        }
    }
}

extension JSONTree {
    /// Whether an object has members, but none with a value that could be read.
    fileprivate func lacksValues(_ object: Index) -> Bool {
        var members = elements(object)
        while members.next(in: self) != nil, let value = members.next(in: self) {
            if kind(value) != .missing, kind(value) != .invalid { return false }
        }
        return count(object) > 0
    }
}

extension SyntaxProblem {
    /// The changes of text that mend it; preferred when nothing else can be meant.
    fileprivate func fix(of tree: borrowing JSONTree) -> Fix? {
        guard let first = edits.first else { return nil }
        let title: LocalizedText? =
            switch kind {
            case .severalValues: .makeList
            case .codeFence: .removeFences
            case .surroundingText: .removeAround
            case .otherSpace: first.newText.isEmpty ? .removeSpaces : .writeSpaces
            case .missingBraces: .addBraces
            case .innerQuote: .escapeQuotes
            case .controlCharacter where edits.count > 1: .escapeBreaks
            default: nil
            }
        guard let title else { return first.fix(of: tree, preferred: isCertain) }
        return Fix(title, patch: nil, edits: edits, preferred: isCertain)
    }
}

extension TextEdit {
    /// A change of text that mends it, called by what it does: what is inserted, removed or replaced.
    fileprivate func fix(of tree: borrowing JSONTree, preferred: Bool) -> Fix {
        let old = Array(tree.source[range.clamped(to: 0..<tree.source.count)].prefix(400))
        let title: LocalizedText = newText.isEmpty ? .removeText : old.isEmpty ? .insertText : .replaceText
        let shownOld = Self.shown(old)
        return Fix(
            title, ["value": newText.isEmpty ? shownOld : Self.shown(Array(newText.utf8)), "old": shownOld],
            patch: nil, edits: [self], preferred: preferred)
    }

    private static func shown(_ text: [UInt8]) -> Fact {
        switch text {
        case [0x0A], [0x0D], [0x0D, 0x0A]: return .words(LocalizedText(en: "the line break", zh: "换行符"))
        case [0x09]: return .words(LocalizedText(en: "the tab", zh: "制表符"))
        case let one where one.count == 1 && (one[0] < 0x20 || one[0] == 0x7F):
            return .words(LocalizedText(en: "the control character", zh: "控制字符"))
        default:
            let quoted = "`\(Fact.shortened(String(decoding: text, as: UTF8.self)))`"
            return .words(LocalizedText(en: quoted, zh: quoted))
        }
    }
}
