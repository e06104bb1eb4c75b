import JSON

/// Elements and the prompts' references to them.
extension Rule {
    private static func takesElements(_ model: Model) -> Bool { model.takes(.elementList) }

    static let elementRules: [Rule] = [
        Rule("element.count", when: .elementList, for: takesElements) { view, findings in
            let count = view.count(.elementList)
            guard let allowed = view.table.count(.elementList), count > allowed.upperBound else { return }
            let place = view.place(.elementList)
            findings.report(
                .elementCount, at: place, in: view,
                ["maximum": .int(allowed.upperBound), "count": .int(count)],
                allowed: ["maxItems": JSONValue(allowed.upperBound)],
                fixes: view.keepFirst(allowed.upperBound, of: count, at: place))
        },
        Rule(
            "element.field", "element.images", "image.url", "image.private", "image.format",
            when: .elementList, for: takesElements
        ) {
            view, findings in
            var entries = view.list(.elementList)
            var position = 0
            while let node = entries.next(in: view.tree) {
                view.checkElement(node, position, &findings)
                position += 1
            }
        },
        Rule(
            "element.duplicateName", "element.name", "element.overlap", "element.sameImages",
            when: .elementList, for: takesElements
        ) {
            view, findings in view.checkElementNames(&findings)
        },
        Rule("element.withoutImages", when: .elementList, for: takesElements) { view, findings in
            guard view.count(.elementList) > 0, view.pictures == 0 else { return }
            findings.report(.elementWithoutImages, at: view.name(.elementList), in: view)
        }
    ]
}

extension RequestView {
    private func elementPlace(_ position: Int, _ range: Range<Int>) -> Place {
        place(.elementList).child(position, range)
    }

    fileprivate func checkElement(_ node: JSONTree.Index, _ position: Int, _ findings: inout Findings) {
        guard tree.kind(node) == .object else {
            if let type = tree.kind(node).type {
                findings.report(
                    .elementEntry, at: elementPlace(position, tree.range(node)), in: self,
                    ["actual": .type(type)])
            }
            return
        }
        let element = EntryView(node, in: tree, names: EntryView.element)
        let hasID = element[.id].map { !isIdle($0) } ?? false
        let opening = elementPlace(position, tree.opening(node))
        var missing: [String] = []
        for field in [ElementField.name, .description] {
            let value = element[field]
            if let value, tree.kind(value) == .string, !tree.isBlank(value) { continue }
            guard let type = value.map({ tree.kind($0).type }) ?? .null else { continue }
            let place =
                value.map { opening.child(field.rawValue, tree.range($0)) }
                ?? place(ofMember: field.rawValue, in: node, at: opening)
            let name = Fact.text(field.rawValue)
            if type == .string || type == .null {
                missing.append(field.rawValue)
                if !hasID { findings.report(.elementField, at: place, in: self, ["name": name]) }
            } else {
                findings.report(
                    .elementFieldType, at: place, in: self,
                    ["name": name, "expected": .type(.string), "actual": .type(type)])
            }
        }
        if let images = element[.imageURLs],
            tree.kind(images) != .string || !tree.contentRange(images).isEmpty
        {
            checkElementImages(images, opening: opening, &findings)
        } else {
            missing.append(ElementField.imageURLs.rawValue)
            if !hasID {
                let name = ElementField.imageURLs.rawValue
                findings.report(
                    .elementField, at: place(ofMember: name, in: node, at: opening), in: self,
                    ["name": .text(name)])
            }
        }
        if hasID, !missing.isEmpty {
            // The second way needs none of them: one sentence for all.
            findings.report(
                .elementFieldID, at: opening, in: self, ["names": .all(missing.map { "`\($0)`" })])
        }
    }

    private func checkElementImages(_ value: JSONTree.Index, opening: Place, _ findings: inout Findings) {
        let name = ElementField.imageURLs.rawValue
        guard let type = tree.kind(value).type else { return }
        let place = opening.child(name, tree.range(value), line: elementImages?.source)
        guard type == .array else {
            findings.report(
                .elementFieldType, at: place, in: self,
                [
                    "name": .text(name), "expected": elementImages?.type.expectation() ?? .type(.array),
                    "actual": .type(type)
                ])
            return
        }
        let allowed = elementImageCount
        let count = tree.count(value)
        if !allowed.contains(count) {
            findings.report(
                .elementImages, at: place, in: self,
                [
                    "minimum": .int(allowed.lowerBound), "maximum": .int(allowed.upperBound),
                    "count": .int(count)
                ],
                allowed: [
                    "minItems": JSONValue(allowed.lowerBound), "maxItems": JSONValue(allowed.upperBound)
                ],
                fixes: count > allowed.upperBound ? keepFirst(allowed.upperBound, of: count, at: place) : [])
        }
        var urls = tree.elements(value)
        var position = 0
        while let url = urls.next(in: tree) {
            if !isPlainImage(url) { checkImage(url, at: place.child(position, tree.range(url)), &findings) }
            position += 1
        }
    }

    private var elementImages: Parameter? {
        guard case .array(.object(let members), _)? = table.parameter(.elementList)?.type else { return nil }
        return members.first { $0.name == ElementField.imageURLs.rawValue }
    }

    private var elementImageCount: ClosedRange<Int> {
        guard case .array(_, let count)? = elementImages?.type else { return 0...Int.max }
        return count
    }

    /// An element that has a name.
    struct NamedElement {
        /// As prompts say it behind the `@`, which some write into the name as well.
        let name: String
        let hasSign: Bool
        let node: JSONTree.Index
        let value: JSONTree.Index
        let images: JSONTree.Index?
        let position: Int
    }

    /// The elements that can be referred to, at most so many as anyone would write.
    func namedElements() -> [NamedElement] {
        var found: [NamedElement] = []
        var entries = list(.elementList)
        var position = 0
        while let node = entries.next(in: tree), position < 64 {
            defer { position += 1 }
            let element = EntryView(node, in: tree, names: EntryView.element)
            guard let value = element[.name], tree.kind(value) == .string, !tree.isBlank(value),
                let written = tree.string(value)
            else { continue }
            let bare = written.drop { $0 == "@" || $0 == "＠" }
            found.append(
                NamedElement(
                    name: bare.isEmpty ? written : String(bare),
                    hasSign: !bare.isEmpty && bare.startIndex > written.startIndex, node: node, value: value,
                    images: element[.imageURLs], position: position))
        }
        return found
    }

    /// The name without the spaces around it: with one in front, no reference can name the element.
    private func trimming(_ element: NamedElement, _ findings: inout Findings) -> [Fix] {
        let scalars = element.name.unicodeScalars
        guard findings.worksOutFixes, let first = scalars.firstIndex(where: \.isVisible),
            let last = scalars.lastIndex(where: \.isVisible)
        else { return [] }
        let trimmed = String(scalars[first...last])
        let patch: [JSONPatchOperation] = [.replace(place(element).pointer, .string(trimmed))]
        guard trimmed != element.name, trimmed.utf8.allSatisfy(PromptScanner.isWord),
            addsNoError(patch, &findings) == true
        else { return [] }
        return [Fix(.write, ["value": .text("\"\(trimmed)\"")], patch: patch, preferred: true)]
    }

    func place(_ element: NamedElement) -> Place {
        elementPlace(element.position, tree.opening(element.node))
            .child(ElementField.name.rawValue, tree.range(element.value))
    }

    fileprivate func checkElementNames(_ findings: inout Findings) {
        let elements = namedElements()
        for (number, element) in elements.enumerated() {
            let name = Fact.text(element.name)
            if element.hasSign {
                findings.report(
                    .elementNameSign, at: place(element), in: self, ["value": name],
                    fixes: [
                        Fix(
                            .write, ["value": .text("\"\(element.name)\"")],
                            patch: [.replace(place(element).pointer, .string(element.name))], preferred: false
                        )
                    ])
            } else if !element.name.utf8.allSatisfy(PromptScanner.isWord) {
                let fixes = trimming(element, &findings)
                findings.report(
                    .elementName, at: place(element), in: self, ["value": name], fixes: fixes)
            }
            for (otherNumber, other) in elements.enumerated() where otherNumber != number {
                if other.name == element.name {
                    guard otherNumber < number else { continue }
                    findings.report(
                        .elementDuplicateName, at: place(element), in: self, ["value": name],
                        related: [(place(other), .firstNamed)])
                    break
                }
                if element.name.hasPrefix(other.name) {
                    findings.report(
                        .elementOverlap, at: place(element), in: self,
                        ["value": name, "other": .text(other.name)],
                        related: [(place(other), .otherValue)])
                }
            }
            for other in elements[..<number] {
                guard let mine = element.images, let theirs = other.images, tree.kind(mine) == .array,
                    tree.count(mine) > 0, tree.count(mine) < 100, tree.value(mine) == tree.value(theirs)
                else { continue }
                findings.report(
                    .elementSameImages,
                    at: elementPlace(element.position, tree.opening(element.node))
                        .child(ElementField.imageURLs.rawValue, tree.range(mine)), in: self,
                    ["value": name, "other": .text(other.name)], related: [(place(other), .otherValue)])
                break
            }
        }
    }
}
