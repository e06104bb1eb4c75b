/// Sentences about a task that the gateway had and that is at its end: no doubt about its existence is left,
/// and a new `submit` is a new task.
extension FailureMessages {
    static func ended(_ task: VideoTask, _ failure: Failure) -> [LocalizedText] {
        switch task.state {
        case .completed: completed(task, failure)
        case .cancelled:
            [
                LocalizedText(en: "The task was cancelled at the gateway.", zh: "任务已在网关被取消。"),
                charge(failure), anew
            ]
        default:
            [
                operatorReason(failure) ?? reason(failure), charge(failure),
                isAboutOperator(failure) ? askOperator : isAboutRequest(failure) ? change : anew
            ]
        }
    }

    private static func completed(_ task: VideoTask, _ failure: Failure) -> [LocalizedText] {
        if task.videos.isEmpty {
            return [
                LocalizedText(
                    en: "The task is completed, but the gateway names no video.", zh: "任务已完成，但网关没有给出视频地址。"),
                charge(failure),
                LocalizedText(
                    en:
                        "Ask for its `status` with `refresh` later; if no link comes, ask the gateway's support "
                        + "with the task's id.",
                    zh: "请稍后用 `status` 加 `refresh` 查询；若仍无链接，请凭任务 ID 联系网关支持。")
            ]
        }
        let happened =
            switch failure.kind {
            case .fileSystem: LocalizedText(en: "The file could not be written.", zh: "无法写入文件。")
            case .conflict where failure.obstacle == .delivery:
                LocalizedText(en: "Another delivery is writing the file.", zh: "另一个下载正在写入该文件。")
            case .conflict where failure.obstacle == .foreign:
                LocalizedText(
                    en: "A file that is not this program's is in the way; it was left as it is.",
                    zh: "有不属于本程序的文件占用了所需的文件名，已保持原样。")
            case .conflict where failure.obstacle == .noVideo:
                LocalizedText(
                    en: "What is in the file's place is no video; it was left as it is.",
                    zh: "目标位置的文件不是视频，已保持原样。")
            case .conflict: LocalizedText(en: "The file exists already.", zh: "文件已存在。")
            case .resultExpired:
                LocalizedText(
                    en: "The link to the video has expired and no fresh one could be had.",
                    zh: "视频链接已过期，也无法取得新链接。")
            default: LocalizedText(en: "The video could not be fetched.", zh: "无法下载视频。")
            }
        let next =
            switch failure.kind {
            case .fileSystem where task.degraded:
                LocalizedText(
                    en:
                        "Make room: it is tried again by itself as long as the link lives.",
                    zh: "请腾出空间：链接有效期间会自动重试。")
            case _ where task.degraded:
                LocalizedText(
                    en: "It is tried again by itself as long as the link lives; the video is made already.",
                    zh: "链接有效期间会自动重试；视频已经生成。")
            case _ where failure.isForAnotherProgram:
                LocalizedText(
                    en: "Fetch it with another program by its link in `videos`; the video is made already.",
                    zh: "请用其他程序通过 `videos` 中的链接下载；视频已经生成。")
            case .conflict:
                LocalizedText(
                    en: "Choose another place, then call `download`; the video is made already.",
                    zh: "请更换位置后调用 `download`；视频已经生成。")
            case .fileSystem:
                LocalizedText(
                    en: "Make room or choose another place, then call `download`; the video is made already.",
                    zh: "请腾出空间或更换位置后调用 `download`；视频已经生成。")
            case .resultExpired:
                LocalizedText(
                    en: "Ask the gateway's support with the task's id; the video itself was made.",
                    zh: "请凭任务 ID 联系网关支持；视频已经生成。")
            default:
                LocalizedText(
                    en: "Call `download` to fetch it again; the video is made already.",
                    zh: "请调用 `download` 重新下载；视频已经生成。")
            }
        return [happened, charge(failure), next]
    }

    private static func reason(_ failure: Failure) -> LocalizedText {
        switch failure.kind {
        case .contentPolicy:
            LocalizedText(
                en: "Kling refused the content of the request under its policy.", zh: "可灵因内容政策拒绝了该请求。")
        case .invalidRequest, .validation:
            LocalizedText(en: "Kling could not work with the request.", zh: "可灵无法处理该请求。")
        case .rateLimit:
            LocalizedText(en: "Kling had no room for the task.", zh: "可灵没有空余容量处理该任务。")
        case .paymentRequired:
            LocalizedText(en: "The account has not enough funds.", zh: "账户余额不足。")
        default:
            LocalizedText(
                en: "The video could not be made: the gateway or Kling had an error of its own.",
                zh: "视频未能生成：网关或可灵内部出错。")
        }
    }

    private static func charge(_ failure: Failure) -> LocalizedText {
        switch failure.billed {
        case .no: LocalizedText(en: "Nothing was charged.", zh: "没有产生费用。")
        case .yes: LocalizedText(en: "The task has been charged.", zh: "该任务已计费。")
        case .unknown, .pending:
            LocalizedText(
                en: "Whether it was charged shows in your account at the gateway.", zh: "是否计费请在网关账户中查看。")
        }
    }

    private static func isAboutRequest(_ failure: Failure) -> Bool {
        failure.kind == .contentPolicy || failure.kind == .invalidRequest || failure.kind == .validation
    }

    private static let change = LocalizedText(
        en: "Change the prompt or the pictures; a new `submit` is a new task with its own price.",
        zh: "请修改提示词或图片；再次 `submit` 是新任务，单独计费。")

    private static let anew = LocalizedText(
        en: "The task is over; a new `submit` is a new task with its own price.",
        zh: "该任务已结束；再次 `submit` 是新任务，单独计费。")
}

extension FailureMessages {
    /// A warning before the video of a completed task is lost.
    package static func expiring(_ task: VideoTask, at time: Timestamp, locale: Locale) -> String {
        LocalizedText(
            en:
                "\(task.id): the gateway deletes the video at \(time), and it is in no file yet. It is paid for: `download` it "
                + "before.",
            zh: "\(task.id)：网关将在 \(time) 删除该视频，而它尚未保存到任何文件。视频已计费，请在此之前 `download`。"
        )[locale]
    }

    /// What the gateway has asked of everybody.
    package static func asked(_ wish: GatewayPace.Wish, locale: Locale) -> String {
        let length = Fact.length(wish.length ?? .zero)
        return switch wish {
        case .noReads:
            LocalizedText(
                en:
                    "The gateway asks not to be asked how tasks are for \(length.en). They go on there; what becomes of them is "
                    + "seen afterwards.",
                zh: "网关要求\(length.zh)内不再查询任务状态。任务会继续进行，之后再获取结果。")[locale]
        case .hold(let hold, _, _) where !hold.isRefusal:
            LocalizedText(
                en:
                    "The answers to the last creates were lost, and what became of those tasks is not known. What is queued is "
                    + "sent slowly, one after the other, until the gateway answers again.",
                zh: "最近几次创建请求都没有收到应答，无法得知这些任务的结果。排队的任务将逐个缓慢发送，直到网关恢复应答。")[locale]
        case .hold(let hold, _, _):
            LocalizedText(
                en:
                    "The gateway refuses every task (\(hold.failure.kind.code), \(hold.failure.kind.rawValue)). What is queued stays "
                    + "in line and costs nothing; one of them is tried again in \(length.en), then less and less often, and within 15 seconds of the next `submit`.",
                zh: "网关拒绝所有任务（\(hold.failure.kind.code)，\(hold.failure.kind.rawValue)）。排队的任务保持排队，不产生费用；"
                    + "\(length.zh)后会再试其中一个，之后间隔逐渐变长；下一次 `submit` 后 15 秒内也会再试。")[locale]
        case .lift, .tryAgain, .untried:
            LocalizedText(
                en: "The gateway takes tasks again: what is queued is sent.",
                zh: "网关恢复接受任务：排队的任务将继续发送。")[locale]
        case .noCreates, .fewerTasks:
            LocalizedText(
                en:
                    "The gateway takes no tasks for \(length.en). What is queued stays in line, costs nothing, and is sent then.",
                zh: "网关\(length.zh)内不再接受任务。排队的任务保持排队，不产生费用，届时自动发送。")[locale]
        }
    }

    /// A task of which the journal cannot be told what has become of it.
    package static func unwritten(_ task: VideoTask, locale: Locale) -> String {
        guard let taskId = task.taskId else {
            return LocalizedText(
                en:
                    "\(task.id) is \(task.state.rawValue), which cannot be written to the journal now; it is tried again.",
                zh: "\(task.id) 的状态为 \(task.state.rawValue)，目前无法写入任务日志；将继续重试。")[locale]
        }
        return LocalizedText(
            en:
                "\(task.id) is \(taskId) at the gateway (\(task.state.rawValue)), which cannot be written to the journal now; it "
                + "is tried again. Should this be the last word of it, `adopt` that id onto the task.",
            zh: "\(task.id) 在网关上是 \(taskId)（\(task.state.rawValue)），目前无法写入任务日志；将继续重试。若此后再无消息，"
                + "请用 `adopt` 把该 ID 认领到这个任务。")[locale]
    }
}
