import JSON

/// References inside prompts: `@name` for models with elements, `<<<image_N>>>` for models with image tags.
extension Rule {
    static let referenceRules: [Rule] = [
        Rule(
            "reference.syntax", "element.undefined", "element.unused",
            when: [.prompt, .multiPrompt, .elementList],
            for: { $0.references == .elementNames }
        ) {
            view, findings in view.checkNameReferences(&findings)
        },
        Rule(
            "reference.range", "reference.mistyped", "reference.video", "reference.element",
            "reference.automatic",
            "reference.unusedImage", when: .prompt, for: { $0.references == .imageTags }
        ) { view, findings in view.checkTagReferences(&findings) }
    ]
}

// MARK: - @name

extension RequestView {
    fileprivate func checkNameReferences(_ findings: inout Findings) {
        let elements = has(.elementList) ? namedElements() : []
        var used: [Bool] = Array(repeating: false, count: elements.count)
        if let prompt = string(.prompt) {
            if storyboard == .customize {
                // It is not read, so it uses no element.
                var none = used
                checkNameReferences(prompt, at: place(.prompt), elements, &none, isIgnored: true, &findings)
            } else {
                checkNameReferences(prompt, at: place(.prompt), elements, &used, &findings)
            }
        }
        if storyboard == .customize || storyboard == .undecided {
            var entries = list(.multiPrompt)
            var position = 0
            while let node = entries.next(in: tree), position < 64 {
                defer { position += 1 }
                let shot = EntryView(node, in: tree, names: EntryView.shot)
                guard let prompt = shot[.prompt], tree.kind(prompt) == .string else { continue }
                checkNameReferences(
                    prompt,
                    at: place(.multiPrompt).child(position, tree.opening(node))
                        .child(ShotField.prompt.rawValue, tree.range(prompt)), elements, &used, &findings)
            }
        }
        for (number, element) in elements.enumerated() where !used[number] {
            findings.report(.elementUnused, at: place(element), in: self, ["value": .text(element.name)])
        }
    }

    private func checkNameReferences(
        _ prompt: JSONTree.Index, at place: @autoclosure () -> Place, _ elements: [NamedElement],
        _ used: inout [Bool], isIgnored: Bool = false, _ findings: inout Findings
    ) {
        let references = tree.references(prompt)
        guard !references.isEmpty else { return }
        // The bytes that the ranges count: decoding would put three for one that is no UTF-8.
        let text =
            tree.isEscaped(prompt)
            ? tree.string(prompt).map { Array($0.utf8) } ?? [] : Array(tree.source[tree.contentRange(prompt)])
        for reference in references {
            let range = tree.sourceRange(reference.range, inContentOf: prompt)
            switch reference.kind {
            case .tag, .mistyped:
                let value = Fact.text(tree.content(prompt, reference.range))
                findings.report(
                    isIgnored ? .referenceSyntaxIgnored : .referenceSyntax, at: place().at(range), in: self,
                    ["value": value, "model": .text(model.name)])
            case .name:
                if let number = element(at: reference.range, in: text, elements) {
                    // Of two with one name, both are meant: that is said by `element.duplicateName`.
                    for other in elements.indices where elements[other].name == elements[number].name {
                        used[other] = true
                    }
                    continue
                }
                let name = tree.content(prompt, reference.range)
                let near = NearestName.find(name, in: elements.map(\.name))
                var fixes: [Fix] = []
                if let near, findings.options.edits, !tree.isEscaped(prompt),
                    near.utf8.allSatisfy(PromptScanner.isWord)
                {
                    fixes = [
                        Fix(
                            .write, ["value": .text("@" + near)], patch: nil,
                            edits: [TextEdit(range: range, newText: near)])
                    ]
                }
                findings.report(
                    isIgnored
                        ? .elementUndefinedIgnored : near == nil ? .elementUndefined : .elementUndefinedNear,
                    at: place().at(tree.sourceRange(reference.withSign, inContentOf: prompt)), in: self,
                    ["value": .text(name), "near": .text(near ?? "")],
                    allowed: elements.isEmpty ? nil : .array(elements.map { .string("@" + $0.name) }),
                    fixes: fixes)
            }
        }
    }

    /// The element that a reference names: the whole word, or, for names that a word cannot hold, the longest
    /// name that the text goes on with.
    private func element(at range: Range<Int>, in text: [UInt8], _ elements: [NamedElement]) -> Int? {
        let rest = text[range.clamped(to: 0..<text.count).lowerBound...]
        let word = text[range.clamped(to: 0..<text.count)]
        if let same = elements.firstIndex(where: { word.elementsEqual($0.name.utf8) }) { return same }
        return elements.indices
            .filter { index in
                let name = elements[index].name
                return rest.starts(with: name.utf8) && !name.utf8.allSatisfy(PromptScanner.isWord)
            }
            .max { elements[$0].name.utf8.count < elements[$1].name.utf8.count }
    }
}

// MARK: - <<<image_N>>>

extension RequestView {
    fileprivate func checkTagReferences(_ findings: inout Findings) {
        guard let prompt = string(.prompt) else { return }
        let images = count(.imageURLs)
        let references = tree.references(prompt)
        var isUsed: UInt8 = 0
        var hasTag = false
        for reference in references {
            let range = tree.sourceRange(reference.range, inContentOf: prompt)
            let place = place(.prompt).at(range)
            let text = Fact.text(tree.content(prompt, reference.range))
            switch reference.kind {
            case .tag(.image, let number):
                hasTag = true
                if number >= 1, number <= images {
                    if number <= 8 { isUsed |= 1 << UInt8(truncatingIfNeeded: number - 1) }
                } else {
                    findings.report(
                        images > 0 ? .referenceRange : .referenceRangeNone, at: place, in: self,
                        ["value": text, "count": .int(images)],
                        allowed: images > 0
                            ? .array((1...min(images, 2)).map { .string("<<<image_\($0)>>>") }) : nil,
                        fixes: images > 0
                            ? replacement("<<<image_\(min(max(number, 1), images))>>>", range, prompt) : [])
                }
            case .tag(.video, _):
                let hasClip = count(.videoList) > 0
                findings.report(
                    hasClip ? .referenceVideoUnknown : .referenceVideo, at: place, in: self, ["value": text])
            case .tag(.element, _):
                findings.report(
                    .referenceElement, at: place, in: self, ["value": text, "model": .text(model.name)])
            case .mistyped(let tag, let right):
                findings.report(
                    .referenceMistyped, at: place, in: self, ["value": text, "near": .text(right)],
                    fixes: tag == .image && isInRange(right, images) ? replacement(right, range, prompt) : [])
            case .name:
                findings.report(
                    .referenceElement,
                    at: place.at(tree.sourceRange(reference.withSign, inContentOf: prompt)),
                    in: self,
                    ["value": .text("@" + tree.content(prompt, reference.range)), "model": .text(model.name)])
            }
        }
        guard images > 0 else { return }
        if !hasTag {
            let effective = "<<<image_1>>>" + (tree.string(prompt) ?? "")
            isUsed |= 1
            if hasPrompt {
                findings.report(
                    .referenceAutomatic, at: place(.prompt), in: self, ["effective": .text(effective)],
                    fixes: tree.contentRange(prompt).count > 8000
                        ? [] : [Fix(.addPrefix, patch: [.replace(pointer(.prompt), .string(effective))])],
                    related: [(place(.imageURLs), .decides)])
            }
        }
        var urls = list(.imageURLs)
        var number = 1
        while let url = urls.next(in: tree), number <= 8 {
            if isUsed & (1 << UInt8(truncatingIfNeeded: number - 1)) == 0 {
                findings.report(
                    .referenceUnusedImage, at: place(.imageURLs).child(number - 1, tree.range(url)), in: self,
                    ["number": .int(number)])
            }
            number += 1
        }
    }

    private func isInRange(_ tag: String, _ images: Int) -> Bool {
        guard let number = Int(tag.dropFirst("<<<image_".count).dropLast(3)) else { return false }
        return number >= 1 && number <= images
    }

    /// Other text in the place of a reference; the patch replaces the whole prompt.
    private func replacement(_ text: String, _ range: Range<Int>, _ prompt: JSONTree.Index) -> [Fix] {
        let content = tree.contentRange(prompt)
        guard content.count <= 8000, range.lowerBound >= content.lowerBound,
            range.upperBound <= content.upperBound
        else {
            return []
        }
        let edited =
            Array("\"".utf8) + tree.source[content.lowerBound..<range.lowerBound] + text.utf8
            + tree.source[range.upperBound..<content.upperBound] + Array("\"".utf8)
        let copy = JSONTree(edited)
        guard let prompt = copy.string(copy.root) else { return [] }
        return [
            Fix(
                .write, ["value": .text(text)], patch: [.replace(pointer(.prompt), .string(prompt))],
                edits: [TextEdit(range: range, newText: text)], preferred: true)
        ]
    }
}
