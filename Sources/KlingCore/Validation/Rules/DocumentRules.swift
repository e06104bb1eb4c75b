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
        Rule("model.missing", "model.unknown", when: .noModel) { view, findings in
            view.reportModel(&findings)
        },
        Rule("parameter.otherModel", when: .otherModel) { view, findings in
            let others = view.mentioned.intersection(view.tables.mentionable).subtracting(view.table.takes)
            if view.modelIsKnown { view.reportOtherModel(others, &findings) }
        },
        Rule(
            "parameter.type", "parameter.value", "parameter.count", "mode.value", "duration.range",
            "aspectRatio.value", "shotType.value",
            when: .always
        ) { view, findings in
            view.checkValues(&findings)
        },
        Rule("parameter.null", "parameter.empty", when: .idle) { view, findings in
            view.reportIdle(view.null.union(view.empty), &findings)
        },
        Rule("parameter.null", "parameter.empty", when: [.elementList, .videoList]) { view, findings in
            view.reportIdleEntryMembers(&findings)
        }
    ]
}

// MARK: - Models

extension RequestView {
    func reportModel(_ findings: inout Findings) {
        let names = tables.catalog.models.map(\.name)
        let allowed = JSONValue.array(names.map { .string($0) })
        let quoted = Fact.anyOf(names.map { "\"\($0)\"" })
        if isOfOtherType(.model) { return }
        guard let written = written(.model), !null.contains(.model), !empty.contains(.model) else {
            let fixes = fitting(&findings).map { name -> Fix in
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
            // Of another type: said by `parameter.type`, as of any parameter; text that is no JSON is said
            // already.
            return
        }
        let near = findings.isTrial ? nil : tables.nearestModel(to: value)
        let pointer = pointer(.model)
        let fixes = (near.map { [$0] } ?? fitting(&findings)).map { name in
            Fix(
                .write, ["value": .text("\"\(name)\"")], patch: [.replace(pointer, .string(name))],
                preferred: near != nil && tables.isPlainly(value, name))
        }
        findings.report(
            near == nil ? .modelUnknown : .modelUnknownNear, at: place(.model), in: self,
            ["value": .text(value), "near": .text(near ?? ""), "allowed": quoted], allowed: allowed,
            fixes: fixes)
    }

    /// The models that would add no error, the one the request was read as before the others.
    private func fitting(_ findings: inout Findings) -> [String] {
        if findings.isTrial { return [] }
        let likely = tables.models.filter { $0 === table }
        let others = tables.models.filter {
            $0 !== table && findings.mayTry(tree.range(object).count) && addsNoError(as: $0)
        }
        return (likely + others).map(\.model.name)
    }

    func reportOtherModel(_ others: FieldSet, _ findings: inout Findings) {
        if findings.isTrial { return }
        var rest = others.rawValue
        while rest != 0 {
            let slot = rest.trailingZeroBitCount
            rest &= rest &- 1
            let takers = tables.models(taking: slot)
            // What is dropped is said to be so.
            guard let written = written(slot: slot), !takers.isEmpty, present.contains(slot: slot)
            else { continue }
            let name = tree.string(written.key) ?? ""
            let isAliased = aliased.contains(slot: slot)
            let place = place(slot: slot)
            var fixes = [Fix(.remove, ["name": .text(name)], patch: [.remove(place.pointer)])]
            for taker in takers.prefix(2) where isValid(as: taker) {
                fixes.append(
                    Fix(
                        .changeModel, ["value": .text(taker.name)],
                        patch: [.replace(pointer(.model), .string(taker.name))]))
            }
            findings.report(
                isAliased ? .parameterOtherModelAlias : .parameterOtherModel, at: self.name(slot: slot),
                in: self,
                [
                    "name": .text(name), "target": .text(tables.name(ofSlot: slot)),
                    "model": .text(model.name),
                    "other": .anyOf(takers.map(\.name))
                ], fixes: fixes)
        }
    }

    /// Whether a parameter is one of other models only, which is said by itself.
    func isOthers(_ field: Field) -> Bool {
        modelIsKnown && !table.takes.contains(field) && tables.mentionable.contains(field)
    }

    /// Whether the request would be without error for another model.
    private func isValid(as other: Model) -> Bool {
        guard let table = tables.models.first(where: { $0.model.name == other.name }) else { return false }
        return !RequestView(tree, at: object, tables: tables, as: table).trial()
            .contains { $0.severity == .error }
    }
}

// MARK: - Types

extension RequestView {
    /// Every parameter of the model: its type, and whether its value is one of the allowed.
    func checkValues(_ findings: inout Findings) {
        var counted = present
        // An empty value of another type is no way to leave out what is needed.
        if !empty.isEmpty {
            let missing = empty.intersection(needed)
            for field in [Field.model, .prompt, .shotType, .multiPrompt]
            where missing.contains(field) && isOfOtherType(field) {
                counted.insert(FieldSet(field))
            }
        }
        var rest = counted.intersection(table.takes).rawValue
        while rest != 0 {
            let slot = rest.trailingZeroBitCount
            rest &= rest &- 1
            guard let value = written(slot: slot)?.value else { continue }
            if !table.checks[slot].accepts(tree.kind(value)) {
                reportType(slot, value, &findings)
            } else if slot != Field.model.rawValue, !table.allows(value, slot: slot, in: tree) {
                reportRange(slot, value, &findings)
            } else if slot >= Field.allCases.count {
                checkList(slot, value, &findings)
            }
        }
    }

    private func reportType(_ slot: Int, _ value: JSONTree.Index, _ findings: inout Findings) {
        guard let parameter = table.parameters[slot], let actual = tree.kind(value).type else { return }
        // `"6"` has a code of its own.
        if slot == Field.duration.rawValue, tree.quotedDecimal(value) != nil { return }
        let place = place(slot: slot)
        let type = slot == Field.model.rawValue ? tables.modelNameType : parameter.type
        var fixes: [Fix] = []
        if !findings.isTrial, let converted = converted(value, to: type),
            isFreeOfErrors(with: converted, at: place, slot: slot, &findings)
        {
            fixes = [
                Fix(
                    .write, ["value": .text(converted.description)],
                    patch: [.replace(place.pointer, converted)],
                    preferred: true)
            ]
        }
        // Of a storyboard its shots decide.
        let sum = slot == Field.duration.rawValue ? shotSum : nil
        var message = Message.parameterType
        if let sum, type.allows(sum) {
            message = .parameterTypeShots
            fixes = [
                Fix(
                    .setTotalToShots, ["value": .int(sum)], patch: [.replace(place.pointer, JSONValue(sum))])
            ]
        } else if sum != nil {
            message = .parameterTypeShotsToo
        }
        findings.report(
            message, at: place, in: self,
            [
                "name": .text(place.tokens.last ?? ""),
                "expected": type.expectation(isSeconds: slot == Field.duration.rawValue),
                "actual": .type(actual), "sum": .int(sum ?? 0)
            ], allowed: type.allowed, fixes: fixes)
    }

    /// Whether a parameter that has rules of its own breaks none that it does not break already, once it has a value of the
    /// right type.
    private func isFreeOfErrors(
        with value: JSONValue, at place: Place, slot: Int, _ findings: inout Findings
    ) -> Bool {
        switch Field(rawValue: slot) {
        case .model:
            return tables.models.contains {
                $0.model.name == value.string && ($0 === table || addsNoError(as: $0))
            }
        // "customize" without shots would be the next error.
        case .shotType: return canBecome(storyboard: value.string ?? "")
        case .multiShot: return addsNoError([.replace(place.pointer, value)], &findings) ?? false
        case .multiPrompt, .elementList, .videoList:
            return addsNoError([.replace(place.pointer, value)], &findings, wrapping: place.pointer) ?? false
        default: return true
        }
    }

    /// Null and empty members: dropped, unless a rule of their own says that they are missing.
    func reportIdle(_ idle: FieldSet, _ findings: inout Findings) {
        var rest = idle.subtracting(needed).rawValue
        while rest != 0 {
            let slot = rest.trailingZeroBitCount
            rest &= rest &- 1
            var place = place(slot: slot)
            if place.line == nil { place.line = tables.source(ofSlot: slot) }
            let name = Fact.text(place.tokens.last ?? "")
            findings.report(
                null.contains(slot: slot) ? .parameterNull : .parameterEmpty, at: place, in: self,
                ["name": name],
                // Without it an alias would count.
                fixes: hasAlias(slot: slot)
                    ? [] : [Fix(.remove, ["name": name], patch: [.remove(place.pointer)], preferred: true)])
        }
    }

    /// The same of a member beside another that counts for the parameter.
    func reportIdle(_ key: JSONTree.Index, _ value: JSONTree.Index, _ slot: Int, _ findings: inout Findings) {
        let name = tree.string(key) ?? ""
        let place = Place(tokens: [name], range: tree.range(value), line: tables.source(ofSlot: slot))
        findings.report(
            tree.kind(value) == .null ? .parameterNull : .parameterEmpty, at: place, in: self,
            ["name": .text(name)],
            fixes: [Fix(.remove, ["name": .text(name)], patch: [.remove(place.pointer)], preferred: true)])
    }

    /// Whether a parameter is written under another name as well.
    func hasAlias(_ field: Field) -> Bool { hasAlias(slot: field.rawValue) }

    private func hasAlias(slot: Int) -> Bool {
        guard mentioned.contains(.irregular) else { return false }
        var members = tree.elements(object)
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            guard key != written(slot: slot)?.key,
                let field = Self.field(ofAlias: key, value, in: tree, tables)
            else { continue }
            if field.rawValue == slot { return true }
        }
        return false
    }

    /// The same of the optional members of elements and clips. A clip's `refer_type` has a sentence of its own.
    func reportIdleEntryMembers(_ findings: inout Findings) {
        for (field, names) in [(Field.elementList, EntryView.element), (.videoList, EntryView.video)] {
            guard case .array(.object(let known), _)? = table.parameter(field)?.type else { continue }
            let spoken = known.filter(\.isRequired).map(\.name) + [VideoField.referType.rawValue]
            var entries = list(field)
            var position = 0
            while let node = entries.next(in: tree) {
                defer { position += 1 }
                guard tree.kind(node) == .object else { continue }
                var members = tree.elements(node)
                while let key = members.next(in: tree), let value = members.next(in: tree) {
                    guard isIdle(value), let number = names.number(of: key, in: tree),
                        !spoken.contains(names.names[number])
                    else { continue }
                    let name = Fact.text(names.names[number])
                    let place = place(field).child(position, tree.opening(node))
                        .child(names.names[number], tree.range(value))
                    findings.report(
                        tree.kind(value) == .null ? .parameterNull : .parameterEmpty, at: place, in: self,
                        ["name": name],
                        fixes: [
                            Fix(.remove, ["name": name], patch: [.remove(place.pointer)], preferred: true)
                        ])
                }
            }
        }
    }

    /// A value that is dropped from an entry: null or an empty string.
    func isIdle(_ value: JSONTree.Index) -> Bool {
        tree.kind(value) == .null || tree.kind(value) == .string && tree.contentRange(value).isEmpty
    }

    /// What cannot be left out here: of these, null or empty is an error with a code of its own.
    private var needed: FieldSet {
        var needed = FieldSet(.model)
        if needsPrompt { needed.insert(.prompt) }
        if table.takes.contains(.multiShot), isTrue(.multiShot) {
            needed.insert(.shotType)
            if storyboard != .intelligence { needed.insert(.multiPrompt) }
        }
        return needed
    }

    /// Whether a parameter is written with a value of the wrong JSON type, such as `[]` for text.
    func isOfOtherType(_ field: Field) -> Bool {
        guard let value = written(field)?.value, table.parameter(field) != nil else { return false }
        return tree.kind(value) != .null && !table.checks[field.rawValue].accepts(tree.kind(value))
    }

    /// Whether the model cannot do without a prompt here.
    var needsPrompt: Bool {
        table.takes.contains(.prompt) && storyboard != .customize && !hasStoryboardSlip
    }

    /// Whether shots are written, and only `multi_shot` or `shot_type`, whose slip is an error already, keeps them from being
    /// read: that one stands alone.
    private var hasStoryboardSlip: Bool {
        guard count(.multiPrompt) > 0 else { return false }
        if storyboard == .undecided { return true }
        guard isOfOtherType(.multiShot), let value = value(.multiShot) else { return false }
        return converted(value, to: .boolean) != false
    }
}
