internal import JSON

/// One answer of a gateway as it came over HTTP.
package struct GatewayReply: Sendable {
    package var status: Int
    /// In the order of arrival.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of the first header with the name, which is given in lower case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name }?.value
    }

    /// The body, when it is JSON to its last byte.
    var json: JSONValue? {
        let tree = JSONTree(body, options: JSONOptions(recovers: false))
        // No ternary: beside a JSONValue, `nil` would be read as JSON's null.
        guard tree.isValid else { return nil }
        return tree.value(tree.root)
    }

    /// How an answer looks, whatever it means. Reading bears with what any web server says in JSON; who vouches for a
    /// gateway does not.
    package enum Form: Sendable {
        /// An error with all that the gateway's pages give one.
        case gatewayError
        case otherJSON, noJSON
    }

    package var form: Form {
        guard let json else { return .noJSON }
        return GatewayComplaint(json["error"])?.isWhole == true ? .gatewayError : .otherJSON
    }

    /// What a body that is not JSON says: the title of a page, else its first line, cut to a line's length.
    var text: String? {
        var bytes = body[...]
        if let start = body.firstRange(of: "<title>".utf8),
            let end = body[start.upperBound...].firstRange(of: "</title>".utf8)
        {
            bytes = body[start.upperBound..<end.lowerBound]
        }
        let line = String(decoding: bytes.prefix(400), as: UTF8.self).drop { $0.isWhitespace }.prefix {
            !$0.isNewline && $0 != "\0"
        }
        return line.isEmpty ? nil : String(line.prefix(200))
    }

    /// Where a redirect leads (RFC 9110 §10.2.2), as a person may be shown it: without query and fragment,
    /// which may be as good as a password, and nothing when it holds credentials.
    var redirect: String? {
        guard (300..<400).contains(status), let location = header("location") else { return nil }
        let place = location.prefix { $0 != "?" && $0 != "#" }.prefix(300)
        return place.isEmpty || place.contains("@") ? nil : String(place)
    }

    /// How long the gateway asks to wait: `Retry-After` (RFC 9110 §10.2.3, seconds or a date) or a member
    /// `retry_after` of the body or its error; from 0 to one day.
    /// - Parameter now: what a date is measured from when the reply has no `Date` of its own; with one, a
    ///   wrong clock on this machine does not matter.
    func retryAfter(_ json: JSONValue?, now: Timestamp) -> Duration? {
        if let text = header("retry-after") {
            if let seconds = Double(text) { return Self.wish(seconds) }
            if let date = Timestamp(httpDate: text) {
                let start = header("date").flatMap(Timestamp.init(httpDate:)) ?? now
                return Self.wish(max(0, date.since(start).seconds))
            }
        }
        for holder in [json, json?["error"]] {
            guard let value = holder?["retry_after"] else { continue }
            if let seconds = value.double ?? value.string.flatMap(Double.init) {
                return Self.wish(seconds)
            }
        }
        return nil
    }

    /// Less than nothing is no wish: what says so does not know what it says.
    private static func wish(_ seconds: Double) -> Duration? {
        guard seconds.isFinite, seconds >= 0 else { return nil }
        return .milliseconds(Int64(min(seconds, 86_400) * 1000))
    }
}

extension Timestamp {
    /// Reads the three forms of RFC 9110 §5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37
    /// GMT`, `Sun Nov  6 08:49:37 1994`; nil for anything else.
    package init?(httpDate text: String) {
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        var month: Int?
        var numbers: [Int] = []
        var clock: [Int]?
        for word in text.lowercased().split(whereSeparator: { " ,-".contains($0) }) {
            if let found = months.firstIndex(of: String(word)) {
                month = found + 1
            } else if word.contains(":") {
                clock = word.split(separator: ":").compactMap { Int($0) }
            } else if let number = Int(word) {
                numbers.append(number)
            }
        }
        guard let month, let clock, clock.count == 3, numbers.count == 2 else { return nil }
        var year = numbers[1]
        if year < 70 { year += 2000 } else if year < 100 { year += 1900 }
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        self.init(
            "\(padded(year, 4))-\(padded(month, 2))-\(padded(numbers[0], 2))T"
                + clock.map { padded($0, 2) }.joined(separator: ":") + "Z")
    }
}
