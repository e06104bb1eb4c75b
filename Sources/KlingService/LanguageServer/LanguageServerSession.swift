import JSON
import JSONRPC
import KlingCore

/// The life of a session with an editor (LSP 3.17, "Server lifecycle"): how it begins and ends. The plain methods work in
/// it unchanged.
final class LanguageServerSession {
    private enum State { case notBegun, open, shutDown }

    private let context: Context
    private var state = State.notBegun

    init(_ context: Context) { self.context = context }

    var hasBegun: Bool { state != .notBegun }

    /// Whether a message begins a session: MCP has an `initialize` too, with a `protocolVersion` (wire contract §1).
    func isBegun(by message: JSONRPC.Message, in tree: borrowing JSONTree) -> Bool {
        guard tree.string(message.method, equals: "initialize"), let params = message.params,
            tree.member("protocolVersion", of: params) == nil
        else { return false }
        return tree.member("processId", of: params) != nil || tree.member("rootUri", of: params) != nil
            || tree.member("capabilities", of: params) != nil
    }

    /// - Parameter others: answers what has nothing to do with the session.
    func handle(
        _ message: JSONRPC.Message, in tree: borrowing JSONTree, writer: inout JSONWriter,
        others: (inout JSONWriter) -> Outcome
    ) -> Outcome {
        guard state != .shutDown || tree.string(message.method, equals: "exit") else {
            return .failure(.invalidRequest("the session is shut down; only exit can follow"))
        }
        if tree.string(message.method, equals: "initialize") {
            guard state == .notBegun else {
                return .failure(.invalidRequest("the session has begun; initialize can be sent once"))
            }
            return initialize(message, in: tree, writer: &writer)
        }
        if tree.string(message.method, equals: "shutdown") {
            state = .shutDown
            context.statusAtEnd = 0
        }
        return others(&writer)
    }

    /// Takes over what the editor says of itself, and says what the server does.
    private func initialize(
        _ message: JSONRPC.Message, in tree: borrowing JSONTree, writer: inout JSONWriter
    ) -> Outcome {
        guard let params = message.params else { return .failure(.invalidParams("params are missing")) }
        if let options = tree.member("initializationOptions", of: params), tree.kind(options) != .null {
            do throws(RPCError) { try context.configure(tree.value(options)) } catch {
                return .failure(error)
            }
        }
        if !context.settings.settled.contains("locale"),
            let locale = tree.member("locale", of: params).flatMap({ tree.string($0) }).flatMap(
                Locale.init(tag:))
        {
            context.settings.locale = locale
        }
        context.encoding = encoding(params, in: tree)
        context.awaitsAnswersAtEnd = false
        context.statusAtEnd = 1
        state = .open
        if let host = tree.member("processId", of: params).flatMap({ tree.int($0) }) {
            context.followHost(host)
        }
        writer.value([
            "capabilities": ["positionEncoding": .string(context.encoding.rawValue)],
            "serverInfo": ["name": "kling-server", "version": .string(context.version)]
        ])
        return .written
    }

    /// The encoding of positions that costs least of those the editor takes; UTF-16 where it says nothing
    /// (`general.positionEncodings`).
    private func encoding(_ params: JSONTree.Index, in tree: borrowing JSONTree) -> PositionEncoding {
        guard let capabilities = tree.member("capabilities", of: params),
            let general = tree.member("general", of: capabilities),
            let list = tree.member("positionEncodings", of: general)
        else { return .utf16 }
        let taken = tree.value(list).array ?? []
        return [.utf8, .utf32].first { taken.contains(.string($0.rawValue)) } ?? .utf16
    }
}
