import JSON

/// Members that are no parameters: doubles, unknown words, aliases and single frames.
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
        if findings.skips(.parameterUnknown) { return }
        let name = tree.string(key) ?? ""
        let shown = Fact.text(name.isEmpty ? "\"\"" : name)
        let near = NearestName.find(name, in: candidates, hints: Vocabulary.hints)
        var facts: Facts = ["name": shown, "model": .text(model.name)]
        let child = place.child(name, tree.range(key))
        var fixes: [Fix] = []
        if let near {
            facts = ["name": shown, "model": .text(model.name), "near": .text(near)]
            // Renaming is offered when the word reads the same; otherwise the value may not fit.
            let target = JSONPointer(tokens: place.tokens + [near])
            if !has(near, in: object), fits(key, near, place) {
                fixes.append(
                    Fix(.rename, ["name": .text(near)], patch: [.move(from: child.pointer, to: target)]))
            }
        }
        fixes.append(Fix(.remove, ["name": shown], patch: [.remove(child.pointer)]))
        findings.report(
            near == nil ? .parameterUnknown : .parameterUnknownNear, at: child, in: self, facts,
            allowed: .array(candidates.map { .string($0) }), fixes: fixes)
    }

    /// Whether the value of a member would do for the parameter `name`, so that renaming adds no error.
    private func fits(_ key: JSONTree.Index, _ name: String, _ place: Place) -> Bool {
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
            var fixes = [
                Fix(
                    .keep, ["name": .text(target.tokens[0]), "value": .text(theirs.description)],
                    patch: [.remove(child.pointer)])
            ]
            if fits(key, field.name, container) {
                fixes.append(
                    Fix(
                        .keep, ["name": .text(name), "value": .text(ours.description)],
                        patch: [.replace(target.pointer, ours), .remove(child.pointer)]))
            }
            findings.report(
                .parameterAliasConflict, at: child, in: self, facts, fixes: fixes,
                related: [(target, .otherValue)])
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

    /// All frames into `image_urls` at once, when the order is plain and the addresses are good; nil
    /// otherwise.
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
        // A clip takes no pair of frames (kling-video-o1 page, `video_list`).
        guard urls.count <= (clip == nil ? maximum : 1) else { return nil }
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
