extension TaskServiceError {
    /// What happened, what it cost, what to do next.
    public func sentence(_ locale: Locale) -> String {
        words.map { $0[locale] } ?? FailureMessages.sentence(for: failure, of: task, locale: locale)
    }

    /// Nil where the failure behind it says it all.
    private var words: LocalizedText? {
        switch self {
        case .noSuchTask(let id):
            let id = Fact.shortened(id)
            return LocalizedText(
                en:
                    "There is no task \(id) in this journal. `list` shows every task; one that only the gateway knows "
                    + "can be taken in with `adopt`.",
                zh: "任务日志中没有 \(id)。`list` 可列出所有任务；仅网关知道的任务可用 `adopt` 纳入。")
        case .keyConflict(let key, let task, let differences):
            let places = differences.isEmpty ? "/" : differences.prefix(5).joined(separator: ", ")
            return LocalizedText(
                en:
                    "The idempotencyKey \(key) belongs to \(task.id), whose request differs at \(places). Nothing was "
                    + "sent or charged. Use another key for another request, or the same request to get that task.",
                zh: "idempotencyKey \(key) 已属于 \(task.id)，两次请求在 \(places) 处不同。没有发送，也没有产生费用。"
                    + "不同的请求请换用新的键；要取回该任务请使用相同的请求。")
        case .cannotCancel(let task) where task.state == .submitting:
            return LocalizedText(
                en:
                    "\(task.id) is being sent at this moment: it may be made and charged. Ask for its `status`; `cancel` with "
                    + "`abandon: true` only stops following it.",
                zh: "\(task.id) 正在发送：可能会生成并计费。请查询其 `status`；`cancel` 加 `abandon: true` 只是不再跟踪。")
        case .cannotCancel(let task) where task.state == .queued:
            return LocalizedText(
                en:
                    "\(task.id) was sent, and it is not known whether the gateway has it: it may be made and charged. `cancel` "
                    + "with `abandon: true` stops sending and following it.",
                zh: "\(task.id) 曾经发送，不清楚网关是否已接受：可能会生成并计费。`cancel` 加 `abandon: true` 将不再发送和跟踪。")
        case .cannotCancel(let task):
            return LocalizedText(
                en: "\(task.id) is at the gateway already, which cannot cancel: it will be made and charged. "
                    + "`cancel` with `abandon: true` only stops following it.",
                zh: "\(task.id) 已提交到网关，网关不支持取消：它会继续生成并计费。`cancel` 加 `abandon: true` 只是不再跟踪。")
        case .alreadyEnded(let task) where task.state == .unconfirmed:
            return LocalizedText(
                en:
                    "\(task.id) is unconfirmed: whether the gateway has it is not known, and it may be charged. `adopt` with the "
                    + "gateway's id goes on with it, `cancel` with `abandon: true` gives it up.",
                zh: "\(task.id) 未确认：不清楚网关是否有该任务，可能已计费。用网关的任务 ID 调用 `adopt` 可继续，"
                    + "`cancel` 加 `abandon: true` 可放弃。")
        case .alreadyEnded(let task):
            return LocalizedText(
                en: "\(task.id) is at its end already (\(task.state.rawValue)); there is nothing to cancel.",
                zh: "\(task.id) 已经结束（\(task.state.rawValue)），无可取消。")
        case .cannotAdopt(let task):
            return LocalizedText(
                en:
                    "\(task.id) stays as it is (\(task.state.rawValue)), and nothing was charged by this: only a task that is "
                    + "unconfirmed, abandoned, or in line and perhaps sent can be given the gateway's id. Without `task` the id is taken in as a task of its own.",
                zh:
                    "\(task.id) 保持原状（\(task.state.rawValue)），本次调用没有产生费用：只有 unconfirmed、abandoned 或排队中可能已发送的任务可以认领"
                    + "网关 ID。不带 `task` 时，该 ID 会作为单独的任务纳入。")
        case .taskIdTaken(let taskId, let task):
            let taskId = Fact.shortened(taskId)
            return LocalizedText(
                en: "\(taskId) is followed already, as \(task.id).", zh: "\(taskId) 已在跟踪中，对应 \(task.id)。")
        case .noResult(let task) where task.state == .unconfirmed || task.state == .abandoned:
            return LocalizedText(
                en:
                    "Nothing is known of a video of \(task.id): it is \(task.state.rawValue). If the gateway has the task, "
                    + "`adopt` with the gateway's id goes on with it.",
                zh: "\(task.id) 是否有视频尚不清楚：状态为 \(task.state.rawValue)。如果网关上有该任务，请用网关的任务 ID 调用 `adopt` 继续。")
        case .noResult(let task) where task.state.isTerminal && task.state != .completed:
            return LocalizedText(
                en: "\(task.id) has no video and will have none: it is \(task.state.rawValue).",
                zh: "\(task.id) 没有视频，也不会有：状态为 \(task.state.rawValue)。")
        case .noResult(let task):
            return LocalizedText(
                en: task.state == .completed
                    ? "\(task.id) is completed, but the gateway gave no link to a video. `status` with `refresh: true` "
                        + "asks it once more."
                    : "\(task.id) has no video yet: it is \(task.state.rawValue). `wait` for it first.",
                zh: task.state == .completed
                    ? "\(task.id) 已完成，但网关没有给出视频链接。可用 `status` 加 `refresh: true` 再查询一次。"
                    : "\(task.id) 还没有视频：状态为 \(task.state.rawValue)。请先 `wait`。")
        case .budgetExceeded(let budget, let spent, let roomAfter):
            let room =
                roomAfter.map {
                    LocalizedText(
                        en:
                            "There is room for this one in \(Fact.length($0).en), should nothing else be submitted; or raise --budget.",
                        zh: "若不再提交其他任务，约\(Fact.length($0).zh)后可提交；或调高 --budget。")
                }
                ?? LocalizedText(
                    en: "It is more than the budget of a whole day: ask for less, or raise --budget.",
                    zh: "单个请求已超出一整天的预算：请减少用量，或调高 --budget。")
            return LocalizedText(
                en:
                    "This would exceed the budget of \(budget.text(.en)) in 24 hours; \(spent.text(.en)) are used. Nothing "
                    + "was sent or charged. \(room.en)",
                zh: "将超出 24 小时预算 \(budget.text(.zh))；已使用 \(spent.text(.zh))。没有发送，也没有产生费用。"
                    + room.zh)
        case .delivery(let failure, let task) where failure.obstacle == .delivery:
            return LocalizedText(
                en:
                    "The video of \(task.id) is being written at this moment by another delivery. Wait for it: "
                    + "`status` shows the file when it is there. This costs nothing.",
                zh: "\(task.id) 的视频此刻正由另一个下载写入。请等待其完成：文件写好后 `status` 会显示路径。不产生费用。")
        case .delivery(let failure, let task) where failure.obstacle == .foreign:
            let file = Fact.shortened(failure.reason?.detail ?? "", to: 300)
            return LocalizedText(
                en:
                    "The video of \(task.id) was not written: \(file) is in the way, and was not made for it. "
                    + "It was left as it is. Move it away and ask again, or give another path. Nothing is lost.",
                zh: "\(task.id) 的视频没有写入：\(file) 占用了所需的文件名，且不属于本程序或该任务，已保持原样。"
                    + "请移走该文件后重试，或换一个路径。没有任何损失。")
        case .delivery(let failure, let task) where failure.obstacle == .noVideo:
            let file = Fact.shortened(failure.reason?.detail ?? "", to: 300)
            return LocalizedText(
                en:
                    "The video of \(task.id) was not written: \(file) is there and is no video, so it is not replaced even with "
                    + "`overwrite: true`. Give another path. Nothing is lost.",
                zh: "\(task.id) 的视频没有写入：\(file) 已存在且不是视频，即使使用 `overwrite: true` 也不会替换。请换一个路径。没有任何损失。")
        case .delivery(let failure, let task) where failure.kind == .conflict:
            let file = Fact.shortened(failure.reason?.detail ?? "", to: 300)
            return LocalizedText(
                en:
                    "The video of \(task.id) was not written, for its file exists (\(file)). Give another path, or "
                    + "`overwrite: true`. The video is made and stays at the gateway for a while.",
                zh: "\(task.id) 的视频没有写入，因为文件已存在（\(file)）。请换一个路径，或使用 `overwrite: true`。"
                    + "视频已经生成，会在网关保留一段时间。")
        case .journal(.closed), .shuttingDown:
            return LocalizedText(
                en:
                    "The program is shutting down; nothing was sent. Its tasks are in the journal and go on at the next "
                    + "start.",
                zh: "程序正在关闭，没有发送任何内容。任务都在日志中，下次启动时继续。")
        case .journal(let failure):
            return LocalizedText(
                en: FailureMessages.sentence(for: failure, locale: .en),
                zh: FailureMessages.sentence(for: failure, locale: .zh))
        case .gateway(let failure, let task)
        where failure.kind == .taskNotFound || failure.kind == .invalidRequest:
            guard task != nil || failure.kind == .taskNotFound else { return nil }
            return Self.unknownId(of: task)
        case .gateway(let failure, let task?)
        where task.mayBeToldItsId && !failure.isAboutTheTask:
            let (en, zh) = (
                FailureMessages.cause(of: failure, locale: .en),
                FailureMessages.cause(of: failure, locale: .zh)
            )
            return LocalizedText(
                en: en
                    + " Whether it has a task with this id is not known, so \(task.id) stays \(task.state.rawValue), perhaps "
                    + "charged. Call `adopt` again later; do not submit it anew.",
                zh: zh + "无法确认网关是否有此 ID 的任务，\(task.id) 保持 \(task.state.rawValue)，可能已计费。请稍后再次 `adopt`，"
                    + "不要重新提交。")
        case .gateway, .delivery: return nil
        }
    }

    /// An id was to be adopted that is none. What that says of the task is nothing.
    private static func unknownId(of task: VideoTask?) -> LocalizedText {
        let (en, zh) = (
            "The gateway knows no task with this id, or not for this key.",
            "网关没有此 ID 的任务，或该 Key 无权查看。"
        )
        guard let task else {
            return LocalizedText(
                en: en
                    + " Nothing was taken in. Check the id, and that the key is one of the account that has it.",
                zh: zh + "没有纳入任何任务。请检查 ID，并确认 Key 属于拥有该任务的账户。")
        }
        let (paidEn, paidZh) =
            switch task.billed {
            case .no: ("not charged", "没有计费")
            case .yes: ("charged", "已计费")
            case .pending, .unknown: ("perhaps charged", "可能已计费")
            }
        return LocalizedText(
            en: en
                + " \(task.id) stays as it was: \(task.state.rawValue), \(paidEn). Look up its id in your account at "
                + "the gateway and `adopt` that; submit anew only if it is not there.",
            zh: zh + "\(task.id) 保持原状：\(task.state.rawValue)，\(paidZh)。请在网关账户中查出其任务 ID 再 `adopt`；"
                + "确认不存在后再重新提交。")
    }
}

extension SpendBudget {
    fileprivate func text(_ locale: Locale) -> String {
        let parts = [
            submissions.map { locale == .en ? "\($0) submissions" : "\($0) 次提交" },
            seconds.map { locale == .en ? "\($0) s of video" : "\($0) 秒视频" }
        ]
        return parts.compactMap { $0 }.joined(separator: locale == .en ? " and " : "和")
    }
}
