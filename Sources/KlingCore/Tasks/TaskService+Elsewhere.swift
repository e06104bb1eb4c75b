// Tasks of another gateway or account in the same journal: their ids mean nothing here, so nobody is asked for them (GATEWAY §3).
extension TaskService {
    /// Only a process that speaks to the task's gateway can follow it.
    func isElsewhere(_ task: VideoTask) -> Bool { task.isElsewhere(than: gateway.identity) }

    /// For so long an account is not asked for again.
    private static let strangeness = Duration.seconds(300)

    var knownStrangers: Set<String> {
        Set(strangers.lazy.filter { $0.value > self.clock.elapsed() }.map(\.key))
    }

    /// One that is not found may be gone, or not there yet; so many, each so often in a row, are another account's.
    private static let evidence = (tasks: 3, times: 2)

    /// What the answer to a read says of the account that the task was sent for. One whose tasks this process's key does not find
    /// is left to a process that has the other.
    func judge(_ result: Result<TaskReading, Failure>, of task: VideoTask) async {
        guard let account = task.account, account != gateway.identity.account else { return }
        switch result {
        case .success:
            ownAccounts.insert(account)
            (strangers[account], denied[account]) = (nil, nil)
        case .failure(let failure)
        where (failure.kind == .taskNotFound || failure.kind == .permission) && !ownAccounts.contains(account):
            denied[account, default: [:]][task.id, default: 0] += 1
            let theirs = live.values.filter {
                $0.machine.task.isFollowed && $0.machine.task.account == account && !$0.isForeign
            }
            let missing = denied[account, default: [:]].values.count { $0 >= Self.evidence.times }
            guard missing >= max(1, min(theirs.count, Self.evidence.tasks)) else { return }
            denied[account] = nil
            strangers[account] = clock.elapsed() + Self.strangeness
            for one in theirs {
                // Nobody may read it for a while, which is to be told.
                if one.id != task.id { await apply(.read(result), to: one) }
                letGo(one)
            }
            try? await journal.leave(account)
            send()
        case .failure: break
        }
    }

    /// What this process tells of such a task: how it was last known to be, and who can ask.
    func toldFromAfar(_ task: VideoTask) -> VideoTask {
        let isThere = task.isFollowed || task.isDoubtful
        guard isElsewhere(task), isThere else { return task }
        var task = task
        task.degraded = true
        task.error = Failure(.conflict, message: task.gateway, billed: task.billed)
        return task
    }
}

extension VideoTask {
    fileprivate var isFollowed: Bool { state == .submitted || state == .processing }

    /// Whether another gateway has it: this one knows neither the task nor its links.
    func isElsewhere(than gateway: GatewayIdentity) -> Bool {
        self.gateway.map { $0 != gateway.url } ?? false
    }
}

extension Failure {
    /// It says that the task is at another gateway.
    package func isElsewhere(_ task: VideoTask) -> Bool {
        kind == .conflict && message != nil && message == task.gateway && !task.state.isTerminal
    }
}
