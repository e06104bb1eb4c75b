import JSON
import KlingCore

/// What must hold for every input. A trap ends the process; all else is collected.
struct Properties {
    struct Failure {
        /// The property, as a sentence; failures with the same one are taken for the same bug.
        let property: String
        let detail: String
    }

    let input: Input
    var chance: Chance
    private(set) var failures: [Failure] = []

    init(_ input: Input) {
        self.input = input
        chance = Chance(input.seed)
    }

    static func examine(_ input: Input) -> [Failure] {
        var properties = Properties(input)
        if input.isAllowed { properties.allowed() } else { properties.examine() }
        return properties.failures
    }

    mutating func expect(_ holds: Bool, _ property: String, _ detail: @autoclosure () -> String = "") {
        guard !holds, !failures.contains(where: { $0.property == property }) else { return }
        failures.append(Failure(property: property, detail: detail()))
    }

    private mutating func examine() {
        let tree = JSONTree(input.bytes, options: input.options)
        problems(tree)
        let shape = structure(tree)
        readAgain(tree)
        lines(tree)
        if tree.isValid { printing(tree) }
        let validation = diagnostics(tree)
        wire(tree, validation)
        fixes(tree, validation)
        convergence(validation)
        if shape.depth < 64, shape.count < 2000 { patches(tree) }
    }

    func isInside(_ range: Range<Int>) -> Bool {
        range.lowerBound >= 0 && range.upperBound <= input.bytes.count
    }
}

// MARK: - Parser

extension Properties {
    private mutating func problems(_ tree: JSONTree) {
        expect(tree.source == input.bytes, "the tree keeps the text")
        var last = 0
        for problem in tree.problems {
            expect(isInside(problem.range), "a syntax problem lies in the text", "\(problem)")
            expect(problem.range.lowerBound >= last, "syntax problems come by position", "\(problem)")
            last = problem.range.lowerBound
            for edit in problem.edits {
                expect(isInside(edit.range), "a mend lies in the text", "\(problem)")
            }
        }
        last = 0
        for comment in tree.comments {
            expect(isInside(comment) && comment.lowerBound >= last, "comments come by position", "\(comment)")
            last = comment.upperBound
        }
    }

    /// Values lie in their containers, one behind the other; pointers lead back to where they came from.
    private mutating func structure(_ tree: JSONTree) -> (count: Int, depth: Int) {
        var count = 0
        var depth = 0
        var rest = [(tree.root, 0)]
        while let (index, level) = rest.popLast() {
            count += 1
            depth = max(depth, level)
            let range = tree.range(index)
            expect(isInside(range), "a value lies in the text", "\(range)")
            let content = tree.contentRange(index)
            expect(
                range.lowerBound <= content.lowerBound && content.upperBound <= range.upperBound,
                "a content lies in its value", "\(content) of \(range)")
            _ = tree.string(index)
            _ = tree.int(index)
            if count < 400, chance.one(in: 8) { pointer(tree, index) }
            var end = range.lowerBound
            var children = tree.elements(index)
            while let child = children.next(in: tree) {
                let inner = tree.range(child)
                expect(
                    end <= inner.lowerBound && inner.upperBound <= range.upperBound,
                    "the parts of a container come one behind the other inside it", "\(inner) in \(range)")
                end = inner.upperBound
                rest.append((child, level + 1))
            }
        }
        return (count, depth)
    }

    private mutating func pointer(_ tree: JSONTree, _ index: JSONTree.Index) {
        let pointer = tree.pointer(to: index)
        expect(
            JSONPointer(pointer.description) == pointer, "a pointer is read as it is written", "\(pointer)")
        // None where a member of the same name behind hides this one.
        if let found = tree.index(at: pointer) {
            expect(tree.pointer(to: found) == pointer, "a pointer leads to its value", "\(pointer)")
        }
        if let found = tree.index(atOffset: tree.range(index).lowerBound) {
            expect(tree.range(found).count <= input.bytes.count, "a value is found by its place")
        }
    }

    private mutating func readAgain(_ tree: JSONTree) {
        var other = JSONTree("[1,{\"a\":[\"x\"]}", options: .jsonc)
        input.bytes.withUnsafeBytes { other.parse($0, options: input.options) }
        expect(other.problems == tree.problems, "used storage changes no problem")
        let value = tree.value(tree.root)
        expect(other.value(other.root) == value, "used storage changes no value")
        let first = JSONTree(
            input.bytes,
            options: JSONOptions(comments: input.language == .jsonc, maximumDepth: 512, recovers: false))
        if input.language != .jsonl {
            expect(first.isValid == tree.isValid, "the short way finds out as well whether it is JSON")
            if tree.isValid { expect(first.value(first.root) == value, "the short way reads the same") }
        }
        for limit in [0, 3] {
            var options = input.options
            options.maximumDepth = limit + 1
            options.maximumCount = limit
            _ = JSONTree(input.bytes, options: options).problems
        }
    }
}

// MARK: - Positions

extension Properties {
    private mutating func lines(_ tree: JSONTree) {
        let lines = LineIndex(input.bytes)
        var end = 0
        for line in 0..<min(lines.lineCount, 500) {
            let content = lines.content(ofLine: line)
            expect(
                isInside(content) && content.lowerBound >= end, "lines come one behind the other", "\(line)")
            end = content.upperBound
        }
        for _ in 0..<8 {
            let offset = chance.below(input.bytes.count + 4) - 2
            for encoding in PositionEncoding.allCases {
                let position = lines.position(of: offset, encoding: encoding)
                let back = lines.offset(of: position, encoding: encoding)
                expect(
                    back <= max(0, offset) && lines.position(of: back, encoding: encoding) == position,
                    "a position leads back to its character", "\(offset) → \(position) → \(back), \(encoding)"
                )
                let wild = TextPosition(line: chance.below(8) - 2, character: chance.below(100) - 2)
                let place = lines.offset(of: wild, encoding: encoding)
                expect(isInside(place..<place), "every position is somewhere in the text", "\(wild)")
            }
        }
    }
}

// MARK: - Printing

extension Properties {
    private mutating func printing(_ tree: JSONTree) {
        let value = tree.value(tree.root)
        for text in [value.description, value.pretty(), value.pretty(indent: "\t")] {
            let again = JSONTree(text, options: JSONOptions(maximumDepth: 1024))
            expect(again.isValid, "a printed value is JSON", text)
            expect(
                again.value(again.root).description == value.description, "a printed value is read the same",
                text)
        }
        guard let formatted = tree.formatted() else {
            expect(input.language == .jsonl, "a valid document is formatted")
            return
        }
        let again = JSONTree(formatted, options: input.options)
        expect(again.isValid, "a formatted document is valid", formatted)
        expect(
            again.value(again.root).description == value.description, "formatting changes no value", formatted
        )
        expect(again.comments.count == tree.comments.count, "formatting keeps comments", formatted)
        expect(again.formatted() == formatted, "formatting is done once", formatted)
    }
}
