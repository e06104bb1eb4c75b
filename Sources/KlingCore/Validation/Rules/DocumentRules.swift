import JSON

/// The document and its members (both models).
extension Rule {
    static let documentRules: [Rule] = [
        Rule("document.duplicateKey", when: .irregular) { view, findings in
            if view.mayRepeat { view.reportDuplicates(in: view.object, at: view.container, &findings) }
        },
        Rule(
            "parameter.unknown", "parameter.alias", "parameter.aliasConflict", "parameter.frameField",
            when: .irregular
        ) {
            view, findings in view.reportForeignMembers(&findings)
        },
        Rule("document.duplicateKey", "parameter.unknown", when: [.multiPrompt, .elementList, .videoList]) {
            view, findings in
            view.reportForeignEntryMembers(&findings)
        },
        Rule("model.missing", "model.unknown", when: .always) { view, findings in
            if !view.modelIsKnown { view.reportModel(&findings) }
        },
        Rule("parameter.otherModel", when: .always) { view, findings in
            let others = view.mentioned.intersection(view.tables.mentionable).subtracting(view.table.takes)
            if !others.isEmpty, view.modelIsKnown { view.reportOtherModel(others, &findings) }
        },
        Rule(
            "parameter.type", "mode.value", "duration.range", "aspectRatio.value", "shotType.value",
            when: .always
        ) { view, findings in
            view.checkValues(&findings)
        },
        Rule("parameter.null", "parameter.empty", when: .always) { view, findings in
            let idle = view.null.union(view.empty).intersection(view.table.takes)
            if !idle.isEmpty { view.reportIdle(idle, &findings) }
        }
    ]
}

// MARK: - Members that are no parameters

extension RequestView {
    /// Reports every member but the last of those with one name.
    func reportDuplicates(in object: JSONTree.Index, at place: Place, _ findings: inout Findings) {
        var last: [String: (key: JSONTree.Index, value: JSONTree.Index)] = [:]
        var members = tree.elements(object)
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            let name = tree.string(key) ?? ""
            if let earlier = last.updateValue((key, value), forKey: name) {
                let edits =
                    findings.options.edits ? tree.edits(removing: earlier.key, from: object) ?? [] : []
                findings.report(
                    .duplicateKey, at: place.child(name, tree.range(earlier.key)), in: self,
                    ["name": .text(name)],
                    fixes: [
                        Fix(.removeFirst, ["name": .text(name)], patch: nil, edits: edits, preferred: true)
                    ],
                    related: [(place.child(name, tree.range(key)), .counts)])
            }
        }
    }

    func reportForeignMembers(_ findings: inout Findings) {
        var members = tree.elements(object)
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            guard let number = tables.names.number(of: key, in: tree), let word = tables.word(number) else {
                reportUnknown(
                    key, candidates: table.model.parameters.map(\.name), in: object, at: container, &findings)
                continue
            }
            switch word {
            case .slot: break
            case .frame(let frame): reportFrame(key, value, frame, &findings)
            case .alias:
                if let field = Self.field(ofAlias: key, value, in: tree, tables) {
                    reportAlias(key, value, field, &findings)
                } else {
                    reportUnknown(
                        key, candidates: table.model.parameters.map(\.name), in: object, at: container,
                        &findings)
                }
            }
        }
    }

    private func reportUnknown(
        _ key: JSONTree.Index, candidates: [String], in object: JSONTree.Index, at place: Place,
        _ findings: inout Findings
    ) {
        let name = tree.string(key) ?? ""
        let near = NearestName.find(name, in: candidates, hints: Vocabulary.hints)
        var facts: Facts = ["name": .text(name), "model": .text(model.name)]
        let child = place.child(name, tree.range(key))
        var fixes: [Fix] = []
        if let near {
            facts = ["name": .text(name), "model": .text(model.name), "near": .text(near)]
            // Renaming is offered when the word reads the same; otherwise the value may not fit.
            let target = JSONPointer(tokens: place.tokens + [near])
            if !has(near, in: object), fits(key, near, place) {
                fixes.append(
                    Fix(.rename, ["name": .text(near)], patch: [.move(from: child.pointer, to: target)]))
            }
        }
        fixes.append(Fix(.remove, ["name": .text(name)], patch: [.remove(child.pointer)]))
        findings.report(
            near == nil ? .parameterUnknown : .parameterUnknownNear, at: child, in: self, facts,
            allowed: .array(candidates.map { .string($0) }), fixes: fixes)
    }

    /// Whether the value of a member would do for the parameter `name`, so that renaming adds no error.
    private func fits(_ key: JSONTree.Index, _ name: String, _ place: Place) -> Bool {
        guard place.tokens.isEmpty, let slot = tables.names.number(of: name), slot < tables.slotCount else {
            return false
        }
        var members = tree.elements(object)
        while let candidate = members.next(in: tree), let value = members.next(in: tree) {
            guard candidate == key else { continue }
            // What has rules of its own beyond type and range is not judged here.
            let simple: [Field] = [
                .prompt, .negativePrompt, .mode, .duration, .aspectRatio, .watermark, .audio
            ]
            guard let field = Field(rawValue: slot), simple.contains(field) else { return false }
            let check = table.checks[slot]
            return check.accepts(tree.kind(value)) && table.allows(value, slot: slot, in: tree)
        }
        return false
    }

    private func has(_ name: String, in object: JSONTree.Index) -> Bool {
        var members = tree.elements(object)
        while let key = members.next(in: tree), members.next(in: tree) != nil {
            if tree.string(key) == name { return true }
        }
        return false
    }

    /// A known parameter under another name: renamed, or in conflict with the right one.
    private func reportAlias(
        _ key: JSONTree.Index, _ value: JSONTree.Index, _ field: Field, _ findings: inout Findings
    ) {
        let name = tree.string(key) ?? ""
        let child = Place(tokens: [name], range: tree.range(key), line: table.parameter(field)?.source)
        let facts: Facts = ["name": .text(name), "target": .text(field.name)]
        guard let written = written(field), written.key != key, written.value != value else {
            findings.report(
                .parameterAlias, at: child, in: self, facts,
                fixes: [
                    Fix(
                        .rename, ["name": .text(field.name)],
                        patch: [.move(from: child.pointer, to: JSONPointer(tokens: [field.name]))],
                        preferred: true)
                ])
            return
        }
        let target = Place(tokens: [tree.string(written.key) ?? ""], range: tree.range(written.value))
        let ours = tree.value(value)
        let theirs = tree.value(written.value)
        if ours == theirs {
            findings.report(
                .parameterAlias, at: child, in: self, facts,
                fixes: [
                    Fix(.remove, ["name": .text(name)], patch: [.remove(child.pointer)], preferred: true)
                ],
                related: [(target, .counts)])
        } else {
            findings.report(
                .parameterAliasConflict, at: child, in: self, facts,
                fixes: [
                    Fix(
                        .keep, ["name": .text(target.tokens[0]), "value": .text(theirs.description)],
                        patch: [.remove(child.pointer)]),
                    Fix(
                        .keep, ["name": .text(name), "value": .text(ours.description)],
                        patch: [.replace(target.pointer, ours), .remove(child.pointer)])
                ], related: [(target, .otherValue)])
        }
    }

    /// A single frame: it belongs into `image_urls`.
    private func reportFrame(
        _ key: JSONTree.Index, _ value: JSONTree.Index, _ frame: Vocabulary.Frame, _ findings: inout Findings
    ) {
        let name = tree.string(key) ?? ""
        let child = Place(tokens: [name], range: tree.range(key), line: table.parameter(.imageURLs)?.source)
        let isAlone = frame == .last && count(.imageURLs) == 0 && frames(.first).isEmpty
        var fixes: [Fix] = []
        if let patch = framePatch() {
            fixes.append(Fix(.moveToImages, patch: patch, preferred: true))
        } else {
            fixes.append(Fix(.remove, ["name": .text(name)], patch: [.remove(child.pointer)]))
        }
        findings.report(
            isAlone ? .parameterFrameFieldLast : .parameterFrameField, at: child, in: self,
            ["name": .text(name)],
            fixes: fixes)
    }

    private func frames(_ wanted: Vocabulary.Frame) -> [(name: String, url: JSONTree.Index)] {
        var found: [(String, JSONTree.Index)] = []
        var members = tree.elements(object)
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            guard let number = tables.names.number(of: key, in: tree),
                case .frame(let frame)? = tables.word(number),
                frame == wanted
            else { continue }
            found.append((tree.string(key) ?? "", value))
        }
        return found
    }

    /// All frames into `image_urls` at once, when the order is plain and the addresses are good; nil otherwise.
    private func framePatch() -> [JSONPatchOperation]? {
        let first = frames(.first)
        let last = frames(.last)
        guard first.count <= 1, last.count <= 1, frames(.either).isEmpty, !aliased.contains(.imageURLs) else {
            return nil
        }
        for frame in first + last {
            guard tree.kind(frame.url) == .string,
                tree.withContent(frame.url, { URLExamination($0).fault }) == nil
            else {
                return nil
            }
        }
        var urls = first.map { tree.value($0.url) }
        var images = list(.imageURLs)
        while let image = images.next(in: tree) { urls.append(tree.value(image)) }
        guard !urls.isEmpty else { return nil }
        urls += last.map { tree.value($0.url) }
        let maximum =
            if case .array(_, let count)? = table.parameter(.imageURLs)?.type { count.upperBound } else { 2 }
        guard urls.count <= maximum else { return nil }
        let target = JSONPointer(tokens: [Field.imageURLs.name])
        let put: JSONPatchOperation =
            mentioned.contains(.imageURLs) ? .replace(target, .array(urls)) : .add(target, .array(urls))
        return [put] + (first + last).map { .remove(JSONPointer(tokens: [$0.name])) }
    }

    /// Unknown and double members of shots, elements and clips.
    func reportForeignEntryMembers(_ findings: inout Findings) {
        for (field, names) in [
            (Field.multiPrompt, EntryView.shot), (.elementList, EntryView.element),
            (.videoList, EntryView.video)
        ] where table.takes.contains(FieldSet(field)) {
            var entries = list(field)
            var position = 0
            while let node = entries.next(in: tree) {
                defer { position += 1 }
                guard tree.kind(node) == .object, EntryView(node, in: tree, names: names).isIrregular else {
                    continue
                }
                let place = place(field).child(position, tree.opening(node))
                reportDuplicates(in: node, at: place, &findings)
                var members = tree.elements(node)
                while let key = members.next(in: tree), members.next(in: tree) != nil {
                    guard names.number(of: key, in: tree) == nil else { continue }
                    reportUnknown(key, candidates: names.names, in: node, at: place, &findings)
                }
            }
        }
    }
}

// MARK: - Models

extension RequestView {
    func reportModel(_ findings: inout Findings) {
        let names = tables.catalog.models.map(\.name)
        let allowed = JSONValue.array(names.map { .string($0) })
        let quoted = Fact.anyOf(names.map { "\"\($0)\"" })
        guard let written = written(.model), !null.contains(.model), !empty.contains(.model) else {
            let fixes = names.map { name -> Fix in
                let target = JSONPointer(tokens: [spelling(.model)])
                return Fix(
                    .add, ["name": .text("model"), "value": .text(name)],
                    patch: [
                        mentioned.contains(.model)
                            ? .replace(target, .string(name)) : .add(target, .string(name))
                    ])
            }
            findings.report(
                .modelMissing, at: mentioned.contains(.model) ? place(.model) : container, in: self,
                ["allowed": quoted], allowed: allowed, fixes: fixes)
            return
        }
        guard tree.kind(written.value) == .string, let value = tree.string(written.value) else {
            // Of another type: said by `parameter.type`, as of any parameter; text that is no JSON is said already.
            return
        }
        let near = tables.nearestModel(to: value)
        let pointer = pointer(.model)
        let fixes = (near.map { [$0] } ?? names).map { name in
            Fix(
                .write, ["value": .text("\"\(name)\"")], patch: [.replace(pointer, .string(name))],
                preferred: near != nil)
        }
        findings.report(
            near == nil ? .modelUnknown : .modelUnknownNear, at: place(.model), in: self,
            ["value": .text(value), "near": .text(near ?? ""), "allowed": quoted], allowed: allowed,
            fixes: fixes)
    }

    func reportOtherModel(_ others: FieldSet, _ findings: inout Findings) {
        var rest = others.rawValue
        while rest != 0 {
            let slot = rest.trailingZeroBitCount
            rest &= rest &- 1
            let takers = tables.models(taking: slot)
            guard let written = written(slot: slot), !takers.isEmpty else { continue }
            let name = tree.string(written.key) ?? ""
            let place = place(slot: slot)
            var fixes = [Fix(.remove, ["name": .text(name)], patch: [.remove(place.pointer)])]
            for taker in takers.prefix(2) where isValid(as: taker) {
                fixes.append(
                    Fix(
                        .changeModel, ["value": .text(taker.name)],
                        patch: [.replace(pointer(.model), .string(taker.name))]))
            }
            findings.report(
                .parameterOtherModel, at: self.name(slot: slot), in: self,
                [
                    "name": .text(name), "model": .text(model.name),
                    "other": .anyOf(takers.map(\.name))
                ], fixes: fixes)
        }
    }

    /// Whether the request would be without error for another model.
    private func isValid(as other: Model) -> Bool {
        guard let table = tables.models.first(where: { $0.model.name == other.name }) else { return false }
        let view = RequestView(tree, at: object, tables: tables, as: table)
        var findings = Findings(options: ValidationOptions())
        for rule in table.rules
        where !rule.trigger.isDisjoint(with: view.mentioned) && !rule.codes.contains("parameter.otherModel") {
            rule.check(view, &findings)
        }
        return !findings.diagnostics.contains { $0.severity == .error }
    }
}

// MARK: - Types

extension RequestView {
    /// Every parameter of the model: its type, and whether its value is one of the allowed.
    func checkValues(_ findings: inout Findings) {
        var rest = present.intersection(table.takes).rawValue
        while rest != 0 {
            let slot = rest.trailingZeroBitCount
            rest &= rest &- 1
            guard let value = written(slot: slot)?.value else { continue }
            if !table.checks[slot].accepts(tree.kind(value)) {
                reportType(slot, value, &findings)
            } else if slot != Field.model.rawValue, !table.allows(value, slot: slot, in: tree) {
                reportRange(slot, value, &findings)
            }
        }
    }

    private func reportType(_ slot: Int, _ value: JSONTree.Index, _ findings: inout Findings) {
        guard let parameter = table.parameters[slot], let actual = tree.kind(value).type else { return }
        // `"6"` has a code of its own.
        if slot == Field.duration.rawValue, tree.quotedNumber(value) != nil { return }
        let place = place(slot: slot)
        var fixes: [Fix] = []
        if let converted = Conversion.convert(tree.value(value), to: parameter.type) {
            fixes = [
                Fix(
                    .write, ["value": .text(converted.description)],
                    patch: [.replace(place.pointer, converted)],
                    preferred: true)
            ]
        }
        findings.report(
            .parameterType, at: place, in: self,
            [
                "name": .text(place.tokens.last ?? ""), "expected": .type(parameter.type.jsonType),
                "actual": .type(actual)
            ], allowed: parameter.type.allowed, fixes: fixes)
    }

    /// Null and empty members: dropped, unless a rule of their own says that they are missing.
    func reportIdle(_ idle: FieldSet, _ findings: inout Findings) {
        var own = FieldSet(.model)
        if needsPrompt { own.insert(.prompt) }
        if table.takes.contains(.multiShot), isTrue(.multiShot) {
            own.insert(.shotType)
            if storyboard != .intelligence { own.insert(.multiPrompt) }
        }
        var rest = idle.subtracting(own).rawValue
        while rest != 0 {
            let slot = rest.trailingZeroBitCount
            rest &= rest &- 1
            let place = place(slot: slot)
            let name = Fact.text(place.tokens.last ?? "")
            findings.report(
                null.contains(slot: slot) ? .parameterNull : .parameterEmpty, at: place, in: self,
                ["name": name],
                fixes: [Fix(.remove, ["name": name], patch: [.remove(place.pointer)], preferred: true)])
        }
    }

    /// Whether the model cannot do without a prompt here.
    var needsPrompt: Bool { table.takes.contains(.prompt) && storyboard != .customize }
}

/// Turns a value of the wrong type into one of the right type that says the same, where that is plain.
enum Conversion {
    static func convert(_ value: JSONValue, to type: ParameterType) -> JSONValue? {
        switch (type, value) {
        case (.boolean, .string(let text)):
            switch text.lowercased() {
            case "true", "on", "yes": return true
            case "false", "off", "no": return false
            default: return nil
            }
        case (.boolean, .number(let number)):
            switch number.int {
            case 1: return true
            case 0: return false
            default: return nil
            }
        case (.integer, .string(let text)), (.integers, .string(let text)):
            guard let whole = Int(text), type.allows(whole) else { return nil }
            return JSONValue(whole)
        case (.string, .number(let number)): return .string(number.literal)
        case (.string, .array(let parts)) where parts.count == 1:
            return parts.first?.string.map(JSONValue.string)
        case (.choice(let choices), .array(let parts)) where parts.count == 1:
            guard let only = parts.first, choices.contains(where: { .string($0.value) == only }) else {
                return nil
            }
            return only
        case (.array(of: .url, _), .string(var text)):
            guard text.withUTF8({ URLExamination(UnsafeRawBufferPointer($0)).fault }) == nil else {
                return nil
            }
            return [.string(text)]
        case (.array(of: .object(let members), count: let count), .object(let object))
        where count.lowerBound <= 1:
            // Only an entry that has all it needs: the fix must not add an error.
            guard members.allSatisfy({ !$0.isRequired || object[$0.name] != nil }) else { return nil }
            return [value]
        default: return nil
        }
    }
}
