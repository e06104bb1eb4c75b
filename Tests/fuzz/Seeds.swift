import JSON

/// What inputs grow from: the requests of the labelled set, and the words in them.
struct Seeds {
    private(set) var inputs: [Input] = []
    /// Names and values as source text, quotes and all.
    private(set) var words: [[UInt8]] = []

    static let topics = [
        "document", "scalars", "images", "shots", "elements", "references", "video", "syntax",
        "normalisation", "examples"
    ]

    init(folder: String) {
        var seen: Set<[UInt8]> = []
        for topic in Self.topics {
            guard let bytes = Machine.read("\(folder)/\(topic).jsonl") else {
                Machine.fail("\(folder)/\(topic).jsonl cannot be read")
            }
            for line in bytes.split(separator: 0x0A) { add(JSONTree(Array(line)), &seen) }
        }
    }

    private mutating func add(_ label: JSONTree, _ seen: inout Set<[UInt8]>) {
        var bytes: [UInt8]
        if let text = label.member("text", of: label.root).flatMap({ label.string($0) }) {
            bytes = Array(text.utf8)
        } else if let request = label.member("request", of: label.root) {
            bytes = Array(label.source[label.range(request)])
        } else {
            return
        }
        let name = label.member("language", of: label.root).flatMap { label.string($0) }
        inputs.append(Input(bytes: bytes, language: name.flatMap { Input.Language(rawValue: $0) } ?? .json))
        // One level inside containers is enough: an element of them is a word as well.
        let tree = JSONTree(bytes, options: .jsonc)
        var rest = [tree.root]
        while let index = rest.popLast() {
            let word = Array(tree.source[tree.range(index)])
            if word.count <= 400, !word.isEmpty, seen.insert(word).inserted { words.append(word) }
            var children = tree.elements(index)
            while let child = children.next(in: tree) { rest.append(child) }
        }
    }
}
