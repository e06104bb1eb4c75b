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
                let others = elements.map(\.name).filter { $0 != near }
                let isOnly = near != nil && NearestName.find(name, in: others) == nil
                findings.report(
                    isIgnored
                        ? .elementUndefinedIgnored : near == nil ? .elementUndefined : .elementUndefinedNear,
                    at: place().at(tree.sourceRange(reference.withSign, inContentOf: prompt)), in: self,
                    ["value": .text(name), "near": .text(near ?? "")],
                    allowed: elements.isEmpty ? nil : .array(elements.map { .string("@" + $0.name) }),
                    fixes: near.map {
                        replacement($0, range, prompt, at: place(), title: "@" + $0, preferred: isOnly)
                    } ?? [])
            }
        }
    }

    /// The element that a reference names: the whole word, or else the longest name that the text goes on with and that could
    /// end there. Names are compared as their characters, however those are composed.
    private func element(at range: Range<Int>, in text: [UInt8], _ elements: [NamedElement]) -> Int? {
        guard !elements.isEmpty else { return nil }
        let range = range.clamped(to: 0..<text.count)
        let word = String(decoding: text[range], as: UTF8.self)
        if let same = elements.firstIndex(where: { $0.name == word }) { return same }
        // A character may be composed of three times as many bytes.
        let longest = elements.map(\.name.utf8.count).max() ?? 0
        let rest = String(
            decoding: text[range.lowerBound...].prefix(max(range.count, longest * 3) + 64), as: UTF8.self)
        return elements.indices
            .filter { index in
                let name = elements[index].name
                guard rest.hasPrefix(name) else { return false }
                guard name.utf8.allSatisfy(PromptScanner.isWord) else { return true }
                guard let next = rest.dropFirst(name.count).first else { return true }
                return !PromptScanner.isName(next) || !next.isASCII && !Self.isLatinLetter(next)
            }
            .max { elements[$0].name.count < elements[$1].name.count }
    }

    private static func isLatinLetter(_ character: Character) -> Bool {
        character.isLetter && !PromptScanner.isOtherScript(character)
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
                            ? replacement(
                                PromptReference.Tag.image.text(min(number, images)), range, prompt, at: place)
                            : [])
                }
            case .tag(.video, _):
                let hasClip = count(.videoList) > 0
                findings.report(
                    hasClip ? .referenceVideoUnknown : .referenceVideo, at: place, in: self, ["value": text])
            case .tag(.element, _):
                findings.report(
                    .referenceElement, at: place, in: self, ["value": text, "model": .text(model.name)])
            case .mistyped(let tag, let numbers):
                let right = numbers.map { tag.text($0) }.joined(separator: ", ")
                let isPlain = tag == .image && numbers.allSatisfy { (1...max(images, 1)).contains($0) }
                findings.report(
                    .referenceMistyped, at: place, in: self, ["value": text, "near": .text(right)],
                    fixes: isPlain && images > 0 ? replacement(right, range, prompt, at: place) : [])
            case .name:
                findings.report(
                    .referenceElement,
                    at: place.at(tree.sourceRange(reference.withSign, inContentOf: prompt)),
                    in: self,
                    ["value": .text("@" + tree.content(prompt, reference.range)), "model": .text(model.name)],
                    fixes: pictureName(reference, prompt, images, at: place))
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

    /// `@image_1` as the tag that it means.
    private func pictureName(
        _ reference: PromptReference, _ prompt: JSONTree.Index, _ images: Int, at place: Place
    ) -> [Fix] {
        let found = tree.withContent(prompt) { bytes -> (number: Int, end: Int)? in
            let name = UnsafeRawBufferPointer(rebasing: bytes[reference.range])
            guard let (tag, number, end) = PromptScanner(name).bareTag(), tag == .image,
                end == name.count || name[end] >= 0x80
            else { return nil }
            return (number, reference.range.lowerBound + end)
        }
        guard let found, (1...max(images, 1)).contains(found.number), images > 0 else { return [] }
        let range = tree.sourceRange(reference.withSign.lowerBound..<found.end, inContentOf: prompt)
        return replacement(PromptReference.Tag.image.text(found.number), range, prompt, at: place)
    }

    /// Other text in the place of a reference; the patch replaces the whole prompt.
    private func replacement(
        _ text: String, _ range: Range<Int>, _ prompt: JSONTree.Index, at place: Place, title: String? = nil,
        preferred: Bool = true
    ) -> [Fix] {
        let content = tree.contentRange(prompt)
        guard content.count <= 8000, range.lowerBound >= content.lowerBound,
            range.upperBound <= content.upperBound
        else { return [] }
        // Between the quotes, as it is written there.
        let written = String(JSONValue.string(text).description.dropFirst().dropLast())
        let edited =
            Array("\"".utf8) + tree.source[content.lowerBound..<range.lowerBound] + written.utf8
            + tree.source[range.upperBound..<content.upperBound] + Array("\"".utf8)
        let copy = JSONTree(edited)
        guard let whole = copy.string(copy.root) else { return [] }
        return [
            Fix(
                .write, ["value": .text(title ?? text)], patch: [.replace(place.pointer, .string(whole))],
                edits: [TextEdit(range: range, newText: written)], preferred: preferred)
        ]
    }
}
