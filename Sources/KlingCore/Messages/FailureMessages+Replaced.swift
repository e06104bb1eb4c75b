extension FailureMessages {
    /// A task that was taken in by the gateway's id, and is another one.
    static func replaced(_ task: VideoTask, by origin: TaskID) -> LocalizedText {
        LocalizedText(
            en:
                "\(task.id) turned out to be \(origin), which was submitted here and is followed instead; it is charged once. "
                + "Go on with \(origin).",
            zh: "\(task.id) 就是在此提交的 \(origin)，已改为跟踪后者；只计费一次。请改用 \(origin)。")
    }
}
