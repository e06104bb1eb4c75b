package import JSON

// Reading the stored form. A page of a list reads hundreds of tasks, so that it is taken from the tree as it is. Members that are
// not known are passed over, and absent ones read as nil, so that a member may be added without changing the journal's version.

extension VideoTask {
    /// What is stored beside the form comes with it. Nil when a member that must be there is missing or is not what it should be.
    package init?(storedForm tree: borrowing JSONTree, request: JSONObject, place: Int64, seq: Int64) {
        let form = StoredMembers(tree.root, in: tree)
        guard let id = form.string(.id, in: tree).flatMap(TaskID.init(_:)),
            let state = form.string(.state, in: tree).flatMap(State.init(rawValue:)),
            let createdAt = form.timestamp(.createdAt, in: tree),
            let updatedAt = form.timestamp(.updatedAt, in: tree),
            let billed = form.string(.billed, in: tree).flatMap(Billed.init(rawValue:)),
            let attempts = form.int(.attempts, in: tree)
        else { return nil }
        self.init(
            id: id, request: VideoRequest(body: request), createdAt: createdAt,
            idempotencyKey: form.string(.idempotencyKey, in: tree),
            labels: form[.labels].map { Self.labels($0, in: tree) } ?? [:],
            delivery: form[.delivery].flatMap { Delivery(storedForm: $0, in: tree) },
            simulated: form.bool(.simulated, in: tree) ?? false)
        taskId = form.string(.taskId, in: tree)
        gateway = form.string(.gateway, in: tree)
        account = form.string(.account, in: tree)
        self.state = state
        progress = form.int(.progress, in: tree)
        submittedAt = form.timestamp(.submittedAt, in: tree)
        self.updatedAt = updatedAt
        completedAt = form.timestamp(.completedAt, in: tree)
        lastContactAt = form.timestamp(.lastContactAt, in: tree)
        degraded = form.bool(.degraded, in: tree) ?? false
        gatewayStatus = form.string(.gatewayStatus, in: tree)
        gatewayEstimate = form[.gatewayEstimate].flatMap { tree.number($0)?.double }
        videos = form[.videos].map { Self.videos($0, in: tree) } ?? []
        // Few tasks have one.
        error = form[.error].flatMap { tree.value($0).object }.flatMap(Failure.init(storedForm:))
        self.billed = billed
        self.attempts = attempts
        previous = form.string(.previous, in: tree).flatMap(TaskID.init(_:))
        doubtfulSince = form.timestamp(.doubtfulSince, in: tree)
        refusedAt = form.timestamp(.refusedAt, in: tree)
        endIsGuessed = form.bool(.endIsGuessed, in: tree) ?? false
        replacedBy = form.string(.replacedBy, in: tree).flatMap(TaskID.init(_:))
        self.place = place
        self.seq = seq
    }

    private static func labels(_ node: JSONTree.Index, in tree: borrowing JSONTree) -> [String: String] {
        var labels: [String: String] = [:]
        guard tree.kind(node) == .object else { return labels }
        var members = tree.elements(node)
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            if let name = tree.string(key) { labels[name] = tree.string(value) }
        }
        return labels
    }

    private static func videos(_ node: JSONTree.Index, in tree: borrowing JSONTree) -> [Video] {
        var videos: [Video] = []
        guard tree.kind(node) == .array else { return videos }
        var elements = tree.elements(node)
        while let element = elements.next(in: tree) {
            let form = StoredMembers(element, in: tree)
            guard let url = form.string(.url, in: tree) else { continue }
            videos.append(
                Video(
                    url: url, expiresAt: form.timestamp(.expiresAt, in: tree),
                    path: form.string(.path, in: tree)))
        }
        return videos
    }
}

extension VideoTask.Delivery {
    fileprivate init?(storedForm node: JSONTree.Index, in tree: borrowing JSONTree) {
        let form = StoredMembers(node, in: tree)
        if let path = form.string(.path, in: tree) {
            self = .path(path)
        } else if let path = form.string(.directory, in: tree) {
            self = .directory(path)
        } else {
            return nil
        }
    }
}

/// The members of one object of the stored form, found in one pass; of several with one name the last counts.
private struct StoredMembers {
    /// Of a task, a video and a delivery.
    enum Name: Int, CaseIterable {
        case id, state, createdAt, updatedAt, billed, attempts, taskId, gateway, account, progress,
            submittedAt
        case completedAt, lastContactAt, degraded, gatewayStatus, gatewayEstimate, videos, error
        case idempotencyKey, labels, delivery, previous, replacedBy, simulated, endIsGuessed, doubtfulSince,
            refusedAt
        case url, expiresAt, path, directory
    }

    private static let names = NameTable(Name.allCases.map { "\($0)" })

    private var values = InlineArray<32, JSONTree.Index?>(repeating: nil)

    init(_ node: JSONTree.Index, in tree: borrowing JSONTree) {
        guard tree.kind(node) == .object else { return }
        let names = Self.names
        var members = tree.elements(node)
        while let key = members.next(in: tree), let value = members.next(in: tree) {
            if let number = names.number(of: key, in: tree) { values[number] = value }
        }
    }

    subscript(name: Name) -> JSONTree.Index? { values[name.rawValue] }

    func string(_ name: Name, in tree: borrowing JSONTree) -> String? {
        guard let node = self[name] else { return nil }
        return tree.string(node)
    }

    func int(_ name: Name, in tree: borrowing JSONTree) -> Int? {
        guard let node = self[name] else { return nil }
        return tree.int(node)
    }

    func bool(_ name: Name, in tree: borrowing JSONTree) -> Bool? {
        guard let node = self[name] else { return nil }
        return tree.bool(node)
    }

    func timestamp(_ name: Name, in tree: borrowing JSONTree) -> Timestamp? {
        int(name, in: tree).map { Timestamp(milliseconds: Int64($0)) }
    }
}
