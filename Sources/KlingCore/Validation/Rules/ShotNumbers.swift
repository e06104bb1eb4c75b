import JSON

/// The numbers of shots: 1, 2, 3 … in the order of the list.
extension RequestView {
    /// The number is not that of the place: out of order only, or wrong.
    func checkIndex(_ shot: EntryView, _ position: Int, count: Int, _ findings: inout Findings) {
        let place = place(shot, position, .index)
        guard let value = shot[.index] else {
            findings.report(
                .shotsIndexMissing, at: place, in: self, ["expected": .int(position + 1)],
                fixes: renumbering(count, preferred: isInOrder))
            return
        }
        guard tree.kind(value).type != nil else { return }
        if let number = tree.int(value), isPermutation(count) {
            // Said once, at the first that is out of its place.
            guard position == firstOutOfOrder else { return }
            findings.report(
                .shotsIndexOrder, at: place, in: self,
                ["expected": .int(position + 1), "value": .int(number)],
                // Either of the two orders may be the one that was meant.
                fixes: sorting() + renumbering(count, preferred: false))
            return
        }
        findings.report(
            .shotsIndex, at: place, in: self,
            ["expected": .int(position + 1), "value": .text(tree.literal(value))],
            allowed: [JSONValue(position + 1)],
            fixes: renumbering(count, preferred: isInOrder))
    }

    private func indices() -> [Int?] {
        var found: [Int?] = []
        var entries = list(.multiPrompt)
        while let node = entries.next(in: tree), found.count <= 64 {
            found.append(EntryView(node, in: tree, names: EntryView.shot)[.index].flatMap { tree.int($0) })
        }
        return found
    }

    /// Whether the numbers that are written go up, so that no other order than that of the list can be meant.
    private var isInOrder: Bool {
        var last = Int.min
        var entries = list(.multiPrompt)
        while let node = entries.next(in: tree) {
            guard let value = EntryView(node, in: tree, names: EntryView.shot)[.index] else { continue }
            guard let number = tree.kind(value) == .string ? tree.quotedNumber(value) : tree.int(value),
                number >= last
            else { return false }
            last = number
        }
        return true
    }

    private func isPermutation(_ count: Int) -> Bool {
        count <= 64 && indices().compactMap { $0 }.sorted() == Array(1...max(1, count))
    }

    private var firstOutOfOrder: Int? {
        indices().enumerated().first { $0.element != $0.offset + 1 }?.offset
    }

    /// The list in the order of the numbers, shot by shot, each as it is written.
    private func sorting() -> [Fix] {
        var numbers = indices().compactMap { $0 }
        var patch: [JSONPatchOperation] = []
        for place in numbers.indices {
            guard let from = numbers[place...].firstIndex(of: place + 1), from != place else { continue }
            numbers.insert(numbers.remove(at: from), at: place)
            patch.append(.move(from: shotPointer(from), to: shotPointer(place)))
        }
        return [Fix(.sortShots, patch: patch)]
    }

    /// 1, 2, 3 … in the order of the list.
    private func renumbering(_ count: Int, preferred: Bool) -> [Fix] {
        guard count <= 64 else { return [] }
        var patch: [JSONPatchOperation] = []
        var entries = list(.multiPrompt)
        var position = 0
        while let node = entries.next(in: tree) {
            guard tree.kind(node) == .object else { return [] }
            let value = EntryView(node, in: tree, names: EntryView.shot)[.index]
            if value.flatMap({ tree.int($0) }) != position + 1 {
                let hasMember = tree.member("index", of: node) != nil
                let target = pointer(position, .index)
                patch.append(
                    hasMember
                        ? .replace(target, JSONValue(position + 1)) : .add(target, JSONValue(position + 1)))
            }
            position += 1
        }
        return [Fix(.renumber, patch: patch, preferred: preferred)]
    }
}
