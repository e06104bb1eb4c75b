package import JSON
package import JSONRPC

/// Hands each message to the dialect it belongs to. A dialect is a table of methods; it only translates.
package final class Router: MessageHandler {
    private let context: Context
    private let plain: PlainDialect

    package init(_ context: Context) {
        self.context = context
        plain = PlainDialect(context)
    }

    package var exitCode: Int32? { context.exitCode }

    package func handle(_ message: JSONRPC.Message, in tree: borrowing JSONTree, writer: inout JSONWriter)
        -> Outcome
    {
        plain.handle(message, in: tree, writer: &writer)
    }
}
