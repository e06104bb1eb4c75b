import JSON
import JSONRPC
import KlingCore

/// The methods of the plain dialect (wire contract §2). No handshake is needed: each message stands for
/// itself.
final class PlainDialect {
    static let methods: [Method] = [
        hello, validate, submit, status, wait, subscribe, unsubscribe, list, cancel, adopt, download, models,
        discover, shutdown, exit
    ]

    private let context: Context
    private let table = PlainDialect.methods
    private let names = NameTable(PlainDialect.methods.map(\.name))

    init(_ context: Context) { self.context = context }

    func handle(_ message: JSONRPC.Message, in tree: borrowing JSONTree, writer: inout JSONWriter) -> Outcome
    {
        guard let number = names.number(of: message.method, in: tree) else {
            return .failure(unknownMethod(tree.string(message.method) ?? ""))
        }
        let method = table[number]
        do throws(RPCError) {
            return try method.run(context, try method.signature.read(message, in: tree), tree, &writer)
        } catch {
            return .failure(error)
        }
    }

    private func unknownMethod(_ name: String) -> RPCError {
        let nearest = NearestName.find(name, in: names.names).map { "; did you mean \($0)?" } ?? ""
        return .methodNotFound("\(quoted(name))\(nearest)")
    }
}
