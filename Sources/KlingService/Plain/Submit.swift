import JSON
import JSONRPC
import KlingCore

extension PlainDialect {
    private enum WaitFor: String, CaseIterable {
        case queued, submitted, completed

        var condition: WaitCondition? {
            switch self {
            case .queued: nil
            case .submitted: .submitted
            case .completed: .terminal
            }
        }
    }

    /// `submit`: the one method that pays. The intent is durable before anything is sent.
    static let submit = Method(
        "submit",
        en: "Makes a video: the one method that pays. The intent is durable before anything is sent.",
        zh: "提交生成：唯一付费的方法。发送之前意图已写入日志。",
        [
            .request, .text, .uri,
            .optional(
                "idempotencyKey", .pattern("^[!-~]{1,191}$"),
                en:
                    "The same key gives the same task, across calls, processes and restarts; nothing "
                    + "is paid twice.",
                zh: "相同的键返回同一任务，跨调用、进程和重启有效，不会重复付费。"),
            .optional(
                "waitFor", .words { WaitFor.allCases.map(\.rawValue) }, default: "submitted",
                en: "Answer when the task is in the journal, at the gateway, or at its end.",
                zh: "在任务入队、已提交或结束时返回。"),
            .timeout,
            .optional(
                "dryRun", .boolean, default: false, en: "Send nothing: answer with what would be sent.",
                zh: "不发送，只返回将要发送的内容。"),
            .strict,
            .optional(
                "download", .object([.directory, .path]),
                en: "Put the video on the disk when it is there: into `directory` or as `path`, not both.",
                zh: "完成后保存视频：`directory` 或 `path`，二选一。"),
            .labels
        ], of: [.source], gives: .either([.task, .component(.dryRun)]),
        errors: [
            .validation, .invalidRequest, .paymentRequired, .conflict, .budgetExceeded, .journalUnavailable
        ]
            + Failure.Kind.gateway
    ) { (context, arguments, tree, writer) throws(RPCError) in
        let input = try arguments.input(
            request: 0, text: 1, uri: 2, languageId: nil, values: context.limits.values, in: tree)
        let key = try arguments.idempotencyKey(3, in: tree)
        let waitFor = try arguments.choice(4, WaitFor.self, in: tree) ?? .submitted
        let timeout = try arguments.seconds(5, in: tree) ?? Context.defaultWait
        let isDryRun = try arguments.bool(6, in: tree) ?? false
        let delivery = try arguments.delivery(8, in: tree, default: context.settings.downloadDirectory)
        let labels = try arguments.stringMap(9, in: tree) ?? [:]
        let options = ValidationOptions(
            strict: try arguments.bool(7, in: tree) ?? context.settings.strict,
            // An error stays one where money is spent, whatever a client would rather see.
            severities: context.settings.severities.filter { $0.value == .error })
        let locale = context.settings.locale

        let (request, findings) = try context.accepted(input, in: tree, options: options, locale: locale)
        if isDryRun {
            writePreview(
                context.tasks.gateway.preview(request, key: "kt_(the-new-task)"), of: request, into: &writer)
            return .written
        }
        let submission = Submission(
            request: request, key: key, labels: labels, delivery: delivery,
            patience: waitFor == .queued ? nil : .seconds(timeout))
        let tasks = context.tasks
        return .deferred(
            DeferredWork(isBrief: waitFor == .queued, answersCancellation: true) {
                do throws(TaskServiceError) {
                    let submitted = try await tasks.submit(submission)
                    var report = submitted.report
                    if let condition = waitFor.condition {
                        let waited = try await tasks.wait(
                            [report.task.id.text], until: condition, timeout: .seconds(timeout))
                        report = waited.tasks.first ?? report
                    }
                    if Task.isCancelled, !report.task.state.isTerminal {
                        return .failure(cancelled(report.task, locale: locale))
                    }
                    if let refusal = report.task.refusal, !submitted.isDeduplicated {
                        return .failure(refusal.rpcError(task: report.task, locale: locale))
                    }
                    return answer(report, submitted, findings: findings, locale: locale)
                } catch {
                    return .failure(error.rpcError(locale: locale))
                }
            })
    }

    /// Cancelling the call does not take the task back: whoever reads "cancelled" must not think so and submit again.
    private static func cancelled(_ task: VideoTask, locale: Locale) -> RPCError {
        let message =
            switch locale {
            case .en:
                "Only the waiting was cancelled: \(task.id) is in the journal and goes on, and is "
                    + "charged when it is made. "
                    + "`wait` for it, or `cancel` it while it is queued; do not submit it anew."
            case .zh:
                "取消的只是等待：\(task.id) 已写入日志并会继续，生成后计费。请 `wait` 等待它，或在排队时 `cancel`；不要重新提交。"
            }
        return RPCError(
            code: RPCError.cancelled.code, message: message,
            data: [
                "type": "request_cancelled", "message": nil, "task": .string(task.id.text),
                "billed": .string(task.state == .queued ? "no" : "unknown"), "retry": "never",
                "next": ["method": "wait", "params": ["task": .string(task.id.text)]]
            ])
    }

    private static func answer(
        _ report: TaskReport, _ submitted: Submitted, findings: [JSONValue], locale: Locale
    ) -> Answer {
        let findings = findings + submitted.hints.map { json($0, locale: locale) }
        return .success { writer in
            writer.beginObject()
            report.writeMembers(locale: locale, into: &writer)
            if submitted.isDeduplicated {
                writer.name("deduplicated")
                writer.bool(true)
            }
            writer.name("diagnostics")
            writer.value(.array(findings))
            writer.endObject()
        }
    }

    private static func writePreview(
        _ preview: CreatePreview, of request: VideoRequest, into writer: inout JSONWriter
    ) {
        writer.value([
            "dryRun": true, "method": .string(preview.method), "url": .string(preview.url),
            "headers": .object(
                JSONObject(preview.headers.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "body": .object(request.body)
        ])
    }

    private static func json(_ diagnostic: Diagnostic, locale: Locale) -> JSONValue {
        var writer = JSONWriter()
        diagnostic.write(locale: locale, lines: nil, into: &writer)
        let tree = JSONTree(writer.bytes)
        return tree.value(tree.root)
    }
}

extension Context {
    /// The one request of the input, normalised, with the findings below error. With errors: 422, nothing is
    /// sent.
    func accepted(
        _ input: RequestInput, in tree: borrowing JSONTree, options: ValidationOptions, locale: Locale
    ) throws(RPCError) -> (VideoRequest, [JSONValue]) {
        let validation: Validation
        var lines: LineIndex?
        switch input {
        case .request(let place): validation = validator.validate(tree, at: place, options: options)
        case .document(let document):
            var options = options
            options.edits = true
            validation = validator.validate(document: document.tree, options: options)
            lines = document.lines
        }
        var writer = JSONWriter()
        validation.writeDiagnostics(locale: locale, lines: lines, encoding: encoding, into: &writer)
        let diagnosticsTree = JSONTree(writer.bytes)
        let diagnostics = diagnosticsTree.value(diagnosticsTree.root)
        guard validation.isValid else {
            throw refusal(validation, diagnostics, locale: locale)
        }
        guard validation.requests.count == 1, let request = validation.requests.first else {
            throw .invalidParams(
                "submit takes one request; the text has \(validation.requests.count): submit them one by one")
        }
        return (request, diagnostics.array ?? [])
    }

    private func refusal(_ validation: Validation, _ diagnostics: JSONValue, locale: Locale) -> RPCError {
        let failure = Failure(
            .validation,
            message: validation.diagnostics.first { $0.severity == .error }.map { $0.message(locale) }
                ?? validation.diagnostics.first?.message(locale))
        var error = failure.rpcError(task: nil, locale: locale)
        if case .object(var data)? = error.data {
            data["diagnostics"] = diagnostics
            error.data = .object(data)
        }
        return error
    }
}

extension Arguments {
    /// 1–191 visible ASCII characters, what the `Idempotency-Key` header can carry.
    func idempotencyKey(_ number: Int, in tree: borrowing JSONTree) throws(RPCError) -> String? {
        guard let key = try string(number, in: tree) else { return nil }
        guard (1...191).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalidParams("idempotencyKey must be 1 to 191 visible ASCII characters")
        }
        return key
    }

    /// `{directory?, path?}`: where the result goes.
    func delivery(
        _ number: Int, in tree: borrowing JSONTree, default directory: String?
    ) throws(RPCError) -> VideoTask.Delivery? {
        guard let place = self[number] else { return nil }
        guard case .object(let members) = tree.value(place) else {
            throw .invalidParams("download must be an object with directory or path")
        }
        for (name, value) in members {
            guard name == "directory" || name == "path" else {
                throw unknownWord("download", name, ["directory", "path"])
            }
            guard value.string != nil else { throw .invalidParams("download.\(name) must be a string") }
        }
        return try .place(
            directory: members["directory"]?.string, path: members["path"]?.string, default: directory)
    }
}

extension VideoTask.Delivery {
    /// The directory or the path, each as a path or a `file:` URI; without either the default directory, or
    /// the working directory.
    static func place(
        directory: String?, path: String?, default: String?
    ) throws(RPCError) -> VideoTask.Delivery {
        switch (directory, path) {
        case (_?, _?): throw .invalidParams("only one of directory and path can be given")
        case (let given?, nil): return .directory(try DocumentSource.place(given, of: "directory"))
        case (nil, let given?):
            let path = try DocumentSource.place(given, of: "path")
            // Told before the task is paid for, and not when its video cannot be written.
            guard !path.hasSuffix("/"), !FileSystem.isDirectory(path) else {
                throw .invalidParams(
                    "path must name a file, and \(quoted(given)) is a directory: give it as directory instead"
                )
            }
            return .path(path)
        case (nil, nil): return .directory(`default` ?? ".")
        }
    }
}
