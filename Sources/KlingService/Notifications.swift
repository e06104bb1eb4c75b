package import JSON
package import JSONRPC
import KlingCore
import Synchronization

/// The name of a subscription, known only after its events have been given a place to go.
final class SubscriptionName: Sendable {
    private let state = Mutex("")

    var value: String {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

extension Outbox {
    /// `task/update`, `subscription/end` and, for a delivery that goes by itself, `task/download`. Progress
    /// gives way to newer progress of the same task while the client is behind; all else arrives.
    func notify(_ event: SubscriptionEvent, subscription: String, locale: Locale) {
        switch event {
        case .update(let seq, let kind, let report):
            let key = kind == .progress ? Key("task/update", subscription + report.task.id.text) : nil
            notify("task/update", replacing: key) { writer in
                writer.beginObject()
                writer.name("subscription")
                writer.string(subscription)
                writer.name("seq")
                writer.int(Int(seq))
                writer.name("task")
                report.write(locale: locale, into: &writer)
                writer.endObject()
            }
        case .download(let progress): notify(progress)
        case .end(let seq):
            notify("subscription/end", ["subscription": .string(subscription), "seq": JSONValue(Int(seq))])
        }
    }

    /// - Parameter token: what the client has named the call by that asked for the file.
    func notify(_ progress: DownloadProgress, token: JSONValue? = nil) {
        var params: JSONObject = [
            "task": .string(progress.task.text), "file": .string(progress.path),
            "bytes": JSONValue(Int(progress.bytes))
        ]
        params["total"] = progress.total.map { JSONValue(Int($0)) }
        params["progressToken"] = token
        let subject = progress.task.text + (token?.description ?? "") + progress.path
        notify("task/download", .object(params), replacing: Key("task/download", subject))
    }

    package func notify(_ method: StaticString, _ params: JSONValue, replacing key: Key? = nil) {
        notify(method, replacing: key) { $0.value(params) }
    }

    /// - Parameter write: writes the parameters, which are one value.
    private func notify(_ method: StaticString, replacing key: Key?, _ write: (inout JSONWriter) -> Void) {
        var writer = JSONWriter(capacity: 2048)
        writer.beginObject()
        writer.name("jsonrpc")
        writer.literal("\"2.0\"")
        writer.name("method")
        writer.string(method.description)
        writer.name("params")
        write(&writer)
        writer.endObject()
        send(writer.bytes, replacing: key)
    }
}
