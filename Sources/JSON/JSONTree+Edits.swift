extension JSONTree {
    /// The edits of the source that have the effect of `patch` on the value at `base`, where its pointers
    /// begin.
    ///
    /// They change no more than they must: comments, indentation and layout stay. A new name for a member is
    /// an edit of the name only. Of a name that occurs twice, the last member is the one changed, and a
    /// removal removes all. Nil when the patch does not apply (RFC 6902 §5), or, in JSON Lines and in text with
    /// problems, when no edits were found that have this effect and no further problem.
    package func edits(for patch: [JSONPatchOperation], at base: Index) -> [TextEdit]? {
        guard base != root else { return edits(for: patch) }
        guard let (excerpt, start) = excerpt(of: base) else { return nil }
        return excerpt.edits(for: patch)?.map { edit in
            let range = (edit.range.lowerBound + start)..<(edit.range.upperBound + start)
            return TextEdit(range: range, newText: edit.newText)
        }
    }

    /// As above, the pointers beginning at the root.
    package func edits(for patch: [JSONPatchOperation]) -> [TextEdit]? {
        // What is put elsewhere goes without its comments, so that they stay; what is only removed takes its own with it.
        let moves = patch.contains { if case .remove = $0 { false } else { true } }
        var editor = DocumentEditor(self, keepsComments: moves)
        for operation in patch {
            guard editor.perform(operation) else { return nil }
        }
        let edits = editor.edits
        // In JSON Lines a value of several lines would be taken apart.
        return isValid && !isLines || holds(edits, for: patch) ? edits : nil
    }

    /// A value as a document of its own, so that an edit of one request of thousands costs no look at the others: with the
    /// white space its line begins with, and where that stands. Nil for text whose problems reach beyond it.
    private func excerpt(of index: Index) -> (JSONTree, start: Int)? {
        let range = range(index)
        let line = strippingSpaces(range.lowerBound)
        let start = line == 0 || isLineEnd(line - 1) ? line : range.lowerBound
        let bytes = Array(source[start..<range.upperBound])
        var excerpt = JSONTree()
        excerpt.parse(bytes, in: (range.lowerBound - start)..<bytes.count, options: .jsonc)
        guard excerpt.kind(excerpt.root) == kind(index), excerpt.range(excerpt.root).upperBound == bytes.count
        else { return nil }
        return (excerpt, start)
    }

    /// The edits that remove one member, given by its name, or one element: for what a pointer cannot name,
    /// such as the first of two members with the same name. Nil when `index` is neither.
    package func edits(removing index: Index, from container: Index) -> [TextEdit]? {
        // The neighbours are enough: there may be a hundred thousand others, and many to remove.
        var before: Item?
        var found: Item?
        var children = elements(container)
        while let item = nextItem(&children, of: container) {
            if found != nil { return edits(removing: before, found, item, in: container) }
            if (item.key ?? item.value) == index { found = item } else { before = item }
        }
        return edits(removing: before, found, nil, in: container)
    }

    private func edits(
        removing before: Item?, _ item: Item?, _ after: Item?, in container: Index
    ) -> [TextEdit]? {
        guard let item else { return nil }
        let items = [before, item, after].compactMap { $0 }
        return edits(removing: before == nil ? 0 : 1, of: items, in: container)
    }

    /// A trial reads the text twice and holds its values twice: too much for more than this.
    private static let trialBytes = 1 << 18

    /// Proof by trial, for text where the layout may not be what it seems.
    private func holds(_ edits: [TextEdit], for patch: [JSONPatchOperation]) -> Bool {
        guard source.count <= Self.trialBytes else { return false }
        let before = JSONTree(source, options: leniently)
        let after = JSONTree(TextEdit.apply(edits, to: source), options: leniently)
        guard after.problems.count <= before.problems.count, let wanted = try? value(root).applying(patch)
        else { return false }
        return after.value(after.root) == wanted
    }
}

/// Performs the operations of a patch on source text, each on the text that the one before left.
private struct DocumentEditor {
    private var tree: JSONTree
    private var isStale = false
    private let options: JSONOptions
    private var pieces: PieceTable
    private let keepsComments: Bool

    init(_ tree: JSONTree, keepsComments: Bool) {
        self.tree = tree
        self.keepsComments = keepsComments
        options = tree.leniently
        pieces = PieceTable(length: tree.source.count)
    }

    var edits: [TextEdit] { pieces.edits }

    /// False when the operation does not apply, or cannot be done in the text.
    mutating func perform(_ operation: JSONPatchOperation) -> Bool {
        refresh()
        switch operation {
        case .add(let path, let value): return add(.value(value), at: path)
        case .remove(let path): return remove(path)
        case .replace(let path, let value):
            guard let index = index(path) else { return false }
            return replace(index, by: .value(value))
        case .move(let from, let path):
            guard let index = index(from) else { return false }
            guard from != path else { return true }
            guard !from.contains(path) else { return false }
            if from.parent == path.parent, let parent = path.parent.flatMap({ self.index($0) }),
                tree.kind(parent) == .object, self.index(path) == nil
            {
                return rename(from, to: path)
            }
            let content = NewContent.copy(of: index, in: tree)
            guard remove(from) else { return false }
            refresh()
            return add(content, at: path)
        case .copy(let from, let path):
            guard let index = index(from) else { return false }
            return add(.copy(of: index, in: tree), at: path)
        case .test(let path, let value): return index(path).map { tree.value($0) == value } ?? false
        }
    }

    /// Reads the text again when it has changed since.
    private mutating func refresh() {
        guard isStale else { return }
        tree.reparse(options: options)
        isStale = false
    }

    private mutating func commit(_ edits: [TextEdit]) -> Bool {
        guard !edits.isEmpty else { return true }
        pieces.apply(edits)
        tree.source = TextEdit.apply(edits, to: tree.source)
        isStale = true
        return true
    }

    private func index(_ path: JSONPointer) -> JSONTree.Index? {
        var current = tree.root
        for token in path.tokens {
            guard let number = numbers(token, in: current).last else { return nil }
            current = tree.items(of: current)[number].value
        }
        return current
    }

    /// The children that `token` may mean, by number: of an object several when names repeat.
    private func numbers(_ token: String, in container: JSONTree.Index) -> [Int] {
        let items = tree.items(of: container)
        if tree.kind(container) == .object {
            return items.indices.filter { items[$0].key.flatMap(tree.string) == token }
        }
        guard let index = JSONPointer.arrayIndex(token), index < items.count else { return [] }
        return [index]
    }

    /// Each of several members of one name costs a reading of the text; whoever has more mends the doubles first.
    private static let mostOfOneName = 8

    // MARK: Operations

    private mutating func add(_ content: NewContent, at path: JSONPointer) -> Bool {
        guard let parent = path.parent, let token = path.tokens.last else {
            return replace(tree.root, by: content)
        }
        guard let container = index(parent) else { return false }
        let count = tree.items(of: container).count
        switch tree.kind(container) {
        case .object:
            if let index = index(path) { return replace(index, by: content) }
            return tree.edits(inserting: content, name: token, at: count, in: container).map { commit($0) }
                ?? false
        case .array:
            let number = token == "-" ? count : JSONPointer.arrayIndex(token)
            guard let number, number <= count else { return false }
            return tree.edits(inserting: content, name: nil, at: number, in: container).map { commit($0) }
                ?? false
        default: return false
        }
    }

    private mutating func remove(_ path: JSONPointer) -> Bool {
        guard let parent = path.parent, let token = path.tokens.last, let container = index(parent) else {
            return false
        }
        let numbers = numbers(token, in: container)
        guard numbers.count <= Self.mostOfOneName else { return false }
        // From the last, so that the numbers of the others hold.
        for number in numbers.reversed() {
            refresh()
            guard let container = index(parent) else { return false }
            // In broken text the rest may read otherwise once a part is gone.
            let items = tree.items(of: container)
            guard number < items.count else { return false }
            let edits = tree.edits(
                removing: number, of: items, in: container, keepingComments: keepsComments)
            guard commit(edits) else { return false }
        }
        return !numbers.isEmpty
    }

    private mutating func replace(_ index: JSONTree.Index, by content: NewContent) -> Bool {
        commit(tree.edits(replacing: index, by: content))
    }

    private mutating func rename(_ from: JSONPointer, to path: JSONPointer) -> Bool {
        guard let parent = from.parent, let old = from.tokens.last, let name = path.tokens.last,
            let container = index(parent)
        else { return false }
        let numbers = numbers(old, in: container)
        guard let number = numbers.last, let key = tree.items(of: container)[number].key else { return false }
        let edit = TextEdit(range: tree.wholeRange(key), newText: JSONValue.string(name).description)
        guard commit([edit]) else { return false }
        guard numbers.count > 1 else { return true }
        refresh()
        return remove(from)
    }
}
