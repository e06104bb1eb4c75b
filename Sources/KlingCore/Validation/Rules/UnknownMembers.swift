import JSON

/// Members with a name that nothing is known by.
extension RequestView {
    func reportUnknown(
        _ key: JSONTree.Index, candidates: [String], in object: JSONTree.Index, at place: Place,
        _ findings: inout Findings
    ) {
        // Without a value it is broken text, which is said already.
        if tree.kind(tree.value(ofName: key)) == .missing { return }
        if findings.isTrial || findings.skips(.parameterUnknown) { return }
        let name = tree.string(key) ?? ""
        let child = place.child(name, tree.range(key))
        let remove = Fix(
            .remove, ["name": .text(name.isEmpty ? "\"\"" : name)], patch: [.remove(child.pointer)])
        let misplaced = place.tokens.isEmpty ? misplacedAdvice(key, child, remove, &findings) : nil
        let near = misplaced == nil ? NearestName.find(name, in: candidates, hints: Vocabulary.hints) : nil
        let advice =
            misplaced
            ?? near.map { self.advice(of: key, $0, child, in: object, at: place, remove, &findings) }
            ?? (place.tokens.isEmpty ? elsewhereAdvice(key, child, remove, &findings) : nil)
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
