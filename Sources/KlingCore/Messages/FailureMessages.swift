/// Sentences about what did not work: what happened, what it cost, what to do next.
///
/// No sentence advises to send a create again where that could be paid for twice.
public enum FailureMessages {
    /// - Parameter task: the task it is about, if any: one in line is sent again by itself, one at its end is over.
    public static func sentence(for failure: Failure, of task: VideoTask? = nil, locale: Locale) -> String {
        if let task, let origin = task.replacedBy { return replaced(task, by: origin)[locale] }
        if let task, failure.isElsewhere(task) { return elsewhere(task)[locale] }
        let isOver = task.map { $0.state.isTerminal && $0.state != .unconfirmed && $0.taskId != nil } ?? false
        let parts: [LocalizedText?] =
            if let task, isOver {
                ended(task, failure)
            } else {
                [
                    operatorReason(failure) ?? happened(failure), cost(failure, of: task),
                    task?.state == .queued ? inLine(failure) : next(failure)
                ]
            }
        var sentences = parts.compactMap { $0?[locale] }
        if let reason = failure.reason?.words[locale], !reason.isEmpty, let first = sentences.first {
            sentences[0] = because(first, reason, locale)
        }
        var text = sentences.joined(separator: space(locale))
        // A gateway that failed says "please try again"; where that could pay twice its words stay in `data.message`.
        // So do words in another script than the sentence's.
        let mayAdvise = failure.httpStatus != nil && (failure.billed != .no || task?.state == .queued)
        if let message = failure.message, !message.isEmpty,
            isOver ? failure.billed == .no || !advises(message) : failure.billed != .unknown && !mayAdvise,
            locale == .zh || !message.unicodeScalars.contains(where: \.properties.isIdeographic)
        {
            let words = Fact.shortened(message, to: 300)
            switch (failure.kind, locale) {
            case (.validation, .en): text += " The first: \(words)"
            case (.validation, .zh): text += "首先：\(words)"
            case (_, .en): text += " It said: \"\(words)\""
            case (_, .zh): text += "对方返回：“\(words)”"
            }
        }
        return text
    }

    /// Words of a gateway that call for another attempt, whatever the first has cost.
    private static func advises(_ message: String) -> Bool {
        let text = message.lowercased()
        return ["again", "retry", "re-try", "resubmit", "later", "重试", "再试", "重新", "稍后"].contains {
            text.contains($0)
        }
    }

    /// What happened, without what it means for a task.
    static func cause(of failure: Failure, locale: Locale) -> String {
        (operatorReason(failure) ?? happened(failure))[locale]
    }

    private static func inLine(_ failure: Failure) -> LocalizedText {
        if failure.isMissingKey {
            let advice = keyAdvice(failure)
            return LocalizedText(
                en:
                    "The task stays in line and is sent by itself once this program has a key; do not submit it "
                    + "anew. \(advice.en)",
                zh: "任务仍在排队，本程序有 Key 后会自动发送，不要重新提交。\(advice.zh)")
        }
        let mend = isAboutOperator(failure) ? tellOperator : mend(failure)
        return LocalizedText(
            en: (mend.map { $0.en + " " } ?? "")
                + "The task stays in line and is sent by itself as soon as the gateway takes it: `wait` for it, or "
                + "`cancel` it; do not submit it anew.",
            zh: (mend?.zh ?? "") + "任务仍在排队，网关可用后会自动发送：请 `wait` 等待或 `cancel` 取消，不要重新提交。")
    }

    private static func keyAdvice(_ failure: Failure) -> LocalizedText {
        failure.keyProblem?.advice ?? KeyProblem.invitation
    }

    /// The sentence with the reason in brackets before its end.
    private static func because(_ sentence: String, _ reason: String, _ locale: Locale) -> String {
        locale == .en ? "\(sentence.dropLast()) (\(reason))." : "\(sentence.dropLast())（\(reason)）。"
    }

    private static func space(_ locale: Locale) -> String { locale == .en ? " " : "" }

    private static func happened(_ failure: Failure) -> LocalizedText {
        switch failure.kind {
        case _ where failure.reason?.kind == .answersLost:
            LocalizedText(
                en:
                    "The answers to earlier creates were lost; until the gateway answers again, tasks are sent one at a time.",
                zh: "之前的创建请求没有收到应答；在网关恢复应答之前，任务将逐个发送。")
        case .validation:
            LocalizedText(en: "The request has errors, so it was not sent.", zh: "请求有错误，没有发送。")
        case .invalidRequest:
            LocalizedText(en: "The gateway refused the request as invalid.", zh: "网关认为请求无效并拒绝了它。")
        case .authentication where failure.isMissingKey:
            LocalizedText(
                en: "There is no API key, so nothing was sent."
                    + (failure.keyProblem.map { " \($0.sentence.en)" } ?? ""),
                zh: "没有 API Key，没有发送任何内容。" + (failure.keyProblem?.sentence.zh ?? ""))
        case .authentication:
            LocalizedText(en: "The gateway did not accept the API key.", zh: "网关不接受该 API Key。")
        case .permission:
            LocalizedText(en: "The API key may not do this.", zh: "该 API Key 没有此权限。")
        case .paymentRequired:
            LocalizedText(en: "The account has not enough funds.", zh: "账户余额不足。")
        case .taskNotFound where failure.billed != .no:
            LocalizedText(
                en: "The gateway says that it knows no task with this id, or not for this key.",
                zh: "网关表示没有此 ID 的任务，或该 Key 无权查看。")
        case .taskNotFound:
            LocalizedText(en: "There is no such task.", zh: "没有这个任务。")
        case .conflict:
            LocalizedText(en: "This contradicts something that exists already.", zh: "与已有内容冲突。")
        case .resultExpired:
            LocalizedText(
                en: "The link to the video has expired and no fresh one could be had.",
                zh: "视频链接已过期，也无法取得新链接。")
        case .rateLimit:
            LocalizedText(en: "The gateway takes no more requests at the moment.", zh: "网关暂时不再接受请求。")
        case .budgetExceeded:
            LocalizedText(
                en: "The budget set with --budget would be exceeded, so nothing was sent.",
                zh: "将超出 --budget 设定的预算，没有发送。")
        case .serverError:
            LocalizedText(en: "The gateway had an error of its own.", zh: "网关内部出错。")
        case .badGateway where failure.redirect != nil:
            LocalizedText(
                en:
                    "The address of the gateway redirects to \(place(failure)); no redirect is followed with a "
                    + "request that is paid.",
                zh: "网关地址重定向到 \(place(failure))；付费请求不会跟随重定向。")
        case .badGateway where failure.billed == .no && (400..<500).contains(failure.httpStatus ?? 0):
            LocalizedText(
                en: "What answers at the gateway's address takes no tasks (HTTP \(failure.httpStatus ?? 0)).",
                zh: "网关地址上的服务不接受任务（HTTP \(failure.httpStatus ?? 0)）。")
        case .badGateway:
            LocalizedText(en: "The gateway's answer could not be understood.", zh: "无法理解网关的应答。")
        case .unreachable where failure.reason?.kind == .interrupted:
            LocalizedText(
                en: "The program ended while the task was being sent, before the answer came.",
                zh: "程序在发送任务时结束，未收到应答。")
        case .unreachable where failure.httpStatus != nil:
            LocalizedText(
                en: "The gateway is not available at the moment (HTTP \(failure.httpStatus ?? 0)).",
                zh: "网关暂时不可用（HTTP \(failure.httpStatus ?? 0)）。")
        case .unreachable where failure.billed == .unknown:
            LocalizedText(
                en: "The connection to the gateway broke off before its answer came.", zh: "与网关的连接在收到应答前中断。")
        case .unreachable:
            LocalizedText(en: "The gateway could not be reached.", zh: "无法连接网关。")
        case .timeout where failure.reason?.kind == .unanswered:
            LocalizedText(
                en:
                    "The gateway has not answered the creates before this one for 10 seconds; this one is not sent yet.",
                zh: "网关已有 10 秒没有应答之前的创建请求；本任务尚未发送。")
        case .timeout:
            LocalizedText(en: "The gateway did not answer in time.", zh: "网关没有按时应答。")
        case .journalUnavailable:
            LocalizedText(
                en: "The journal of tasks cannot be used, so nothing was sent.", zh: "任务日志无法使用，没有发送任何内容。")
        case .contentPolicy:
            LocalizedText(
                en: "Kling refused the content of the request under its policy.", zh: "可灵因内容政策拒绝了该请求。")
        case .fileSystem:
            LocalizedText(en: "The file could not be written.", zh: "无法写入文件。")
        }
    }

    private static func place(_ failure: Failure) -> String {
        Fact.shortened(failure.redirect ?? "", to: 300)
    }

    private static func cost(_ failure: Failure, of task: VideoTask?) -> LocalizedText? {
        switch failure.billed {
        case .no: LocalizedText(en: "Nothing was charged.", zh: "没有产生费用。")
        case .yes: LocalizedText(en: "The task has been charged.", zh: "该任务已计费。")
        case .unknown:
            LocalizedText(
                en: "It is not known whether the task exists and is charged.", zh: "无法确定任务是否已创建并计费。")
        // A user has said that it has, or it says now that it has not.
        case .pending where failure.kind == .taskNotFound || task?.isHearsay == true:
            LocalizedText(en: "If it has the task, it settles at its end.", zh: "如网关确有该任务，结束时结算。")
        case .pending:
            LocalizedText(en: "The gateway has the task and settles at its end.", zh: "网关已接受任务，结束时结算。")
        }
    }

    private static func next(_ failure: Failure) -> LocalizedText? {
        // Whatever the cause: what may exist must not be sent again.
        if failure.billed == .unknown {
            return LocalizedText(
                en:
                    "Look for it in your account at the gateway: `adopt` its id if it is there; submit anew only if "
                    + "it is not.",
                zh: "请在网关账户中查看：如已存在，用 `adopt` 认领其任务 ID；确认不存在后再重新提交。")
        }
        if failure.billed == .pending || failure.billed == .yes, failure.kind != .resultExpired {
            switch failure.kind {
            case .fileSystem where failure.reason?.kind != .tooLarge:
                return LocalizedText(
                    en:
                        "Make room or choose another directory, then call `download`; the video is made already.",
                    zh: "请腾出空间或更换目录后调用 `download`；视频已经生成。")
            case .taskNotFound:
                return LocalizedText(
                    en:
                        "It is asked for again by itself; do not submit it anew. If your account does not have it, `cancel` with "
                        + "`abandon: true` ends this and frees its slot.",
                    zh: "会自动再次查询，不要重新提交。若您的账户中没有该任务，用 `cancel` 加 `abandon: true` 可结束查询并释放名额。")
            default:
                let mend = mend(failure)
                return LocalizedText(
                    en: (mend.map { $0.en + " " } ?? "")
                        + "The task goes on; ask for its `status`, do not submit it anew.",
                    zh: (mend?.zh ?? "") + "任务仍在继续；请用 `status` 查询，不要重新提交。")
            }
        }
        if isAboutOperator(failure) { return askOperator }
        switch failure.kind {
        case .validation:
            return LocalizedText(en: "Correct what `diagnostics` lists.", zh: "请按 `diagnostics` 修正。")
        case .invalidRequest, .contentPolicy:
            return LocalizedText(en: "Change the request before sending it.", zh: "请修改请求后再提交。")
        case .authentication, .permission: return mend(failure)
        case .paymentRequired:
            return LocalizedText(en: "Top up the account, then submit.", zh: "请充值后再提交。")
        case .taskNotFound:
            return LocalizedText(en: "Check the id; `list` shows every task.", zh: "请检查 ID；`list` 可列出所有任务。")
        case .conflict:
            return LocalizedText(
                en: "Use another name or key, or ask for what exists.", zh: "请换用其他名称或键，或查询已有内容。")
        case .resultExpired:
            return LocalizedText(
                en: "Ask the gateway's support with the task's id; the video itself was made.",
                zh: "请凭任务 ID 联系网关支持；视频已经生成。")
        case .rateLimit:
            return wait(failure)
                ?? LocalizedText(
                    en: "Submit later, or fewer at once (--max-active).", zh: "请稍后提交，或用 --max-active 减少并发。")
        case .budgetExceeded:
            return LocalizedText(
                en: "Wait until earlier submissions are a day old, or raise --budget.",
                zh: "请等较早的提交满一天，或调高 --budget。")
        case .badGateway where failure.redirect != nil:
            return useItsAddress
        case .serverError, .badGateway, .unreachable, .timeout:
            return wait(failure) ?? mend(failure)
                ?? LocalizedText(
                    en: "Check the connection and --gateway; nothing of this request is left there.",
                    zh: "请检查网络和 --gateway；该请求没有在网关留下任何内容。")
        case .journalUnavailable:
            return LocalizedText(
                en: "Check the file given with --journal: it must be writable and the disk not full.",
                zh: "请检查 --journal 指定的文件：须可写且磁盘未满。")
        case .fileSystem where failure.reason?.kind == .tooLarge: return nil
        case .fileSystem:
            return LocalizedText(
                en: "Make room or choose another directory.", zh: "请腾出空间或更换目录。")
        }
    }

    /// What only the user can put right, so that it works again.
    private static func mend(_ failure: Failure) -> LocalizedText? {
        switch failure.kind {
        case _ where isAboutOperator(failure): askOperator
        case .authentication: keyAdvice(failure)
        case .permission:
            LocalizedText(
                en: "Check the key's rights at https://xcompute.us/keys.",
                zh: "请在 https://xcompute.us/keys 检查该 Key 的权限。")
        case .paymentRequired: LocalizedText(en: "Top up the account.", zh: "请充值。")
        case .badGateway where failure.redirect != nil: useItsAddress
        case .badGateway where failure.reason?.advice != nil: failure.reason?.advice
        case .badGateway where failure.concernsAll && failure.httpStatus != nil:
            LocalizedText(
                en: "Check --gateway: what answers there does not look like the gateway.",
                zh: "请检查 --gateway：该地址的应答不像是网关。")
        default: failure.reason?.advice
        }
    }

    private static let useItsAddress = LocalizedText(
        en: "Set --gateway to the address of the gateway itself.", zh: "请将 --gateway 设为网关本身的地址。")

    private static func wait(_ failure: Failure) -> LocalizedText? {
        guard case .after(let duration) = failure.retry else { return nil }
        let seconds = max(1, Int(duration.seconds.rounded(.up)))
        return LocalizedText(
            en: "It may be submitted after \(seconds) seconds.", zh: "可在 \(seconds) 秒后提交。")
    }
}

extension FailureMessages {
    /// Nothing is sent without the journal, so none of these costs anything.
    public static func sentence(for failure: JournalFailure, locale: Locale) -> String {
        cause(of: failure)[locale] + (locale == .en ? " Nothing was sent or charged." : "没有发送任何内容，也没有产生费用。")
    }

    /// Why a journal cannot be used, and what to do, without a word of what that means for a call.
    public static func cause(of failure: JournalFailure) -> LocalizedText {
        switch failure {
        case .cannotOpen(let path, let reason):
            LocalizedText(
                en:
                    "The journal \(path) cannot be opened (\(reason)). Check that the directory exists and is "
                    + "writable, or name another with --journal.",
                zh: "无法打开任务日志 \(path)（\(reason)）。请确认目录存在且可写，或用 --journal 指定其他位置。")
        case .locked(let path):
            LocalizedText(
                en:
                    "The journal \(path) is held by another program. Close that program, or name another journal with "
                    + "--journal.",
                zh: "任务日志 \(path) 被其他程序占用。请关闭该程序，或用 --journal 指定其他位置。")
        case .readOnly(let path):
            LocalizedText(
                en:
                    "The journal \(path) is read-only. Give it write permission, or name another with --journal.",
                zh: "任务日志 \(path) 为只读。请授予写权限，或用 --journal 指定其他位置。")
        case .corrupt(let path, let reason):
            LocalizedText(
                en:
                    "The journal \(path) is damaged (\(reason)). Keep a copy of it, for it names tasks that may be "
                    + "charged, and start a new one with --journal.",
                zh: "任务日志 \(path) 已损坏（\(reason)）。其中可能有已计费的任务，请保留副本，并用 --journal 新建一个。")
        case .newer(let path, let version):
            LocalizedText(
                en:
                    "The journal \(path) was written by a newer version of this program (format \(version)). Use that "
                    + "version, or name another journal with --journal.",
                zh: "任务日志 \(path) 由更新版本的程序写入（格式 \(version)）。请使用该版本，或用 --journal 指定其他位置。")
        case .wrongKind(let path, let simulated):
            simulated
                ? LocalizedText(
                    en:
                        "The journal \(path) holds simulated tasks; they are never mixed with real ones. Name another "
                        + "with --journal.",
                    zh: "任务日志 \(path) 存放的是模拟任务，不能与真实任务混用。请用 --journal 指定其他位置。")
                : LocalizedText(
                    en:
                        "The journal \(path) holds real tasks; they are never mixed with simulated ones. Name another "
                        + "with --journal.",
                    zh: "任务日志 \(path) 存放的是真实任务，不能与模拟任务混用。请用 --journal 指定其他位置。")
        case .diskFull(let path):
            LocalizedText(
                en: "The disk with the journal \(path) is full. Make room.", zh: "任务日志 \(path) 所在磁盘已满。请腾出空间。")
        case .taskIdTaken(let task):
            LocalizedText(
                en: "The gateway's id is that of another task, \(task.id).", zh: "该网关 ID 属于另一个任务 \(task.id)。")
        case .other(let path, let reason):
            LocalizedText(
                en: "The journal \(path) cannot be used (\(reason)).", zh: "任务日志 \(path) 无法使用（\(reason)）。")
        case .closed:
            LocalizedText(en: "The program is shutting down.", zh: "程序正在关闭。")
        }
    }
}

extension Failure {
    /// Known without the gateway's word.
    fileprivate var isMissingKey: Bool {
        kind == .authentication && httpStatus == nil && klingCode == nil
    }
}
