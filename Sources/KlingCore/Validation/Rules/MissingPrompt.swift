import JSON

extension RequestView {
    func reportMissingPrompt(_ findings: inout Findings) {
        // Of a wrong type, or no JSON: said elsewhere.
        if let written = written(.prompt), ![.null, .string].contains(tree.kind(written.value)) { return }
        var place = mentioned.contains(.prompt) ? place(.prompt) : container
        place.line = table.parameter(.prompt)?.source
        let (message, facts, fixes) = promptAdvice(&findings)
        findings.report(message, at: place, in: self, facts, fixes: fixes)
    }

    /// What is missing, in view of what there is: shots that are not read, or pictures.
    private func promptAdvice(_ findings: inout Findings) -> (Message, Facts, [Fix]) {
        let hasShots = table.takes.contains(.multiShot) && count(.multiPrompt) > 0
        switch storyboard {
        case .intelligence where hasShots:
            return (.promptMissingIntelligenceShots, [:], usingShots(&findings))
        case .intelligence: return (.promptMissingIntelligence, [:], [])
        case .none where hasShots: return (.promptMissingShots, [:], usingShots(&findings))
        case .none, .customize, .undecided:
            if let name = misnamedShots() { return (.promptMissingShotsName, ["name": .text(name)], []) }
            return (count(.imageURLs) > 0 ? .promptMissingImages : .promptMissing, [:], [])
        }
    }

    /// Makes the shots that are written the ones that count, if they are in order.
    func usingShots(_ findings: inout Findings) -> [Fix] {
        func put(_ field: Field, _ value: JSONValue) -> JSONPatchOperation {
            mentioned.contains(field) ? .replace(pointer(field), value) : .add(pointer(field), value)
        }
        let patch = [put(.multiShot, true), put(.shotType, "customize")]
        return addsNoError(patch, &findings) == true ? [Fix(.useShots, patch: patch)] : []
    }

    /// A list of objects under a name that reads like `multi_prompt`.
    private func misnamedShots() -> String? {
        guard table.takes.contains(.multiPrompt), mentioned.contains(.irregular) else { return nil }
        var members = tree.elements(object)
        var seen = 0
        while let key = members.next(in: tree), let value = members.next(in: tree), seen < 64 {
            guard tree.kind(value) == .array, tables.names.number(of: key, in: tree) == nil else { continue }
            seen += 1
            var entries = tree.elements(value)
            guard let first = entries.next(in: tree), tree.kind(first) == .object, let name = tree.string(key)
            else { continue }
            let near = NearestName.find(
                name, in: table.model.parameters.map(\.name), hints: Vocabulary.hints)
            if near == Field.multiPrompt.name { return name }
        }
        return nil
    }
}
