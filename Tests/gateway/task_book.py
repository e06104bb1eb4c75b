"""The gateway's side of a task: when it was accepted, what becomes of it, and how a read of it looks.

Times run on a clock of their own that may be faster than the world's and can be moved by hand, so that a test
waits for nothing.
"""

from __future__ import annotations

import hashlib
import heapq
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fault_plan import Fault

SECONDS_PER_VIDEO_SECOND = {"std": 18.0, "pro": 36.0, "4k": 60.0}
WORDS = {"submitted": "IN_QUEUE", "processing": "in_progress", "completed": "SUCCEED", "failed": "Error"}
KLING_WORDS = {
    1100: "Account exception", 1101: "Account in arrears", 1102: "Resource pack depleted or expired",
    1200: "Invalid request parameters", 1201: "Invalid parameter value",
    1300: "Trigger strategy of the platform", 1301: "Failure to pass the risk control system (content)",
    1302: "API request is too frequent",
    1303: "parallel task over resource pack limit",
    1304: "Trigger the IP whitelisting policy",
}  # fmt: skip


class Clock:
    """Seconds since the gateway began, ``speed`` times as fast as the world's."""

    def __init__(self, speed: float = 1.0, source: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._speed = speed
        self._base, self._mark = 0.0, source()

    def now(self) -> float:
        return self._base + (self._source() - self._mark) * self._speed

    def advance(self, seconds: float) -> None:
        self._base += seconds

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        self._base, self._mark = self.now(), self._source()
        self._speed = value


@dataclass
class Task:
    """One accepted, and therefore billed, create."""

    id: str
    request: dict[str, Any]
    accepted: float
    accepted_at: int
    takes: float
    fates: dict[str, Fault]
    key: str | None
    link: int = 0
    reads: int = 0
    reads_completed: int = 0

    @property
    def ends(self) -> float:
        unknown = self.fates.get("unknown-status")
        never = "stuck" in self.fates or (unknown is not None and "forever" in unknown.options)
        return math.inf if never else self.accepted + self.takes

    def state(self, now: float) -> str:
        if "stuck" in self.fates:
            return "processing" if now - self.accepted > 0.05 * self.takes else "submitted"
        elapsed = now - self.accepted
        if elapsed < 0.05 * self.takes:
            return "submitted"
        unknown = self.fates.get("unknown-status")
        if (
            unknown
            and elapsed > 0.3 * self.takes
            and ("forever" in unknown.options or elapsed < 0.6 * self.takes)
        ):
            return unknown.options.get("word", "Reviewing")
        if elapsed < self.takes:
            return "processing"
        if self.fates.keys() & {"failed", "content-policy", "string-error"}:
            return "failed"
        return "cancelled" if "cancelled" in self.fates else "completed"

    def progress(self, now: float) -> int | None:
        if "no-progress" in self.fates:
            return None
        share = min(1.0, max(0.0, (now - self.accepted) / self.takes))
        if "stuck" in self.fates:
            share = min(share, 0.4)
        if "backwards" in self.fates and self.reads % 3 == 2:
            share /= 2
        return 100 if self.state(now) == "completed" else min(99, int(share * 100))


class TaskBook:
    """Every task the gateway has accepted. Safe to use from any thread."""

    def __init__(self, seed: int, clock: Clock, url_of: Callable[[Task], str], link_seconds: int) -> None:
        self._seed, self._url_of, self._link_seconds = seed, url_of, link_seconds
        self._lock = threading.Lock()
        self._ends: list[float] = []
        self.clock = clock
        self.tasks: dict[str, Task] = {}
        self.most_at_once = 0

    def accept(self, request: dict[str, Any], fates: dict[str, Fault], key: str | None) -> Task:
        mode = request.get("mode", "std")
        takes = SECONDS_PER_VIDEO_SECOND.get(mode, 18.0) * request.get("duration", 5)
        with self._lock:
            name = hashlib.sha256(f"{self._seed} {len(self.tasks)}".encode()).hexdigest()[:20].upper()
            task = Task(f"task_01{name}", request, self.clock.now(), int(time.time()), takes, fates, key)
            self.tasks[task.id] = task
            heapq.heappush(self._ends, task.ends)
            self.most_at_once = max(self.most_at_once, self._count_unfinished())
        return task

    @property
    def unfinished(self) -> int:
        """How many accepted tasks have not ended, the number Kling's own limit on parallel tasks counts."""
        with self._lock:
            return self._count_unfinished()

    def _count_unfinished(self) -> int:
        while self._ends and self._ends[0] <= self.clock.now():
            heapq.heappop(self._ends)
        return len(self._ends)

    def read(self, task: Task) -> dict[str, Any]:
        """The task as the documented status object, before envelope."""
        now = self.clock.now()
        state, progress = task.state(now), task.progress(now)
        task.reads += 1
        answer: dict[str, Any] = {
            "id": task.id,
            "status": WORDS.get(state, state) if "synonyms" in task.fates else state,
            "created": task.accepted_at,
            "estimated_time": int(task.takes),
        }
        if progress is not None:
            answer["progress"] = progress
        if state in ("completed", "failed", "cancelled"):
            answer["completed"] = task.accepted_at + int(task.takes)
            answer["actual_time"] = int(task.takes)
        if state == "completed":
            answer.update(cost=0.1 * task.request.get("duration", 5), credits_cost=10)
            answer["result"] = {"videos": self._videos(task)}
        elif state == "failed":
            answer["error"] = self._error(task)
            for fault in task.fates.values():
                if "cost" in fault.options:
                    answer["cost"] = float(fault.options["cost"])
        return answer

    def _videos(self, task: Task) -> list[dict[str, Any]]:
        task.reads_completed += 1
        absent = task.fates.get("no-url")
        if absent and task.reads_completed <= int(absent.options.get("reads", 1 << 30)):
            return []
        url: Any = self._url_of(task)
        dead = task.fates.get("expired-link")
        lifetime = -60 if dead and "announced" in dead.options and task.link == 0 else self._link_seconds
        return [
            {"url": url if "string-url" in task.fates else [url], "expires_at": int(time.time()) + lifetime}
        ]

    def _error(self, task: Task) -> Any:
        if "string-error" in task.fates:
            return task.fates["string-error"].options.get("text", "generation failed: upstream error")
        failed = task.fates.get("failed")
        code = int(failed.options.get("code", 1301)) if failed else 1301
        message = KLING_WORDS.get(code, "task failed")
        return {"code": code, "message": f"{message} (code: {code})", "type": "generation_error"}
