import JSON
import JSONRPC
import KlingCore

/// The named parameters of one method, known in advance: calls are read by them, and they are what is
/// published.
final class Signature: Sendable {
    let names: NameTable
    let parameters: [Member]
    let choices: [Choice]

    /// Parameters that stand for each other.
    enum Choice: Sendable {
        case exactlyOne([String])
        case atMostOne([String])
    }

    init(_ parameters: [Member], of choices: [Choice] = []) {
        self.parameters = parameters
        self.choices = choices
        names = NameTable(parameters.map(\.name))
    }

    /// Finds each parameter's place, and refuses what the method does not take.
    func read(_ message: JSONRPC.Message, in tree: borrowing JSONTree) throws(RPCError) -> Arguments {
        var arguments = Arguments(self)
        guard let params = message.params else { return arguments }
        guard tree.kind(params) == .object else {
            throw .invalidParams("parameters are named members of an object, not an array")
        }
        let names = names
        var members = tree.elements(params)
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            guard let number = names.number(of: key, in: tree) else {
                throw unknown(tree.string(key) ?? "")
            }
            // Which of two was meant (`dryRun: true` and `false`) must not be guessed where it may cost
            // money.
            guard arguments.take(number, tree.kind(value) == .null ? nil : value) else {
                throw .invalidParams("\(names.names[number]) is given twice")
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
