package import JSON

extension GatewayPace {
    /// The pace as it is journaled: numbers of milliseconds.
    package var storedForm: JSONObject {
        func form(_ pause: Pause) -> JSONValue {
            [JSONValue(Int(pause.since.milliseconds)), JSONValue(Int(pause.length.milliseconds))]
        }
        var object = JSONObject()
        object["creates"] = creates.map(form)
        object["reads"] = reads.map(form)
        object["slots"] = slots.map {
            [
                JSONValue($0.limit), JSONValue(Int($0.since.milliseconds)),
                JSONValue(Int($0.recovery.milliseconds))
            ]
        }
        return object
    }

    /// What cannot be read was not asked for.
    package init(storedForm object: JSONObject) {
        func pause(_ name: String) -> Pause? {
            guard let since = object[name]?[0]?.int, let length = object[name]?[1]?.int else { return nil }
            return Pause(
                since: Timestamp(milliseconds: Int64(since)), length: .milliseconds(Int64(length)))
        }
        creates = pause("creates")
        reads = pause("reads")
        let narrowing = object["slots"]
        if let limit = narrowing?[0]?.int, let since = narrowing?[1]?.int,
            let recovery = narrowing?[2]?.int
        {
            slots = Narrowing(
                limit: limit, since: Timestamp(milliseconds: Int64(since)),
                recovery: .milliseconds(Int64(recovery)))
        }
    }
}
