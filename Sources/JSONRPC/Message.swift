package import JSON

/// One JSON-RPC 2.0 message, as places in the tree it was read from.
package struct Message {
    /// The id of a request: a string, a number or null. Nil for a notification.
    package let id: JSONTree.Index?
    package let method: JSONTree.Index
    package let params: JSONTree.Index?

    /// What an object or other value on the wire is.
    package enum Reading {
        case call(Message)
        /// An answer to a request of ours.
        case response(id: JSONTree.Index, object: JSONTree.Index)
        /// Not JSON-RPC (§4, §5); the id when one could be told (§5: else null).
        case invalid(id: JSONTree.Index?, reason: String)
    }

    package static func read(
        _ index: JSONTree.Index, in tree: borrowing JSONTree, names: NameTable = Message.names
    ) -> Reading {
        guard tree.kind(index) == .object else {
            return .invalid(id: nil, reason: "a message is a JSON object")
        }
        var id: JSONTree.Index?
        var method: JSONTree.Index?
        var params: JSONTree.Index?
        var hasVersion = false
        var answers = false
        var members = tree.elements(index)
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            switch names.number(of: key, in: tree) {
            case 0: hasVersion = tree.string(value, equals: "2.0")
            case 1: id = value
            case 2: method = value
            case 3: params = value
            case 4, 5: answers = true
            default: break
            }
        }
        if let id {
            switch tree.kind(id) {
            case .string, .number, .null: break
            default: return .invalid(id: nil, reason: "id must be a string, a number or null")
            }
        }
        guard hasVersion else { return .invalid(id: id, reason: "jsonrpc must be \"2.0\"") }
        if method == nil, answers, let id { return .response(id: id, object: index) }
        guard let method else { return .invalid(id: id, reason: "method is missing") }
        guard tree.kind(method) == .string else { return .invalid(id: id, reason: "method must be a string") }
        if let params {
            switch tree.kind(params) {
            case .object, .array: break
            default: return .invalid(id: id, reason: "params must be an object or an array")
            }
        }
        return .call(Message(id: id, method: method, params: params))
    }

    /// The members of a message, in the order that ``read(_:in:names:)`` counts them.
    package static let names = NameTable(["jsonrpc", "id", "method", "params", "result", "error"])
}
