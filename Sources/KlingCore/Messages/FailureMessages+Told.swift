extension FailureMessages {
    /// A task that was taken in by the gateway's id, and is another one.
    static func replaced(_ task: VideoTask, by origin: TaskID) -> LocalizedText {
        LocalizedText(
            en:
                "\(task.id) turned out to be \(origin), which was submitted here and is followed instead; it is charged once. "
                + "Go on with \(origin).",
            zh: "\(task.id) 就是在此提交的 \(origin)，已改为跟踪后者；只计费一次。请改用 \(origin)。")
    }

    /// A task that only another gateway can be asked about.
    static func elsewhere(_ task: VideoTask) -> LocalizedText {
        let address = Fact.shortened(task.gateway ?? "", to: 300)
        return LocalizedText(
            en:
                "\(task.id) was sent to \(address), and this program speaks to another gateway, which is not asked for it. It is "
                + "followed by a kling-server with `--gateway \(address)`. Should the same gateway have moved, `adopt` its taskId here. "
                + "Do not submit it anew: it may be charged.",
            zh: "\(task.id) 已发送到 \(address)，而本程序连接的是另一个网关，不会在此查询。请用 `--gateway \(address)` 启动 kling-server "
                + "继续跟踪；若同一网关更换了地址，请在此用其 taskId 调用 `adopt`。请勿重新提交：该任务可能已计费。")
    }
}
