extension JSONValue {
    /// The value after all operations in turn, or the first error; nothing is changed by half (RFC 6902 §5).
    ///
    /// A patch may come from outside: its result is held to 1,024 containers inside each other, and copies
    /// and moves to one million values together, since each copy may double the document.
    package func applying(_ patch: [JSONPatchOperation]) throws(JSONPatchError) -> JSONValue {
        var editor = PatchEditor(document: self)
        for (number, operation) in patch.enumerated() {
            do {
                try editor.perform(operation)
            } catch {
                throw JSONPatchError(operation: number, reason: error)
            }
        }
        return editor.document
    }
}

private struct PatchEditor {
    typealias Reason = JSONPatchError.Reason

    static let maximumDepth = 1024
    var document: JSONValue
    /// Values that copies and moves may still carry.
    var budget = 1_000_000

    mutating func perform(_ operation: JSONPatchOperation) throws(Reason) {
        switch operation {
        case .add(let path, let value): try add(value, at: path)
        case .remove(let path): try remove(path)
        case .replace(let path, let value):
            guard !path.tokens.isEmpty else {
                document = value
                return
            }
            guard document.value(at: path) != nil else { throw missing(path) }
            try change(path) { (container, token) throws(Reason) in
                switch container {
                case .object(var members):
                    container = .null
                    members[token] = value
                    container = .object(members)
                case .array(var elements):
                    container = .null
                    if let index = JSONPointer.arrayIndex(token), index < elements.count {
                        elements[index] = value
                    }
                    container = .array(elements)
                default: throw .noContainer(path)
                }
            }
        case .move(let from, let path):
            guard let value = document.value(at: from) else { throw missing(from) }
            guard from != path else { return }
            guard !from.contains(path) else { throw .intoItself(from: from, to: path) }
            try spend(on: value, under: path)
            try remove(from)
            try add(value, at: path)
        case .copy(let from, let path):
            guard let value = document.value(at: from) else { throw missing(from) }
            try spend(on: value, under: path)
            try add(value, at: path)
        case .test(let path, let expected):
            guard let value = document.value(at: path) else { throw missing(path) }
            guard value == expected else { throw .testFailed(path) }
        }
    }

    private mutating func add(_ value: JSONValue, at path: JSONPointer) throws(Reason) {
        guard path.tokens.count < Self.maximumDepth else { throw .tooLarge }
        guard !path.tokens.isEmpty else {
            document = value
            return
        }
        try change(path) { (container, token) throws(Reason) in
            switch container {
            case .object(var members):
                container = .null
                members[token] = value
                container = .object(members)
            case .array(var elements):
                let index = token == "-" ? elements.count : JSONPointer.arrayIndex(token)
                guard let index, index <= elements.count else { throw .badIndex(path) }
                container = .null
                elements.insert(value, at: index)
                container = .array(elements)
            default: throw .noContainer(path)
            }
        }
    }

    private mutating func remove(_ path: JSONPointer) throws(Reason) {
        guard !path.tokens.isEmpty else { throw .removesDocument }
        guard document.value(at: path) != nil else { throw missing(path) }
        try change(path) { (container, token) throws(Reason) in
            switch container {
            case .object(var members):
                container = .null
                members[token] = nil
                container = .object(members)
            case .array(var elements):
                container = .null
                if let index = JSONPointer.arrayIndex(token), index < elements.count {
                    elements.remove(at: index)
                }
                container = .array(elements)
            default: throw .noContainer(path)
            }
        }
    }

    /// Changes the container of `path`: takes the values on the way out of their containers, so that each is
    /// held once and none is copied, and puts them back in turn. A loop, for a pointer may be long.
    private mutating func change(
        _ path: JSONPointer, _ body: (inout JSONValue, String) throws(Reason) -> Void
    ) throws(Reason) {
        guard let token = path.tokens.last, let parent = path.parent else { return }
        guard document.value(at: parent) != nil else { throw .noContainer(path) }
        var way: [JSONValue] = []
        var current = document
        document = .null
        for step in parent.tokens {
            guard let next = current.take(step) else { break }
            way.append(current)
            current = next
        }
        // The document is whole again even when the body throws.
        defer {
            for (step, var container) in zip(parent.tokens, way).reversed() {
                container.put(current, step)
                current = container
            }
            document = current
        }
        try body(&current, token)
    }

    /// Why there is no value at `path`.
    private func missing(_ path: JSONPointer) -> Reason {
        guard let parent = path.parent, let token = path.tokens.last else { return .noValue(path) }
        switch document.value(at: parent) {
        case .object: return .noValue(path)
        case .array:
            return JSONPointer.arrayIndex(token) == nil || token == "-" ? .badIndex(path) : .noValue(path)
        default: return .noContainer(path)
        }
    }

    private mutating func spend(on value: JSONValue, under path: JSONPointer) throws(Reason) {
        var waiting = [(value, path.tokens.count)]
        while let (next, depth) = waiting.popLast() {
            budget -= 1
            guard depth < Self.maximumDepth, budget - waiting.count > 0 else { throw .tooLarge }
            switch next {
            case .array(let elements): waiting += elements.map { ($0, depth + 1) }
            case .object(let members): waiting += members.map { ($0.value, depth + 1) }
            default: continue
            }
        }
    }
}

extension JSONValue {
    /// Takes a child out, leaving null in its place.
    fileprivate mutating func take(_ token: String) -> JSONValue? { exchange(token, .null) }
    fileprivate mutating func put(_ value: JSONValue, _ token: String) { _ = exchange(token, value) }

    private mutating func exchange(_ token: String, _ value: JSONValue) -> JSONValue? {
        switch self {
        case .object(var members):
            self = .null
            defer { self = .object(members) }
            guard let old = members[token] else { return nil }
            members[token] = value
            return old
        case .array(var elements):
            self = .null
            defer { self = .array(elements) }
            guard let index = JSONPointer.arrayIndex(token), index < elements.count else { return nil }
            let old = elements[index]
            elements[index] = value
            return old
        default: return nil
        }
    }
}
