import JSON

/// Pictures (both models).
extension Rule {
    static let imageRules: [Rule] = [
        Rule("image.count", when: .imageURLs, for: { $0.takes(.imageURLs) }) { view, findings in
            let count = view.count(.imageURLs)
            guard let allowed = view.table.count(.imageURLs), count > allowed.upperBound else { return }
            let place = view.place(.imageURLs)
            findings.report(
                .imageCount, at: place, in: view,
                ["name": .text("image_urls"), "maximum": .int(allowed.upperBound), "count": .int(count)],
                allowed: ["minItems": 1, "maxItems": JSONValue(allowed.upperBound)],
                fixes: view.refersToImages(beyond: allowed.upperBound)
                    ? [] : view.keepFirst(allowed.upperBound, of: count, at: place))
        },
        Rule("image.url", "image.private", "image.format", when: .imageURLs, for: { $0.takes(.imageURLs) }) {
            view, findings in
            var urls = view.list(.imageURLs)
            var position = 0
            while let url = urls.next(in: view.tree) {
                if !view.isPlainImage(url) {
                    view.checkImage(
                        url, at: view.place(.imageURLs).child(position, view.tree.range(url)), &findings)
                }
                position += 1
            }
        },
        Rule(
            "image.sameFrames", "image.roles", "image.multiShotLastFrame", when: .imageURLs,
            for: { $0.takes(.imageURLs) }
        ) {
            view, findings in
            guard view.count(.imageURLs) == 2 else { return }
            view.reportPair(&findings)
        }
    ]
}

extension RequestView {
    /// Cuts a list down, from its end.
    func keepFirst(_ maximum: Int, of count: Int, at place: Place) -> [Fix] {
        // A patch of thousands of steps is no help.
        guard count - maximum <= 32 else { return [] }
        let patch = (maximum..<count).reversed().map {
            JSONPatchOperation.remove(place.pointer.appending($0))
        }
        return [Fix(maximum == 1 ? .keepFirstOne : .keepFirst, ["count": .int(maximum)], patch: patch)]
    }

    /// Whether the prompt names a picture with a greater number.
    func refersToImages(beyond number: Int) -> Bool {
        guard table.references == .imageTags, let prompt = string(.prompt) else { return false }
        return tree.references(prompt).contains { reference in
            if case .tag(.image, let found) = reference.kind { found > number } else { false }
        }
    }

    /// The clean path: nothing to say about this picture.
    func isPlainImage(_ url: JSONTree.Index) -> Bool {
        guard tree.kind(url) == .string, !tree.isEscaped(url) else { return false }
        return tree.withContent(url) { bytes in
            let seen = URLExamination(bytes)
            return seen.fault == nil && !seen.isPrivate
                && (seen.fileExtension.isEmpty || Self.isImageFormat(bytes, seen.fileExtension))
        }
    }

    func checkImage(_ url: JSONTree.Index, at place: Place, _ findings: inout Findings) {
        checkAddress(
            url, at: place, fault: .imageURL, isPrivate: .imagePrivate, format: .imageFormat,
            Self.isImageFormat,
            &findings)
    }

    /// What is wrong with the address of a picture or clip.
    /// - Returns: whether it is an address at all.
    @discardableResult
    func checkAddress(
        _ url: JSONTree.Index, at place: Place, fault: Message, isPrivate: Message, format: Message,
        _ isKnownFormat: (UnsafeRawBufferPointer, Range<Int>) -> Bool, _ findings: inout Findings
    ) -> Bool {
        guard let type = tree.kind(url).type else { return false }
        guard type == .string else {
            findings.report(fault, at: place, in: self, ["fault": .words(URLFault.notString.words)])
            return false
        }
        let (seen, host, suffix, isKnown) = tree.withContent(url) { bytes in
            let seen = URLExamination(bytes)
            return (
                seen, String(decoding: bytes[seen.host], as: UTF8.self),
                String(decoding: bytes[seen.fileExtension], as: UTF8.self),
                seen.fileExtension.isEmpty || isKnownFormat(bytes, seen.fileExtension)
            )
        }
        if let found = seen.fault {
            findings.report(
                fault, at: place, in: self, ["fault": .words(found.words)], fixes: trimFix(url, found, place))
            return false
        }
        if seen.isPrivate { findings.report(isPrivate, at: place, in: self, ["host": .text(host)]) }
        if !isKnown { findings.report(format, at: place, in: self, ["extension": .text(suffix)]) }
        return true
    }

    /// White space around an otherwise good address can go.
    private func trimFix(_ url: JSONTree.Index, _ fault: URLFault, _ place: Place) -> [Fix] {
        guard fault == .whiteSpace, tree.contentRange(url).count < 4000, var text = tree.string(url)?[...]
        else { return [] }
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        var trimmed = String(text)
        guard trimmed.withUTF8({ URLExamination(UnsafeRawBufferPointer($0)).fault }) == nil else { return [] }
        return [Fix(.trim, patch: [.replace(place.pointer, .string(trimmed))], preferred: true)]
    }

    static func isImageFormat(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        isOne(of: ["jpg", "jpeg", "png"], bytes, range)
    }

    static func isOne(of words: [StaticString], _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool
    {
        words.contains { word in
            word.withUTF8Buffer { wanted in
                wanted.count == range.count && zip(range, wanted).allSatisfy { bytes[$0] | 0x20 == $1 }
            }
        }
    }

    fileprivate func reportPair(_ findings: inout Findings) {
        var urls = list(.imageURLs)
        guard let first = urls.next(in: tree), let second = urls.next(in: tree) else { return }
        let place = place(.imageURLs).child(1, tree.range(second))
        if tree.kind(first) == .string, tree.kind(second) == .string,
            tree.string(first) == tree.string(second)
        {
            findings.report(
                .imageSameFrames, at: place, in: self,
                fixes: refersToImages(beyond: 1)
                    ? [] : [Fix(.remove, ["name": .text("image_urls/1")], patch: [.remove(place.pointer)])],
                related: [(self.place(.imageURLs).child(0, tree.range(first)), .otherValue)])
        }
        if table.references == .imageTags, clip == nil {
            findings.report(.imageRoles, at: self.place(.imageURLs), in: self)
        }
        if storyboard != .none { findings.report(.imageMultiShotLastFrame, at: place, in: self) }
    }
}
