/// One step of a JSON Patch (RFC 6902 §4).
package enum JSONPatchOperation: Sendable, Hashable {
    /// Puts a value at a place: a new member or the new value of one, an element inserted, the whole
    /// document.
    case add(JSONPointer, JSONValue)
    case remove(JSONPointer)
    /// Like remove and add at the same place: there must be a value already.
    case replace(JSONPointer, JSONValue)
    case move(from: JSONPointer, to: JSONPointer)
    case copy(from: JSONPointer, to: JSONPointer)
    /// Changes nothing; fails when the place does not hold an equal value.
    case test(JSONPointer, JSONValue)
}

/// Why a patch cannot be read or applied (RFC 6902 §4, §5).
package struct JSONPatchError: Error, Sendable, Hashable {
    /// The position in the patch of the operation that failed.
    package let operation: Int
    package let reason: Reason

    package enum Reason: Error, Hashable {
        /// The patch is no array, or a step of it no object.
        case shape
        /// `op` is missing or says something else than the six words.
        case unknownOperation(String?)
        /// `path`, `from` or `value` is missing where the operation needs it.
        case missingMember(String)
        /// `path` or `from` is no JSON Pointer (RFC 6901 §3).
        case badPointer(String)
        /// There is no value at the place.
        case noValue(JSONPointer)
        /// The place lies in something that is neither an object nor an array, or that does not exist.
        case noContainer(JSONPointer)
        /// The last token is no index of that array: no number, a leading zero, beyond the end, or `-` where
        /// a value must exist already.
        case badIndex(JSONPointer)
        /// A value would be moved into itself.
        case intoItself(from: JSONPointer, to: JSONPointer)
        /// The whole document would be removed, which leaves no JSON.
        case removesDocument
        case testFailed(JSONPointer)
        /// The document would become deeper than 1,024 containers, or copying would blow it up.
        case tooLarge
    }
}

// MARK: - The shape of RFC 6902

extension JSONPatchOperation {
    /// Reads a patch document: an array of operations. Members that an operation does not know are ignored
    /// (§4).
    package static func patch(from json: JSONValue) throws(JSONPatchError) -> [JSONPatchOperation] {
        guard let steps = json.array else { throw JSONPatchError(operation: 0, reason: .shape) }
        var patch: [JSONPatchOperation] = []
        for (number, step) in steps.enumerated() {
            do {
                patch.append(try JSONPatchOperation(step))
            } catch {
                throw JSONPatchError(operation: number, reason: error.reason)
            }
        }
        return patch
    }

    /// Reads one operation; an error tells it as number 0.
    package init(_ json: JSONValue) throws(JSONPatchError) {
        func fail(_ reason: JSONPatchError.Reason) -> JSONPatchError {
            JSONPatchError(operation: 0, reason: reason)
        }
        func pointer(_ name: String) throws(JSONPatchError) -> JSONPointer {
            guard let member = json[name] else { throw fail(.missingMember(name)) }
            guard let pointer = member.string.flatMap({ JSONPointer($0) }) else {
                throw fail(.badPointer(name))
            }
            return pointer
        }
        func value() throws(JSONPatchError) -> JSONValue {
            guard let value = json["value"] else { throw fail(.missingMember("value")) }
            return value
        }
        guard json.object != nil else { throw fail(.shape) }
        switch json["op"]?.string {
        case "add": self = .add(try pointer("path"), try value())
        case "remove": self = .remove(try pointer("path"))
        case "replace": self = .replace(try pointer("path"), try value())
        case "move": self = .move(from: try pointer("from"), to: try pointer("path"))
        case "copy": self = .copy(from: try pointer("from"), to: try pointer("path"))
        case "test": self = .test(try pointer("path"), try value())
        case let other: throw fail(.unknownOperation(other))
        }
    }

    /// The same operation, its pointers led through `base` first.
    package func prefixed(by base: JSONPointer) -> JSONPatchOperation {
        func deep(_ pointer: JSONPointer) -> JSONPointer { JSONPointer(tokens: base.tokens + pointer.tokens) }
        return switch self {
        case .add(let path, let value): .add(deep(path), value)
        case .remove(let path): .remove(deep(path))
        case .replace(let path, let value): .replace(deep(path), value)
        case .move(let from, let path): .move(from: deep(from), to: deep(path))
        case .copy(let from, let path): .copy(from: deep(from), to: deep(path))
        case .test(let path, let value): .test(deep(path), value)
        }
    }
}

extension JSONWriter {
    /// A patch in the shape of RFC 6902.
    package mutating func patch(_ patch: [JSONPatchOperation]) {
        beginArray()
        for operation in patch { self.operation(operation) }
        endArray()
    }

    private mutating func operation(_ operation: JSONPatchOperation) {
        beginObject()
        name("op")
        switch operation {
        case .add(let path, let value): step("add", path, value: value)
        case .remove(let path): step("remove", path)
        case .replace(let path, let value): step("replace", path, value: value)
        case .move(let from, let path): step("move", path, from: from)
        case .copy(let from, let path): step("copy", path, from: from)
        case .test(let path, let value): step("test", path, value: value)
        }
        endObject()
    }

    private mutating func step(
        _ word: StaticString, _ path: JSONPointer, from: JSONPointer? = nil, value: JSONValue? = nil
    ) {
        append("\"")
        append(word)
        append("\"")
        follows = true
        if let from {
            name("from")
            pointer(from)
        }
        name("path")
        pointer(path)
        if let value {
            name("value")
            self.value(value)
        }
    }
}
