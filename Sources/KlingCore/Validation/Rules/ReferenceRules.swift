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
    /// A prompt that may refer to elements.
    private struct Prompt {
        let node: JSONTree.Index
        let place: Place
        /// It is not read, so it uses no element.
        let isIgnored: Bool
        let references: [(PromptReference, element: Int?)]
    }

    fileprivate func checkNameReferences(_ findings: inout Findings) {
        let elements = has(.elementList) ? namedElements() : []
        let prompts = promptsThatRefer(to: elements)
        var used: Set<String> = []
        var mentioned: Set<String> = []
        for prompt in prompts {
            let names = prompt.references.compactMap { $0.element.map { elements[$0].name } }
            mentioned.formUnion(names)
            if !prompt.isIgnored { used.formUnion(names) }
        }
        for prompt in prompts {
            for case (let reference, nil) in prompt.references {
                report(reference, in: prompt, elements, mentioned, &findings)
            }
        }
        // Of two with one name, both are meant: that is said by `element.duplicateName`.
        for element in elements where !used.contains(element.name) {
            findings.report(.elementUnused, at: place(element), in: self, ["value": .text(element.name)])
        }
    }

    private func promptsThatRefer(to elements: [NamedElement]) -> [Prompt] {
        var prompts: [Prompt] = []
        func add(_ node: JSONTree.Index, at place: @autoclosure () -> Place, isIgnored: Bool = false) {
            let references = tree.references(node)
            guard !references.isEmpty else { return }
            let text = tree.content(node)
            prompts.append(
                Prompt(
                    node: node, place: place(), isIgnored: isIgnored,
                    references: references.map {
                        ($0, $0.kind == .name ? element(at: $0.range, in: text, elements) : nil)
                    }))
        }
        if let prompt = string(.prompt) {
            add(prompt, at: place(.prompt), isIgnored: storyboard == .customize)
        }
        guard storyboard == .customize || storyboard == .undecided else { return prompts }
        var entries = list(.multiPrompt)
        var position = 0
        while let node = entries.next(in: tree), position < 64 {
            defer { position += 1 }
            let shot = EntryView(node, in: tree, names: EntryView.shot)
            guard let prompt = shot[.prompt], tree.kind(prompt) == .string else { continue }
            add(
                prompt,
                at: place(.multiPrompt).child(position, tree.opening(node))
                    .child(ShotField.prompt.rawValue, tree.range(prompt)))
        }
        return prompts
    }

    /// Reports a reference that names no element.
    private func report(
        _ reference: PromptReference, in prompt: Prompt, _ elements: [NamedElement],
        _ mentioned: Set<String>, _ findings: inout Findings
    ) {
        let range = tree.sourceRange(reference.range, inContentOf: prompt.node)
        let name = tree.content(prompt.node, reference.range)
        guard reference.kind == .name else {
            return findings.report(
                prompt.isIgnored ? .referenceSyntaxIgnored : .referenceSyntax, at: prompt.place.at(range),
                in: self, ["value": .text(name), "model": .text(model.name)])
        }
        let near = NearestName.find(name, in: elements.map(\.name).filter(Self.canBeReferredTo))
        let others = elements.map(\.name).filter { $0 != near }
        // Who refers to that element as well may mean another by this.
        let isPlain = near.map {
            NearestName.isSame(name, $0) && !mentioned.contains($0)
                && NearestName.find(name, in: others) == nil
        }
        findings.report(
            prompt.isIgnored
                ? .elementUndefinedIgnored : near == nil ? .elementUndefined : .elementUndefinedNear,
            at: prompt.place.at(tree.sourceRange(reference.withSign, inContentOf: prompt.node)), in: self,
            ["value": .text(name), "near": .text(near ?? "")],
            allowed: elements.isEmpty ? nil : .array(elements.map { .string("@" + $0.name) }),
            fixes: near.map {
                replacement(
                    $0, range, prompt.node, at: prompt.place, title: "@" + $0, preferred: isPlain ?? false)
            } ?? [])
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

    /// Whether `@` and the name are read as a reference: not where it begins with a space, or with another `@`.
    private static func canBeReferredTo(_ name: String) -> Bool {
        Array("@\(name)".utf8).withUnsafeBytes { bytes in
            var scanner = PromptScanner(bytes)
            guard let reference = scanner.next() else { return false }
            return reference.kind == .name && reference.range.lowerBound == 1
        }
    }

    private static func isLatinLetter(_ character: Character) -> Bool {
        character.isLetter && !PromptScanner.isOtherScript(character)
    }
}

// MARK: - <<<image_N>>>

extension RequestView {
    fileprivate func checkTagReferences(_ findings: inout Findings) {
        guard let prompt = string(.prompt) else { return }
        let images = pictures
        let references = tree.references(prompt)
        // Pictures that are referred to, or would be but for a slip that is told already.
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
                    isUsed |= Self.bit(number)
                } else {
                    findings.report(
                        images > 0 ? .referenceRange : .referenceRangeNone, at: place, in: self,
                        ["value": text, "count": .int(images)],
                        allowed: images > 0
                            ? .array((1...min(images, 2)).map { .string("<<<image_\($0)>>>") }) : nil,
                        fixes: images > 0
                            ? replacement(
                                PromptReference.Tag.image.text(min(number, images)), range, prompt, at: place,
                                // The picture may be what is missing.
                                preferred: false)
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
                let (message, facts) = mistypedAdvice(tag, numbers, images)
                if message == .referenceMistyped { for number in numbers { isUsed |= Self.bit(number) } }
                let right = numbers.map { tag.text($0) }.joined(separator: ", ")
                findings.report(
                    message, at: place, in: self, facts.with("value", text),
                    fixes: message == .referenceMistyped ? replacement(right, range, prompt, at: place) : [])
            case .name:
                findings.report(
                    .referenceElement,
                    at: place.at(tree.sourceRange(reference.withSign, inContentOf: prompt)),
                    in: self,
                    ["value": .text("@" + tree.content(prompt, reference.range)), "model": .text(model.name)],
                    fixes: pictureName(reference, prompt, images, at: place))
            }
        }
        guard count(.imageURLs) > 0 else { return }
        if !hasTag {
            let tag = PromptReference.Tag.image.text(1)
            let effective = tag + (tree.string(prompt) ?? "")
            let start = tree.contentRange(prompt).lowerBound
            isUsed |= 1
            if hasPrompt {
                findings.report(
                    .referenceAutomatic, at: place(.prompt), in: self, ["effective": .text(effective)],
                    fixes: tree.contentRange(prompt).count > 8000
                        ? []
                        : [
                            Fix(
                                .addPrefix, patch: [.replace(pointer(.prompt), .string(effective))],
                                edits: [TextEdit(range: start..<start, newText: tag)])
                        ],
                    related: [(place(.imageURLs), .decides)])
            }
        }
        var urls = list(.imageURLs)
        var number = 1
        while let url = urls.next(in: tree), number <= 8 {
            if isUsed & Self.bit(number) == 0 {
                findings.report(
                    .referenceUnusedImage, at: place(.imageURLs).child(number - 1, tree.range(url)), in: self,
                    ["number": .int(number)])
            }
            number += 1
        }
    }

    /// Of the first eight pictures; more are an error by themselves.
    private static func bit(_ number: Int) -> UInt8 {
        (1...8).contains(number) ? 1 << UInt8(truncatingIfNeeded: number - 1) : 0
    }

    /// What to write for a mistyped tag, in view of what there is to refer to.
    private func mistypedAdvice(_ tag: PromptReference.Tag, _ numbers: [Int], _ images: Int) -> (
        Message, Facts
    ) {
        switch tag {
        case .video:
            return (count(.videoList) > 0 ? .referenceMistypedVideo : .referenceMistypedVideoNone, [:])
        case .element: return (.referenceMistypedElement, ["model": .text(model.name)])
        case .image: break
        }
        let most = table.count(.imageURLs)?.upperBound ?? images
        let right = Fact.text(numbers.map { tag.text($0) }.joined(separator: ", "))
        let there = Fact.anyOf((1...max(1, min(images, most))).map { "`\(tag.text($0))`" })
        if numbers.allSatisfy({ (1...max(images, 1)).contains($0) }), images > 0 {
            return (.referenceMistyped, ["near": right])
        }
        let mayBe = numbers.allSatisfy { (1...max(most, 1)).contains($0) }
        guard images > 0 else {
            return (
                .referenceMistypedNone,
                [
                    "near": mayBe ? right : .text(tag.text(1)),
                    "count": .int(mayBe ? numbers.max() ?? 1 : 1)
                ]
            )
        }
        return (
            mayBe ? .referenceMistypedMore : .referenceMistypedRange,
            ["near": right, "count": .int(images), "allowed": there]
        )
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
