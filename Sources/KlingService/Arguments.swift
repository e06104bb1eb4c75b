import JSON
import JSONRPC
import KlingCore

/// The parameters of one call, by their number in the signature. Null counts as absent.
struct Arguments {
    private let signature: Signature
    private var given = NumberSet()
    private var places = InlineArray<12, JSONTree.Index?>(repeating: nil)

    init(_ signature: Signature) { self.signature = signature }

    /// Puts a parameter in its place; false when it was given before.
    mutating func take(_ number: Int, _ value: JSONTree.Index?) -> Bool {
        guard number < places.count, !given.contains(number) else { return false }
        given.insert(number)
        places[number] = value
        return true
    }

    private func name(_ number: Int) -> String { signature.names.names[number] }

    subscript(number: Int) -> JSONTree.Index? { number < places.count ? places[number] : nil }

    func string(_ number: Int, in tree: borrowing JSONTree) throws(RPCError) -> String? {
        guard let place = self[number] else { return nil }
        guard let text = tree.string(place) else { throw wrongType(number, "a string", place, tree) }
        return text
    }

    /// A string or a whole number, of at most 1,000 bytes: it comes back with each notification.
    func token(_ number: Int, in tree: borrowing JSONTree) throws(RPCError) -> JSONValue? {
        guard let place = self[number] else { return nil }
        guard tree.string(place) != nil || tree.int(place) != nil, tree.range(place).count <= 1000 else {
            throw wrongType(number, "a short string or a whole number", place, tree)
        }
        return tree.value(place)
    }

    /// The UTF-8 of a string, for texts that may be large.
    func utf8(_ number: Int, in tree: borrowing JSONTree) throws(RPCError) -> [UInt8]? {
        guard let place = self[number] else { return nil }
        guard tree.kind(place) == .string else { throw wrongType(number, "a string", place, tree) }
        return tree.content(place)
    }

    func bool(_ number: Int, in tree: borrowing JSONTree) throws(RPCError) -> Bool? {
        guard let place = self[number] else { return nil }
        guard let value = tree.bool(place) else { throw wrongType(number, "true or false", place, tree) }
        return value
    }

    /// A whole number in the range that the signature says.
    func int(_ number: Int, in tree: borrowing JSONTree) throws(RPCError) -> Int? {
        guard let place = self[number], case .integer(let range) = signature.parameters[number].schema else {
            return nil
        }
        guard let value = tree.int(place), range.contains(value) else {
            throw wrongType(
                number, "a whole number from \(range.lowerBound) to \(range.upperBound)", place, tree)
        }
        return value
    }

    /// A number in the range that the signature says.
    func seconds(_ number: Int, in tree: borrowing JSONTree) throws(RPCError) -> Double? {
        guard let place = self[number], case .number(let range) = signature.parameters[number].schema else {
            return nil
        }
        guard let value = tree.number(place)?.double, range.contains(value) else {
            let limits = "from \(JSONValue(range.lowerBound)) to \(JSONValue(range.upperBound))"
            throw wrongType(number, "a number of seconds \(limits)", place, tree)
        }
        return value
    }

    func strings(_ number: Int, in tree: borrowing JSONTree) throws(RPCError) -> [String]? {
        guard let place = self[number] else { return nil }
        guard case .array(let values) = tree.value(place) else {
            throw wrongType(number, "an array of strings", place, tree)
        }
        var texts: [String] = []
        for value in values {
            guard let text = value.string else { throw wrongType(number, "an array of strings", place, tree) }
            texts.append(text)
        }
        return texts
    }

    /// An object whose values are strings, such as `labels`.
    func stringMap(_ number: Int, in tree: borrowing JSONTree) throws(RPCError) -> [String: String]? {
        guard let place = self[number] else { return nil }
        guard case .object(let members) = tree.value(place) else {
            throw wrongType(number, "an object of strings", place, tree)
        }
        var map: [String: String] = [:]
        for (name, value) in members {
            guard let text = value.string else {
                throw wrongType(number, "an object of strings", place, tree)
            }
            map[name] = text
        }
        return map
    }

    /// A string that is one of the raw values.
    func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ number: Int, _ type: Value.Type, in tree: borrowing JSONTree
    ) throws(RPCError) -> Value? {
        guard let text = try string(number, in: tree) else { return nil }
        guard let value = Value(rawValue: text) else {
            throw unknownWord(name(number), text, Value.allCases.map(\.rawValue))
        }
        return value
    }

    func require<Value>(_ value: Value?, _ number: Int) throws(RPCError) -> Value {
        guard let value else { throw .invalidParams("\(name(number)) is missing") }
        return value
    }

    private func wrongType(
        _ number: Int, _ wanted: String, _ place: JSONTree.Index, _ tree: borrowing JSONTree
    ) -> RPCError {
        .invalidParams("\(name(number)) must be \(wanted), not \(cut(tree.literal(place), to: 40))")
    }
}

/// Small numbers, as bits.
private struct NumberSet {
    private var bits: UInt64 = 0
    func contains(_ number: Int) -> Bool { number < 64 && bits >> UInt64(number) & 1 == 1 }
    mutating func insert(_ number: Int) { bits |= 1 << UInt64(number) }
}

/// Refuses a word that is none of the known ones.
func unknownWord(_ parameter: String, _ word: String, _ known: [String]) -> RPCError {
    let nearest = NearestName.find(word, in: known).map { " Did you mean \($0)?" } ?? ""
    return .invalidParams(
        "\(parameter) must be one of \(known.joined(separator: ", ")), not \(quoted(word)).\(nearest)")
}

func quoted(_ text: String) -> String { JSONValue.string(cut(text, to: 60)).description }

/// The value as JSON, cut to the length of a line.
func quoted(_ value: JSONValue) -> String { cut(value.description, to: 60) }

private func cut(_ text: String, to longest: Int) -> String {
    text.unicodeScalars.count > longest ? String(text.unicodeScalars.prefix(longest)) + "…" : text
}
