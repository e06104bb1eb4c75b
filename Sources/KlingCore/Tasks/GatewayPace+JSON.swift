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
        if !holds.isEmpty {
            let stored = holds.sorted { $0.key < $1.key }.map { account, standstill in
                let hold: JSONValue = [
                    .object(standstill.hold.failure.storedForm), JSONValue(standstill.hold.attempts),
                    form(standstill.pause), standstill.tried.map { JSONValue(Int($0)) } ?? .null
                ]
                return (account, hold)
            }
            object["holds"] = .object(JSONObject(stored))
        }
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
        func pause(_ form: JSONValue?) -> Pause? {
            guard let since = form?[0]?.int, let length = form?[1]?.int else { return nil }
            return Pause(
                since: Timestamp(milliseconds: Int64(since)), length: .milliseconds(Int64(length)))
        }
        creates = pause(object["creates"])
        reads = pause(object["reads"])
        for (account, form) in object["holds"]?.object ?? [:] {
            guard let failure = form[0]?.object.flatMap(Failure.init(storedForm:)), let pause = pause(form[2])
            else { continue }
            let hold = Hold(failure, attempts: form[1]?.int ?? 1)
            holds[account] = Standstill(hold: hold, pause: pause, tried: form[3]?.int.map(Int64.init))
        }
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
