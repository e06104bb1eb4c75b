import JSON

/// Lists that only the catalogue knows: those of ``Field`` have rules of their own.
extension RequestView {
    func checkList(_ slot: Int, _ value: JSONTree.Index, _ findings: inout Findings) {
        guard let parameter = table.parameters[slot], case .array(let element, let allowed) = parameter.type
        else { return }
        let count = tree.count(value)
        if !allowed.contains(count) {
            findings.report(
                .parameterCount, at: place(slot: slot), in: self,
                [
                    "name": .text(parameter.name), "minimum": .int(allowed.lowerBound),
                    "maximum": .int(allowed.upperBound), "count": .int(count)
                ], allowed: parameter.type.allowed)
        }
        var entries = tree.elements(value)
        var position = 0
        while let entry = entries.next(in: tree) {
            defer { position += 1 }
            guard !allows(entry, element), let actual = tree.kind(entry).type else { continue }
            let place = place(slot: slot).child(position, tree.range(entry))
            let name = Fact.text("\(parameter.name)[\(position)]")
            if element.jsonType != actual {
                findings.report(
                    .parameterType, at: place, in: self,
                    ["name": name, "expected": element.expectation(), "actual": .type(actual)],
                    allowed: element.allowed)
            } else {
                findings.report(
                    .parameterValue, at: place, in: self,
                    [
                        "name": name, "allowed": Self.description(of: element),
                        "value": .text(tree.literal(entry))
                    ],
                    allowed: element.allowed)
            }
        }
    }

    /// Whether an entry has the type and one of the values of the list.
    private func allows(_ entry: JSONTree.Index, _ element: ParameterType) -> Bool {
        guard ValueCheck(element).accepts(tree.kind(entry)) else { return false }
        return switch element {
        case .integer, .integers: tree.int(entry).map(element.allows) ?? false
        case .choice(let choices): choices.contains { $0.value == tree.string(entry) }
        case .url: tree.withContent(entry) { URLExamination($0).fault == nil }
        case .string, .boolean, .array, .object: true
        }
    }

    private static func description(of element: ParameterType) -> Fact {
        switch element {
        case .choice(let choices): .anyOf(choices.map { "\"\($0.value)\"" })
        case .url: .words(LocalizedText(en: "a public address (https://…)", zh: "公开可访问的地址（https://…）"))
        default: words(element)
        }
    }
}
