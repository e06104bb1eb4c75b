package import JSON
package import JSONRPC

/// Hands each message to the dialect it belongs to. A dialect is a table of methods; it only translates.
package final class Router: MessageHandler {
    private let context: Context
    private let plain: PlainDialect
    private let languageServer: LanguageServerSession

    package init(_ context: Context) {
        self.context = context
        plain = PlainDialect(context)
        languageServer = LanguageServerSession(context)
    }

    package var exitCode: Int32? { context.exitCode }

    package func handle(_ message: JSONRPC.Message, in tree: borrowing JSONTree, writer: inout JSONWriter)
        -> Outcome
    {
        guard languageServer.hasBegun || languageServer.isBegun(by: message, in: tree) else {
            return plain.handle(message, in: tree, writer: &writer)
        }
        return languageServer.handle(message, in: tree, writer: &writer) { writer in
            plain.handle(message, in: tree, writer: &writer)
        }
    }
}
