import JSON

extension Properties {
    /// Edits of the text have the effect of a patch on the value, for patches of chance.
    mutating func patches(_ tree: JSONTree) {
        let value = tree.value(tree.root)
        for _ in 0..<3 {
            let patch = (0...chance.below(3)).map { _ in operation(on: value) }
            let expected = try? value.applying(patch)
            let edits = tree.edits(for: patch)
            if tree.isValid, input.language != .jsonl {
                expect(
                    (edits == nil) == (expected == nil), "edits are found when a patch applies", "\(patch)")
            }
            guard let edits else { continue }
            var end = 0
            for edit in edits {
                expect(
                    isInside(edit.range) && edit.range.lowerBound >= end, "edits of a patch are in order",
                    "\(patch)")
                end = edit.range.upperBound
            }
            let edited = TextEdit.apply(edits, to: tree.source)
            let result = JSONTree(edited, options: input.options)
            guard tree.isValid, let expected else { continue }
            let text = "\(patch) → \(String(decoding: edited, as: UTF8.self))"
            expect(result.isValid, "a patched document is JSON", text)
            expect(result.value(result.root) == expected, "edits have the effect of their patch", text)
        }
    }

    private mutating func operation(on value: JSONValue) -> JSONPatchOperation {
        let place = pointer(in: value, isTarget: false)
        switch chance.below(8) {
        case 0, 1: return .add(pointer(in: value, isTarget: true), small())
        case 2, 3: return .remove(place)
        case 4: return .replace(place, small())
        case 5: return .copy(from: place, to: pointer(in: value, isTarget: true))
        case 6: return .test(place, value.value(at: place) ?? nil)
        default:
            guard let parent = place.parent, chance.one(in: 2) else {
                return .move(from: place, to: pointer(in: value, isTarget: true))
            }
            return .move(from: place, to: parent.appending(chance.pick(Generator.names)))
        }
    }

    private mutating func small() -> JSONValue {
        chance.pick([nil, true, 5, "x\n\"", [], [:], [1, [2]], ["a": 1, "b": ["c": []]], JSONValue(0.25)])
    }

    /// A place in the value; of a target, what may be next to it as well.
    private mutating func pointer(in value: JSONValue, isTarget: Bool) -> JSONPointer {
        var pointer = JSONPointer.root
        var current = value
        while !chance.one(in: 4) {
            switch current {
            case .array(let elements):
                if isTarget, chance.one(in: 4) {
                    return pointer.appending(chance.pick(["-", String(elements.count), "01"]))
                }
                guard !elements.isEmpty else { return isTarget ? pointer.appending("-") : pointer }
                let index = chance.below(elements.count)
                pointer = pointer.appending(index)
                current = elements[index]
            case .object(let members):
                guard !members.isEmpty, !isTarget || !chance.one(in: 4) else {
                    return isTarget ? pointer.appending(chance.pick(Generator.names)) : pointer
                }
                let member = members[chance.below(members.count)]
                pointer = pointer.appending(member.name)
                current = member.value
            default: return pointer
            }
        }
        return pointer
    }
}
