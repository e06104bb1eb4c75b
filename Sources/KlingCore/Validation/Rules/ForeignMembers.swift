import JSON

/// Members that are no parameters: doubles and aliases, and those that ``reportUnknown`` and ``reportFrame`` speak of.
extension RequestView {
    /// Reports every member but the last of those with one name.
    func reportDuplicates(in object: JSONTree.Index, at place: Place, _ findings: inout Findings) {
        // By the hash of the name: an object may have a hundred thousand members.
        var last: [Int: JSONTree.Index] = [:]
        last.reserveCapacity(tree.count(object))
        var members = tree.elements(object)
        while let key = members.next(in: tree), members.next(in: tree) != nil {
            if let earlier = last.updateValue(key, forKey: tree.contentHash(key)) {
                let name = tree.string(key) ?? ""
                guard tree.string(earlier) == name, !findings.skips(.duplicateKey) else { continue }
                let edits = findings.worksOutEdits ? tree.edits(removing: earlier, from: object) ?? [] : []
                findings.report(
                    .duplicateKey, at: place.child(name, tree.range(earlier)), in: self,
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
        let lastAliases = mayRepeat ? lastAliases : [:]
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            guard let number = tables.names.number(of: key, in: tree), let word = tables.word(number) else {
                if tree.isSchemaName(key) { continue }
                reportUnknown(
                    key, candidates: table.model.parameters.map(\.name), in: object, at: container, &findings)
                continue
            }
            switch word {
            case .slot(let slot):
                // Its other name counts, because that has a value.
                if aliased.contains(slot: slot), written(slot: slot)?.key != key {
                    reportIdle(key, value, slot, &findings)
                }
            case .frame(let frame): reportFrame(key, value, frame, &findings)
            case .alias:
                // Of several with one name the last counts; the others are said to be doubles.
                if let last = lastAliases[number], last != key { continue }
                if let field = Self.field(ofAlias: key, value, in: tree, tables) {
                    if written(field)?.key != key, tree.isDropped(value) {
                        reportIdle(key, value, field.rawValue, &findings)
                    } else if !isOthers(field) || written(field)?.key != key {
                        reportAlias(key, value, field, &findings)
                    }
                } else {
                    reportUnknown(
                        key, candidates: table.model.parameters.map(\.name), in: object, at: container,
                        &findings)
                }
            }
        }
    }

    /// The last member of each name that is an alias.
    private var lastAliases: [Int: JSONTree.Index] {
        var last: [Int: JSONTree.Index] = [:]
        var members = tree.elements(object)
        while let key = members.next(in: tree), members.next(in: tree) != nil {
            if let number = tables.names.number(of: key, in: tree), case .alias? = tables.word(number) {
                last[number] = key
            }
        }
        return last
    }

    /// A known parameter under another name: renamed, or in conflict with the right one.
    private func reportAlias(
        _ key: JSONTree.Index, _ value: JSONTree.Index, _ field: Field, _ findings: inout Findings
    ) {
        let name = tree.string(key) ?? ""
        let child = Place(tokens: [name], range: tree.range(key), line: table.parameter(field)?.source)
        var facts: Facts = ["name": .text(name), "target": .text(field.name)]
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
        let ours = offered(value)
        let theirs = offered(written.value)
        facts["other"] = .text(target.tokens[0])
        if isDouble(value, of: written.value, field) {
            findings.report(
                .parameterAliasDouble, at: child, in: self, facts,
                fixes: [
                    Fix(.remove, ["name": .text(name)], patch: [.remove(child.pointer)], preferred: true)
                ],
                related: [(target, .counts)])
        } else {
            var fixes: [Fix] = []
            if let theirs {
                fixes.append(
                    Fix(
                        .keep, ["name": .text(target.tokens[0]), "value": .text(theirs.description)],
                        patch: [.remove(child.pointer)]))
            }
            if let ours, fits(key, field.name, container) {
                fixes.append(
                    Fix(
                        .keep, ["name": .text(name), "value": .text(ours.description)],
                        patch: [.replace(target.pointer, ours), .remove(child.pointer)]))
            }
            findings.report(
                target.tokens[0] == field.name ? .parameterAliasConflict : .parameterAliasesConflict,
                at: child, in: self, facts, fixes: fixes,
                related: [(target, .otherValue)])
        }
    }

    /// The fix, with what it would leave behind taken away: of a parameter that is written twice alike, the other would say what
    /// the one no longer does.
    func withoutDoubles(_ fix: Fix) -> Fix {
        guard mentioned.contains(.irregular), fix.edits.isEmpty, var patch = fix.patch else { return fix }
        let changed = Set(patch.compactMap(\.changedMember))
        for field in Field.allCases where changed.contains(spelling(field)) {
            guard let counted = written(field) else { continue }
            var members = tree.elements(object)
            while let key = members.next(in: tree), let value = members.next(in: tree) {
                guard key != counted.key, Self.field(ofAlias: key, value, in: tree, tables) == field,
                    isDouble(value, of: counted.value, field)
                else { continue }
                let double = JSONPatchOperation.remove(JSONPointer(tokens: [tree.string(key) ?? ""]))
                if !patch.contains(double) { patch.append(double) }
            }
        }
        var whole = fix
        whole.patch = patch
        return whole
    }

    /// Whether a member says the same as the one that counts.
    private func isDouble(_ value: JSONTree.Index, of counted: JSONTree.Index, _ field: Field) -> Bool {
        guard let meaning = meaning(of: value, field) else {
            return offered(counted) == nil && tree.hasSameText(value, counted)
        }
        return meaning == self.meaning(of: counted, field)
    }

    /// The value that one of another type or spelling stands for: with either of them mended, both say the same.
    private func meaning(of value: JSONTree.Index, _ field: Field) -> JSONValue? {
        // Width and height say more than their ratio.
        if field == .aspectRatio, tree.isRatio(value) { return offered(value) }
        return converted(value, field.rawValue, table) ?? offered(value)
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

extension JSONPatchOperation {
    /// The member of the request that is another one afterwards; nil where it is gone, or moves as it is.
    fileprivate var changedMember: String? {
        switch self {
        case .add(let target, _), .replace(let target, _): target.tokens.first
        case .remove(let target) where target.tokens.count > 1: target.tokens.first
        case .move(let source, _) where source.tokens.count > 1: source.tokens.first
        default: nil
        }
    }
}

extension JSONTree {
    fileprivate func hasSameText(_ one: Index, _ other: Index) -> Bool {
        source[range(one)].elementsEqual(source[range(other)])
    }
}
