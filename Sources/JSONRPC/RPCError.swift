package import JSON

/// The `error` member of a response (JSON-RPC 2.0 §5.1).
package struct RPCError: Error, Sendable {
    package var code: Int
    package var message: String
    package var data: JSONValue?

    package init(code: Int, message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    package static func parseError(_ detail: String) -> RPCError {
        RPCError(code: -32700, message: "Parse error: \(detail)")
    }
    package static func invalidRequest(_ detail: String) -> RPCError {
        RPCError(code: -32600, message: "Invalid Request: \(detail)")
    }
    package static func methodNotFound(_ detail: String) -> RPCError {
        RPCError(code: -32601, message: "Method not found: \(detail)")
    }
    package static func invalidParams(_ detail: String, data: JSONValue? = nil) -> RPCError {
        RPCError(code: -32602, message: "Invalid params: \(detail)", data: data)
    }
    package static let internalError = RPCError(
        code: -32603, message: "Internal error: the handler ended without an answer. Please report this.")
    /// LSP 3.17, `RequestCancelled`.
    package static let cancelled = RPCError(code: -32800, message: "The request was cancelled.")

    package static let cancelledUnbegun = RPCError(
        code: -32800, message: "The request was cancelled before it was begun: nothing was done.")

    package func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("code")
        writer.int(code)
        writer.name("message")
        writer.string(message)
        if let data {
            writer.name("data")
            writer.value(data)
        }
        writer.endObject()
    }
}
