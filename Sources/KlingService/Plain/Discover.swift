import JSON
import JSONRPC
import KlingCore

extension PlainDialect {
    /// `rpc.discover` (OpenRPC, "Service Discovery Method"): this contract, as `protocol/openrpc.json` has
    /// it.
    static let discover = Method(
        "rpc.discover", en: "This contract as an OpenRPC document.", zh: "以 OpenRPC 文档形式返回本协议。",
        gives: .map(of: .any)
    ) { (context, arguments, tree, writer) throws(RPCError) in
        writer.value(.object(OpenRPC(version: context.version).json()))
        return .written
    }
}
