import JSON

/// What is said of a member with an unknown name, and what may be done about it.
struct UnknownMemberAdvice {
    let message: Message
    let facts: Facts
    let fixes: [Fix]

    init(_ message: Message, _ facts: Facts = [:], fixes: [Fix]) {
        self.message = message
        self.facts = facts
        self.fixes = fixes
    }
}

// MARK: - A name that is near

extension RequestView {
    typealias Advice = UnknownMemberAdvice

    /// The sentence and its fixes agree: "did you mean" goes with a new name, and where the value cannot go
    /// there, the sentence says so.
    func advice(
        of key: JSONTree.Index, _ near: String, _ child: Place, in object: JSONTree.Index, at place: Place,
        _ remove: Fix, _ findings: inout Findings
    ) -> Advice {
        guard findings.worksOutFixes else { return Advice(.parameterUnknownNear, fixes: []) }
        let slot = place.tokens.isEmpty ? tables.names.number(of: near).flatMap(slot) : nil
        if slot == Field.imageURLs.rawValue, let advice = pictureAdvice(key, child, &findings) {
            return advice
        }
        if slot.map({ mentioned.contains(slot: $0) }) ?? has(near, in: object) {
            return Advice(.parameterUnknownGiven, fixes: [remove])
        }
        let target = JSONPointer(tokens: place.tokens + [near])
        let rename = [JSONPatchOperation.move(from: child.pointer, to: target)]
        let isRenamed = fits(key, near, place) ? true : addsNoError(rename, &findings)
        // Not known: then nothing is offered and nothing said of the value.
        guard let isRenamed else { return Advice(.parameterUnknownNear, fixes: []) }
        if isRenamed {
            return Advice(
                .parameterUnknownNear, fixes: [Fix(.rename, ["name": .text(near)], patch: rename), remove])
        }
        let value = tree.value(ofName: key)
        var patch = rename
        guard let slot, tree.range(value).count <= 4000, let parameter = table.parameters[slot] else {
            return entryAdvice(value, near, rename, target, remove, &findings)
        }
        var written = tree.value(value)
        if let other = converted(value, slot, table), other != written {
            patch += [.replace(target, other)]
            written = other
            let shown = Fact.text(other.description)
            if addsNoError(patch, &findings) == true {
                return Advice(
                    .parameterUnknownOtherwise, ["value": shown],
                    fixes: [Fix(.writeInstead, ["name": .text(near), "value": shown], patch: patch), remove])
            }
        } else if let allowed = Self.allowed(parameter.type), tree.kind(value).isScalar, !accepts(value, slot)
        {
            return Advice(
                .parameterUnknownUnfit, ["value": .text(written.description), "allowed": allowed],
                fixes: [remove])
        }
        guard let problem = firstError(after: patch, &findings) else {
            return Advice(.parameterUnknownAnew, fixes: [remove])
        }
        return Advice(
            .parameterUnknownMore, ["problem": problem],
            fixes: storyboardFixes(patch, slot, written, &findings) + [remove])
    }

    /// Of a member of an entry, whose value cannot go under the near name as it is.
    private func entryAdvice(
        _ value: JSONTree.Index, _ near: String, _ rename: [JSONPatchOperation], _ target: JSONPointer,
        _ remove: Fix, _ findings: inout Findings
    ) -> Advice {
        if near == VideoField.keepSound.rawValue, let isKept = tree.bool(value) {
            let word = isKept ? "yes" : "no"
            let patch = rename + [.replace(target, .string(word))]
            if addsNoError(patch, &findings) == true {
                let shown = Fact.text("\"\(word)\"")
                return Advice(
                    .parameterUnknownOtherwise, ["value": shown],
                    fixes: [Fix(.writeInstead, ["name": .text(near), "value": shown], patch: patch), remove])
            }
        }
        guard tree.range(value).count <= 4000, let problem = firstError(after: rename, &findings) else {
            return Advice(.parameterUnknownAnew, fixes: [remove])
        }
        return Advice(.parameterUnknownMore, ["problem": problem], fixes: [remove])
    }

    private func accepts(_ value: JSONTree.Index, _ slot: Int) -> Bool {
        table.checks[slot].accepts(tree.kind(value)) && table.allows(value, slot: slot, in: tree)
    }

    /// A `multi_shot` needs a `shot_type` beside it: both at once, where nothing else is missing.
    private func storyboardFixes(
        _ patch: [JSONPatchOperation], _ slot: Int, _ value: JSONValue, _ findings: inout Findings
    ) -> [Fix] {
        guard slot == Field.multiShot.rawValue, !mentioned.contains(.shotType),
            case .choice(let choices)? = table.parameter(.shotType)?.type
        else { return [] }
        var fixes: [Fix] = []
        for choice in choices where canBecome(storyboard: choice.value) {
            let whole = patch + [.add(pointer(.shotType), .string(choice.value))]
            guard addsNoError(whole, &findings) == true else { continue }
            fixes.append(
                Fix(
                    .writeBoth,
                    [
                        "name": .text(Field.multiShot.name), "value": .text(value.description),
                        "other": .text(Field.shotType.name), "otherValue": .text("\"\(choice.value)\"")
                    ], patch: whole))
        }
        return fixes
    }

    private func slot(_ number: Int) -> Int? { number < tables.slotCount ? number : nil }

    /// A picture goes into `image_urls`, to the place that its name says; nil where a new name for it, or another
    /// form of it, is all that it needs.
    private func pictureAdvice(_ key: JSONTree.Index, _ child: Place, _ findings: inout Findings) -> Advice? {
        let name = tree.string(key) ?? ""
        let isLast = ["end", "last", "tail"].contains { name.lowercased().contains($0) }
        let isGiven = mentioned.contains(.imageURLs)
        guard isGiven || isLast else { return nil }
        var fixes = [Fix(.removePicture, ["name": .text(name)], patch: [.remove(child.pointer)])]
        if isLast, count(.imageURLs) == 1, let url = pictureAddress(tree.value(ofName: key)) {
            let patch: [JSONPatchOperation] = [
                .add(JSONPointer(tokens: [spelling(.imageURLs), "-"]), url), .remove(child.pointer)
            ]
            if addsNoError(patch, &findings) == true { fixes.insert(Fix(.moveAsLast, patch: patch), at: 0) }
        }
        return Advice(.parameterUnknownPicture, fixes: fixes)
    }

    /// The same in a form that the parameter takes: `"1280x720"` as `"16:9"`, `"5"` as 5, a lone address as a
    /// list.
    func converted(_ value: JSONTree.Index, _ slot: Int, _ table: ModelTable) -> JSONValue? {
        guard let type = table.parameters[slot]?.type else { return nil }
        if case .choice(let choices) = type, let text = tree.string(value) {
            return Self.nearestChoice(text, slot, choices.map(\.value)).map { .string($0) }
        }
        if slot == Field.duration.rawValue, let seconds = tree.quotedNumber(value), type.allows(seconds) {
            return JSONValue(seconds)
        }
        if slot == Field.videoList.rawValue, let address = pictureAddress(value) {
            return [[VideoField.url.rawValue: address]]
        }
        // Not good, but then the sentence says what is wrong with the address, not with the brackets.
        if slot == Field.videoList.rawValue, tree.kind(value) == .string {
            return [[VideoField.url.rawValue: tree.value(value)]]
        }
        return converted(value, to: type)
    }

    private static func allowed(_ type: ParameterType) -> Fact? {
        switch type {
        case .choice(let choices): .anyOf(choices.map { "\"\($0.value)\"" })
        case .integer, .integers: words(type)
        case .boolean: .type(.boolean)
        default: nil
        }
    }
}

// MARK: - A name that belongs elsewhere

extension RequestView {
    /// A member of a list's entries that stands beside the list.
    func misplacedAdvice(
        _ key: JSONTree.Index, _ child: Place, _ remove: Fix, _ findings: inout Findings
    ) -> Advice? {
        let plain = NearestName.reduced(child.tokens.last ?? "")
        for other in [table] + tables.models where modelIsKnown || other === table {
            for (slot, parameter) in other.parameters.enumerated() {
                guard case .array(.object(let members), _)? = parameter?.type, let list = parameter?.name,
                    // `name` and `index` mean anything; `refer_type` only this.
                    let member = members.first(where: {
                        $0.name.contains("_") && NearestName.reduced($0.name) == plain
                    })
                else { continue }
                // A lone address can become the list: said by the near name.
                if member.name == VideoField.url.rawValue { return nil }
                var facts: Facts = ["near": .text(member.name), "list": .text(list)]
                guard other !== table else {
                    return Advice(
                        .parameterUnknownEntry, facts,
                        fixes: entryFixes(child, slot, member.name, &findings) + [remove])
                }
                if table.takes.contains(slot: slot) { continue }
                facts["other"] = .text(other.model.name)
                return Advice(.parameterUnknownEntryElsewhere, facts, fixes: [remove])
            }
        }
        return nil
    }

    /// Moves a member into the only entry of a list.
    private func entryFixes(_ child: Place, _ slot: Int, _ name: String, _ findings: inout Findings) -> [Fix]
    {
        guard let list = written(slot: slot), tree.kind(list.value) == .array, tree.count(list.value) == 1
        else { return [] }
        var entries = tree.elements(list.value)
        guard let entry = entries.next(in: tree), tree.kind(entry) == .object, !has(name, in: entry) else {
            return []
        }
        let target = JSONPointer(tokens: [tree.string(list.key) ?? "", "0", name])
        let patch = [JSONPatchOperation.move(from: child.pointer, to: target)]
        guard addsNoError(patch, &findings) == true else { return [] }
        return [Fix(.moveInto, ["name": .text(target.tokens[0])], patch: patch)]
    }

    /// A word for a parameter that only another model has.
    func elsewhereAdvice(
        _ key: JSONTree.Index, _ child: Place, _ remove: Fix, _ findings: inout Findings
    ) -> Advice? {
        guard modelIsKnown, let name = child.tokens.last else { return nil }
        for other in tables.models where other !== table {
            let names = other.model.parameters.map(\.name).filter { table.model.parameter($0) == nil }
            guard let near = NearestName.find(name, in: names, hints: Vocabulary.hints) else { continue }
            let facts: Facts = ["near": .text(near), "other": .text(other.model.name)]
            return Advice(
                .parameterUnknownElsewhere, facts,
                fixes: [remove] + modelFix(key, near, child, other, &findings))
        }
        return nil
    }

    /// The other model, with the member in its form, where that is a request without an error.
    private func modelFix(
        _ key: JSONTree.Index, _ near: String, _ child: Place, _ other: ModelTable, _ findings: inout Findings
    ) -> [Fix] {
        let value = tree.value(ofName: key)
        guard let slot = tables.names.number(of: near).flatMap(slot), !mentioned.contains(slot: slot),
            !isIdle(value), tree.count(value) > 0 || tree.kind(value) != .array,
            tree.range(value).count <= 4000, findings.mayTry(tree.range(object).count)
        else { return [] }
        let target = JSONPointer(tokens: [near])
        var patch: [JSONPatchOperation] = [
            .replace(pointer(.model), .string(other.model.name)), .move(from: child.pointer, to: target)
        ]
        if let converted = converted(value, slot, other), converted != tree.value(value) {
            patch.append(.replace(target, converted))
        }
        if slot == Field.multiPrompt.rawValue {
            // Without these two they have no effect there either.
            guard !mentioned.contains(.multiShot), !mentioned.contains(.shotType) else { return [] }
            patch += [.add(pointer(.multiShot), true), .add(pointer(.shotType), "customize")]
        }
        guard let patched = patched(patch, as: other),
            !patched.trial().contains(where: { $0.severity == .error })
        else { return [] }
        return [
            Fix(.changeModelAndName, ["value": .text(other.model.name), "name": .text(near)], patch: patch)
        ]
    }
}

extension JSONTree.Kind {
    /// Whether a value of this kind is short enough, as a rule, to be shown.
    fileprivate var isScalar: Bool {
        switch self {
        case .null, .true, .false, .number, .string: true
        case .missing, .invalid, .array, .object: false
        }
    }
}
