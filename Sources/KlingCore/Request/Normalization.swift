package import JSON

/// The normalised request: exactly what would be sent. Aliases get their right name, null and empty optionals
/// are dropped, comments and white space are gone, the automatic reference is written out. All else is as
/// given; defaults are not written in.
extension RequestView {
    package var normalized: JSONObject {
        var writer = JSONWriter(capacity: tree.range(object).count + 32)
        writeNormalized(into: &writer)
        let copy = JSONTree(writer.bytes)
        return copy.value(copy.root).object ?? [:]
    }

    package func writeNormalized(into writer: inout JSONWriter) {
        // The clean path: nothing to rename, to drop or to add, and no white space: the source itself.
        if !mentioned.contains(.irregular), null.isEmpty, empty.isEmpty, tree.isCompact(object),
            !needsImageTag
        {
            return writer.source(object, of: tree)
        }
        writer.beginObject()
        var members = tree.elements(object)
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            var slot: Int?
            if tree.kind(value) == .null, isFrame(key) { continue }
            if let number = tables.names.number(of: key, in: tree) {
                slot =
                    number < tables.slotCount
                    ? number : Self.field(ofAlias: key, value, in: tree, tables)?.rawValue
            }
            guard let slot else {
                if tree.isSchemaName(key) { continue }
                writer.name(tree.string(key) ?? "")
                writer.copy(value, of: tree)
                continue
            }
            // A shadowed one, or one that does not count, is dropped.
            guard present.contains(slot: slot), written(slot: slot)?.key == key else { continue }
            if let field = Field(rawValue: slot) {
                writer.name(field.label)
            } else {
                writer.name(tables.name(ofSlot: slot))
            }
            switch Field(rawValue: slot) {
            case .prompt where needsImageTag: writeTaggedPrompt(value, into: &writer)
            case .multiPrompt: writeEntries(value, names: EntryView.shot, into: &writer)
            case .elementList: writeEntries(value, names: EntryView.element, into: &writer)
            case .videoList: writeEntries(value, names: EntryView.video, into: &writer)
            default: writer.copy(value, of: tree)
            }
        }
        writer.endObject()
    }

    /// Whether a member names a single frame: without a value it is nothing to send.
    private func isFrame(_ key: JSONTree.Index) -> Bool {
        guard let number = tables.names.number(of: key, in: tree), case .frame? = tables.word(number) else {
            return false
        }
        return true
    }

    /// Pictures without a reference in the prompt: the gateway puts `<<<image_1>>>` before it, without a
    /// space (kling-video-o1 page, 图片引用语法).
    package var needsImageTag: Bool {
        guard table.references == .imageTags, count(.imageURLs) > 0, let prompt = string(.prompt) else {
            return false
        }
        return !tree.refersToImage(prompt)
    }

    func writeTaggedPrompt(_ value: JSONTree.Index, into writer: inout JSONWriter) {
        guard tree.isSafeToCopy(value) else {
            return writer.string("<<<image_1>>>" + (tree.string(value) ?? ""))
        }
        writer.literal("\"<<<image_1>>>")
        writer.append(tree.contentRange(value), of: tree)
        writer.append("\"")
    }

    /// The entries of a list, without those of their members that do not count.
    private func writeEntries(_ list: JSONTree.Index, names: NameTable, into writer: inout JSONWriter) {
        guard tree.kind(list) == .array else { return writer.copy(list, of: tree) }
        writer.beginArray()
        var entries = tree.elements(list)
        while let entry = entries.next(in: tree) {
            guard tree.kind(entry) == .object else {
                writer.copy(entry, of: tree)
                continue
            }
            writer.beginObject()
            var members = tree.elements(entry)
            while let key = members.next(in: tree), let value = members.next(in: tree) {
                let isEmpty =
                    switch tree.kind(value) {
                    case .null: true
                    case .string: tree.contentRange(value).isEmpty
                    default: false
                    }
                if let number = names.number(of: key, in: tree) {
                    if isEmpty { continue }
                    writer.name(names.names[number])
                } else {
                    writer.name(key, of: tree)
                }
                writer.copy(value, of: tree)
            }
            writer.endObject()
        }
        writer.endArray()
    }
}

extension JSONTree {
    /// Whether a member says to an editor which schema the document has: it is for the editor alone.
    func isSchemaName(_ key: Index) -> Bool { string(key, equals: "$schema") }

    /// Whether the source of a container goes out as it is: no white space or comments between its parts, and
    /// nothing inside that would be dropped or that some reader breaks at. Says no to what is deeper than any
    /// request.
    func isCompact(_ index: Index, depth: Int = 0) -> Bool {
        let range = range(index)
        let isObject = kind(index) == .object
        var children = elements(index)
        var end = range.lowerBound
        while let child = children.next(in: self) {
            var value = child
            var start = end + 1
            if isObject {
                let key = self.range(child)
                guard key.lowerBound == start, isASCII(child), let next = children.next(in: self) else {
                    return false
                }
                value = next
                start = key.upperBound + 1
            }
            let place = self.range(value)
            guard place.lowerBound == start else { return false }
            switch kind(value) {
            case .false, .true, .number: break
            case .string: guard place.count > 2, isSafeToCopy(value) else { return false }
            case .array, .object: guard depth < 4, isCompact(value, depth: depth + 1) else { return false }
            case .null, .missing, .invalid: return false
            }
            end = place.upperBound
        }
        return end > range.lowerBound ? end + 1 == range.upperBound : range.count == 2
    }

    /// Whether the source of a value can go out as it is: U+2028 and U+2029 break lines for some readers.
    func isSafeToCopy(_ index: Index) -> Bool {
        guard !isASCII(index) else { return true }
        return source.withUnsafeBytes { bytes in
            let text = UnsafeRawBufferPointer(rebasing: bytes[contentRange(index)])
            var position = 0
            while position + 2 < text.count {
                if text[position] == 0xE2, text[position + 1] == 0x80, text[position + 2] | 1 == 0xA9 {
                    return false
                }
                position += 1
            }
            return true
        }
    }
}

extension JSONWriter {
    /// A value of a tree without the white space and comments inside it.
    mutating func copy(_ index: JSONTree.Index, of tree: JSONTree, depth: Int = 0) {
        switch tree.kind(index) {
        case .missing, .invalid: null()
        case .null, .false, .true, .number: source(index, of: tree)
        case .string:
            if tree.isSafeToCopy(index) { source(index, of: tree) } else { string(tree.string(index)) }
        // Deeper than any request: by way of a value, which needs no recursion.
        case .array where depth > 8, .object where depth > 8: value(tree.value(index))
        case .array:
            beginArray()
            var elements = tree.elements(index)
            while let element = elements.next(in: tree) { copy(element, of: tree, depth: depth + 1) }
            endArray()
        case .object:
            beginObject()
            var members = tree.elements(index)
            while let key = members.next(in: tree), let value = members.next(in: tree) {
                name(key, of: tree)
                copy(value, of: tree, depth: depth + 1)
            }
            endObject()
        }
    }

    /// The name of a member as in the tree.
    mutating func name(_ key: JSONTree.Index, of tree: JSONTree) { name(tree.string(key) ?? "") }
}
