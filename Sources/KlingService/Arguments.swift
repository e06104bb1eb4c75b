import JSON
import JSONRPC
import KlingCore

/// The named parameters of one method, known in advance.
package struct Signature: Sendable {
    let names: NameTable

    package init(_ names: [String]) { self.names = NameTable(names) }

    /// Finds each parameter's place, and refuses what the method does not take.
    func read(_ message: JSONRPC.Message, in tree: borrowing JSONTree) throws(RPCError) -> Arguments {
        var arguments = Arguments(names: names)
        guard let params = message.params else { return arguments }
        guard tree.kind(params) == .object else {
            throw .invalidParams("parameters are named members of an object, not an array")
        }
        var members = tree.elements(params)
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            if let number = names.number(of: key, in: tree), number < arguments.places.count {
                // Which of two was meant (`dryRun: true` and `false`) must not be guessed where it may cost money.
                guard !arguments.given.contains(number) else {
                    throw .invalidParams("\(names.names[number]) is given twice")
                }
                arguments.given.insert(number)
                arguments.places[number] = tree.kind(value) == .null ? nil : value
            } else {
                throw unknown(tree.string(key) ?? "")
            }
        }
        return arguments
    }

    private func unknown(_ name: String) -> RPCError {
        // `_meta` is reserved by MCP for what rides along with any call.
        let nearest = NearestName.find(name, in: names.names)
        let hint =
            nearest.map { "; did you mean \($0)?" }
            ?? (names.names.isEmpty
                ? "; this method takes none" : "; it takes \(names.names.joined(separator: ", "))")
        return .invalidParams("there is no parameter \(quoted(name))\(hint)")
    }
}

/// The parameters of one call, by their number in the signature. Null counts as absent.
struct Arguments {
    let names: NameTable
    fileprivate var given = NumberSet()
    fileprivate(set) var places = InlineArray<12, JSONTree.Index?>(repeating: nil)

    subscript(number: Int) -> JSONTree.Index? { number < places.count ? places[number] : nil }

    func string(_ number: Int, in tree: borrowing JSONTree) throws(RPCError) -> String? {
        guard let place = self[number] else { return nil }
        guard let text = tree.string(place) else { throw wrongType(number, "a string", place, tree) }
        return text
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

    func int(_ number: Int, _ range: ClosedRange<Int>, in tree: borrowing JSONTree) throws(RPCError) -> Int? {
        guard let place = self[number] else { return nil }
        guard let value = tree.int(place), range.contains(value) else {
            throw wrongType(
                number, "a whole number from \(range.lowerBound) to \(range.upperBound)", place, tree)
        }
        return value
    }

    func seconds(_ number: Int, upTo limit: Double, in tree: borrowing JSONTree) throws(RPCError) -> Double? {
        guard let place = self[number] else { return nil }
        guard let value = tree.number(place)?.double, value >= 0, value <= limit else {
            throw wrongType(number, "a number of seconds from 0 to \(JSONValue(limit))", place, tree)
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
            throw unknownWord(names.names[number], text, Value.allCases.map(\.rawValue))
        }
        return value
    }

    func require<Value>(_ value: Value?, _ number: Int) throws(RPCError) -> Value {
        guard let value else { throw .invalidParams("\(names.names[number]) is missing") }
        return value
    }

    private func wrongType(
        _ number: Int, _ wanted: String, _ place: JSONTree.Index, _ tree: borrowing JSONTree
    ) -> RPCError {
        .invalidParams("\(names.names[number]) must be \(wanted), not \(cut(tree.literal(place), to: 40))")
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
