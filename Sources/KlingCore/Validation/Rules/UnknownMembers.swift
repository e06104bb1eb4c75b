import JSON

/// Members with a name that nothing is known by.
extension RequestView {
    func reportUnknown(
        _ key: JSONTree.Index, candidates: [String], in object: JSONTree.Index, at place: Place,
        _ findings: inout Findings
    ) {
        if findings.isTrial || findings.skips(.parameterUnknown) { return }
        let name = tree.string(key) ?? ""
        let child = place.child(name, tree.range(key))
        let remove = Fix(
            .remove, ["name": .text(name.isEmpty ? "\"\"" : name)], patch: [.remove(child.pointer)])
        let near = NearestName.find(name, in: candidates, hints: Vocabulary.hints)
        let advice =
            near.map { self.advice(of: key, $0, child, in: object, at: place, remove, &findings) }
            ?? Advice(.parameterUnknown, fixes: [remove])
        var facts = advice.facts
        facts["name"] = .text(name.isEmpty ? "\"\"" : name)
        facts["model"] =
            place.tokens.first.map { list in
                .words(LocalizedText(en: "an entry of `\(list)`", zh: "`\(list)` 条目"))
            } ?? .text(model.name)
        if let near { facts["near"] = .text(near) }
        findings.report(
            advice.message, at: child, in: self, facts, allowed: .array(candidates.map { .string($0) }),
            fixes: advice.fixes)
    }

    /// What is said of a member of which the right name can be guessed.
    private struct Advice {
        let message: Message
        let facts: Facts
        let fixes: [Fix]

        init(_ message: Message, _ facts: Facts = [:], fixes: [Fix]) {
            self.message = message
            self.facts = facts
            self.fixes = fixes
        }
    }

    /// The sentence and its fixes agree: "did you mean" goes with a new name, and where the value cannot go
    /// there, the sentence says so.
    private func advice(
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
        guard let slot, tree.range(value).count <= 4000, let parameter = table.parameters[slot] else {
            return Advice(.parameterUnknownAnew, fixes: [remove])
        }
        if let other = converted(value, slot), other != tree.value(value) {
            let patch = rename + [.replace(target, other)]
            let shown = Fact.text(other.description)
            if addsNoError(patch, &findings) == true {
                return Advice(
                    .parameterUnknownOtherwise, ["value": shown],
                    fixes: [Fix(.writeInstead, ["name": .text(near), "value": shown], patch: patch), remove])
            }
        }
        guard let allowed = Self.allowed(parameter.type), tree.kind(value).isScalar else {
            return Advice(.parameterUnknownAnew, fixes: [remove])
        }
        return Advice(
            .parameterUnknownUnfit, ["value": .text(tree.value(value).description), "allowed": allowed],
            fixes: [remove])
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
    private func converted(_ value: JSONTree.Index, _ slot: Int) -> JSONValue? {
        guard let type = table.parameters[slot]?.type else { return nil }
        if case .choice(let choices) = type, let text = tree.string(value) {
            return Self.nearestChoice(text, slot, choices.map(\.value)).map { .string($0) }
        }
        if slot == Field.duration.rawValue, let seconds = tree.quotedNumber(value), type.allows(seconds) {
            return JSONValue(seconds)
        }
        return Conversion.convert(tree.value(value), to: type)
    }

    private static func allowed(_ type: ParameterType) -> Fact? {
        switch type {
        case .choice(let choices): .anyOf(choices.map { "\"\($0.value)\"" })
        case .integer, .integers: words(type)
        case .boolean: .type(.boolean)
        default: nil
        }
    }

    /// Whether the value of a member would do for the parameter `name`, so that renaming adds no error.
    func fits(_ key: JSONTree.Index, _ name: String, _ place: Place) -> Bool {
        guard place.tokens.isEmpty, let slot = tables.names.number(of: name), slot < tables.slotCount else {
            return false
        }
        // What has rules of its own beyond type and range is not judged here.
        let simple: [Field] = [.prompt, .negativePrompt, .mode, .duration, .aspectRatio, .watermark, .audio]
        guard let field = Field(rawValue: slot), simple.contains(field) else { return false }
        let value = tree.value(ofName: key)
        // Of a storyboard the seconds must still add up.
        if field == .duration, let sum = shotSum, tree.int(value) != sum { return false }
        return table.checks[slot].accepts(tree.kind(value)) && table.allows(value, slot: slot, in: tree)
    }

    func has(_ name: String, in object: JSONTree.Index) -> Bool {
        var members = tree.elements(object)
        while let key = members.next(in: tree), members.next(in: tree) != nil {
            if tree.string(key) == name { return true }
        }
        return false
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
