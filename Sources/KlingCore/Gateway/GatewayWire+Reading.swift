internal import JSON

extension GatewayWire {
    /// How a task is, from the answer to a read of it.
    ///
    /// A failure here says that the read did not work; it never means that the task failed. 400 and 404 are
    /// ``Failure/Kind/taskNotFound`` when it is the gateway that says so: any web server has no such page.
    package func decodeReading(_ reply: GatewayReply, now: Timestamp) -> Result<TaskReading, Failure> {
        let json = reply.json
        let isAnswer = (200..<300).contains(reply.status)
        let flat = json.flatMap(flatTask)
        let complaint =
            flat == nil ? json.flatMap { GatewayComplaint(answer: $0, status: reply.status) } : nil
        if isAnswer, complaint == nil, let json, let task = flat ?? wrappedTask(json) {
            return .success(reading(task, now: now))
        }
        var status: Int? = reply.status
        if isAnswer { status = complaint?.status(profile) }
        var failure = Failure(
            status.map(Failure.kind(status:)) ?? .badGateway,
            message: complaint?.message ?? (json == nil ? reply.text : nil),
            requestId: requestId(reply, json),
            httpStatus: reply.status, klingCode: complaint?.klingCode)
        failure.redirect = reply.redirect
        switch status {
        case 400, 404:
            let isGateway = flat != nil || complaint?.saysSomething == true
            (failure.kind, failure.retry) = isGateway ? (.taskNotFound, .never) : (.badGateway, .now)
        case 401, 402, 403: break
        default: failure.retry = reply.retryAfter(json, now: now).map(Failure.Retry.after) ?? .now
        }
        return .failure(failure)
    }

    /// A task without an envelope. Its `error` is the task's own. An object that only has a status is a task
    /// unless the status says failed: `{"status":"error","message":…}` is how some servers complain about the
    /// read itself.
    private func flatTask(_ json: JSONValue) -> JSONValue? {
        guard json[profile.envelope].map(\.isNull) ?? true,
            let word = first(profile.status, of: json)?.string
        else { return nil }
        if first(profile.taskId, of: json).flatMap(Self.id) != nil { return json }
        switch status(word) {
        case .submitted, .processing, .completed: return json
        case .failed, .cancelled, .other: return nil
        }
    }

    private func wrappedTask(_ json: JSONValue) -> JSONValue? {
        let data = json[profile.envelope]
        let task = data?.array?.first ?? data
        return first(profile.status, of: task)?.string == nil ? nil : task
    }

    private func status(_ word: String) -> TaskReading.Status {
        profile.statusWords[word.lowercased()] ?? .other(word)
    }

    private func reading(_ task: JSONValue, now: Timestamp) -> TaskReading {
        var reading = TaskReading(status: status(first(profile.status, of: task)?.string ?? ""))
        reading.progress = first(profile.progress, of: task).flatMap(percent)
        reading.estimatedSeconds = first(profile.estimate, of: task).flatMap(number).flatMap {
            $0 > 0 ? $0 : nil
        }
        reading.completedAt = first(profile.completed, of: task).flatMap(time)
        reading.videos = videos(of: task, completedAt: reading.completedAt ?? now)
        if reading.status == .failed || reading.status == .cancelled { reading.error = reason(of: task) }
        return reading
    }

    // MARK: Parts

    /// Whole percent from 0 to 100, of `42`, `42.7`, `"42"` or `"42%"`.
    private func percent(_ value: JSONValue) -> Int? {
        var text = value.string
        if text?.last == "%" { text?.removeLast() }
        guard let number = value.double ?? text.flatMap(Double.init), number.isFinite else { return nil }
        return Int(min(max(number, 0), 100))
    }

    private func number(_ value: JSONValue) -> Double? {
        guard let number = value.double ?? value.string.flatMap(Double.init), number.isFinite else {
            return nil
        }
        return number
    }

    /// Seconds or milliseconds since 1970 as number or text, or RFC 3339; 0 says nothing.
    private func time(_ value: JSONValue) -> Timestamp? {
        if let number = number(value) { return number > 0 ? Timestamp(secondsOrMilliseconds: number) : nil }
        return value.string.flatMap { Timestamp($0) }
    }

    /// The videos of the first place that has some: the result's list, the result itself, the task's list,
    /// the task itself. Without a time of expiry, 24 h are assumed.
    private func videos(of task: JSONValue, completedAt: Timestamp) -> [VideoTask.Video] {
        let assumed = completedAt.advanced(by: .seconds(86_400))
        let result = first(profile.result, of: task)
        let places = [first(profile.videos, of: result), result, first(profile.videos, of: task), task]
        for place in places.compactMap({ $0 }) {
            var videos: [VideoTask.Video] = []
            for entry in place.array ?? [place] {
                let link = entry.object == nil ? entry : first(profile.url, of: entry)
                let expires = first(profile.expires, of: entry).flatMap(time) ?? assumed
                for url in (link?.array ?? link.map { [$0] } ?? []).compactMap(\.string)
                where Self.isLink(url) {
                    videos.append(VideoTask.Video(url: url, expiresAt: expires))
                }
            }
            if !videos.isEmpty { return videos }
        }
        return []
    }

    private static func isLink(_ text: String) -> Bool {
        let start = text.prefix(8).lowercased()
        return (start.hasPrefix("https://") || start.hasPrefix("http://")) && text.utf8.count <= 16_384
    }

    /// Why a task failed. Whether it was charged is known only when the gateway names the cost.
    private func reason(of task: JSONValue) -> Failure {
        let complaint = profile.reason.lazy.compactMap { GatewayComplaint(task[$0]) }.first
        let code = complaint?.klingCode
        let kind =
            code.flatMap(KlingCode.kind) ?? complaint?.status(profile).map(Failure.kind(status:))
            ?? .serverError
        var failure = Failure(kind, message: complaint?.message ?? complaint?.type, klingCode: code)
        let costs = profile.cost.compactMap { task[$0].flatMap(number) }
        failure.billed = costs.isEmpty ? .unknown : costs.contains { $0 > 0 } ? .yes : .no
        if failure.billed == .no, code.map(KlingCode.isPassing) == true {
            failure.retry = .after(.seconds(60))
        }
        return failure
    }
}
