import JSON
import Testing

/// What must hold for every document, tried on those of a seeded generator.
@Suite struct RandomTests {
    @Test(arguments: 0..<20)
    func `a value printed and read again is the same value`(seed: Int) throws {
        var random = Seeded(seed)
        for _ in 0..<100 {
            let value = random.value()
            #expect(try JSONTree.parsed(value.description) == value)
            let pretty = value.pretty()
            #expect(try JSONTree.parsed(pretty) == value)
            #expect(JSONTree(pretty).formatted() == pretty + "\n")
        }
    }

    @Test(arguments: 0..<20)
    func `formatting changes no value, keeps comments, and is done once`(seed: Int) throws {
        var random = Seeded(seed)
        for _ in 0..<100 {
            let value = random.value()
            let source = random.source(of: value)
            let tree = JSONTree(source, options: .jsonc)
            let formatted = try #require(tree.formatted(), "\(source)")
            let again = JSONTree(formatted, options: .jsonc)
            #expect(again.value(again.root) == value, "\(source)")
            #expect(again.comments.count == tree.comments.count, "\(source)")
            #expect(again.formatted() == formatted, "\(source)")
        }
    }

    @Test(arguments: 0..<20)
    func `edits have the effect of their patch and keep the comments they should`(seed: Int) throws {
        var random = Seeded(seed)
        for _ in 0..<200 {
            let value = random.value()
            let source = random.source(of: value)
            let tree = JSONTree(source, options: .jsonc)
            let patch = (0...random.below(3)).map { _ in random.operation(on: value) }
            let expected = try? value.applying(patch)
            let edits = tree.edits(for: patch)
            #expect((edits == nil) == (expected == nil), "\(source) \(patch)")
            guard let edits, let expected else { continue }
            #expect(
                edits.allSatisfy {
                    tree.source.indices.contains($0.range.lowerBound)
                        || $0.range.upperBound == tree.source.count
                })
            let edited = text(TextEdit.apply(edits, to: tree.source))
            let result = JSONTree(edited, options: .jsonc)
            #expect(result.problems.isEmpty, "\(source) \(patch) \(edited)")
            #expect(result.value(result.root) == expected, "\(source) \(patch) \(edited)")
        }
    }

    @Test(arguments: 0..<40)
    func `no bytes trap, and problems and edits lie within them`(seed: Int) throws {
        var random = Seeded(seed)
        let alphabet =
            Array("{}[]:,\"\"'\\/*-+.019eEtrufalsn u\n\r\t \u{2028}é你😀“”".utf8) + [0xFF, 0xC0, 0xED, 0xA0, 0]
        for _ in 0..<300 {
            let bytes = random.mutated(
                random.chance(2) ? [] : Array(random.source(of: random.value()).utf8), alphabet)
            for options in [
                JSONOptions.json, .jsonc, .lines, JSONOptions(maximumDepth: 3), JSONOptions(recovers: false)
            ] {
                let tree = JSONTree(bytes, options: options)
                examine(tree, &random)
            }
        }
    }

    private func examine(_ tree: JSONTree, _ random: inout Seeded) {
        let all = 0...tree.source.count
        for problem in tree.problems {
            #expect(all.contains(problem.range.lowerBound) && all.contains(problem.range.upperBound))
            for edit in problem.edits {
                #expect(all.contains(edit.range.lowerBound) && all.contains(edit.range.upperBound))
            }
            _ = TextEdit.apply(problem.edits, to: tree.source)
        }
        let value = tree.value(tree.root)
        _ = tree.mended
        let lines = LineIndex(tree.source)
        for _ in 0..<3 {
            let offset = random.below(tree.source.count + 4) - 2
            for encoding in PositionEncoding.allCases {
                let position = lines.position(of: offset, encoding: encoding)
                let back = lines.offset(of: position, encoding: encoding)
                #expect(back <= max(0, offset) && lines.position(of: back, encoding: encoding) == position)
            }
            if let index = tree.index(atOffset: offset) { _ = tree.index(at: tree.pointer(to: index)) }
        }
        if tree.isValid {
            #expect((try? JSONTree.parsed(value.description)) == value)
            _ = tree.formatted()
        }
        let patch = [random.operation(on: value)]
        if let edits = tree.edits(for: patch), let expected = try? value.applying(patch) {
            let edited = TextEdit.apply(edits, to: tree.source)
            #expect(
                edits.allSatisfy { all.contains($0.range.lowerBound) && all.contains($0.range.upperBound) })
            let result = JSONTree(edited, options: .jsonc)
            if !tree.isValid, tree.kind(tree.root) == .object {
                #expect(result.value(result.root) == expected)
            }
        }
    }

    /// One byte too many or too few in a valid document.
    @Test(arguments: 0..<40)
    func `the mend of a problem does not make it worse`(seed: Int) {
        var random = Seeded(seed)
        for _ in 0..<50 {
            var bytes = Array(random.value().pretty().utf8)
            let place = random.below(bytes.count)
            if random.chance(2) {
                bytes.remove(at: place)
            } else {
                bytes.insert(random.pick(Array("{}[],:\"'".utf8)), at: place)
            }
            let tree = JSONTree(bytes)
            for problem in tree.problems where !problem.edits.isEmpty {
                let mended = JSONTree(TextEdit.apply(problem.edits, to: bytes))
                #expect(
                    mended.problems.count <= tree.problems.count, "\(text(bytes)) → \(text(mended.source))")
            }
        }
    }
}

extension Seeded {
    /// The bytes with some of them gone, doubled or others.
    fileprivate mutating func mutated(_ bytes: [UInt8], _ alphabet: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(bytes.isEmpty ? 40 : 6) {
            let place = below(bytes.count + 1)
            switch below(4) {
            case 0 where place < bytes.count: bytes.remove(at: place)
            case 1 where place < bytes.count: bytes[place] = pick(alphabet)
            case 2: bytes.removeLast(chance(8) ? bytes.count - place : 0)
            default: bytes.insert(pick(alphabet), at: place)
            }
        }
        return bytes
    }
}
