"""One subscription's updates, in order, from the reader thread to whoever iterates."""

from __future__ import annotations

import collections
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Callable

from .model import Task

if TYPE_CHECKING:
    from ._connection import Connection

#: Beyond this many unread updates, one that differs from the previous of its task in progress alone replaces
#: it. State changes are never dropped, and a forgotten subscription stays bounded by the number of tasks.
_FULL = 1000


class Feed:
    """Updates of one subscription: folded, de-duplicated, and handed out one future at a time."""

    def __init__(
        self, connection: Connection, result: dict[str, Any], *, since: int | None, state_first: bool
    ) -> None:
        self.subscription: str = str(result.get("subscription"))
        self.seq: int | None = result.get("seq")
        self.snapshot: bool = result.get("snapshot") is True
        self.tasks: list[Task] = [Task.from_wire(task) for task in result.get("tasks") or []]
        self._connection = connection
        self._lock = threading.RLock()
        self._waiters: collections.deque[Future[Task | None]] = collections.deque()
        self._last_seq: int | None = None
        self._newest: dict[str, int] = {}
        self._ended = False
        self._closed = False
        self._failure: Callable[[], Exception] | None = None
        self._items: collections.deque[Task] = collections.deque()
        if state_first and (since is None or self.snapshot):
            # Otherwise the history comes, all of it older than these tasks.
            self._items.extend(self.tasks)
            self._newest = {task.id: task.seq for task in self.tasks if task.seq is not None}

    def offer(self, params: dict[str, Any]) -> None:
        """Take one `task/update`. One already seen, by its `seq` or its task's, is dropped."""
        task, seq = Task.from_wire(params.get("task")), params.get("seq")
        with self._lock:
            if isinstance(seq, int):
                # Progress that was held back comes with the number of what was told last.
                is_late = task.seq is not None and task.seq > self._newest.get(task.id, 0)
                if self._last_seq is not None and seq < self._last_seq + (0 if is_late else 1):
                    return
                self._last_seq = self.seq = seq
            if task.seq is not None:
                if task.seq < self._newest.get(task.id, task.seq):
                    return
                self._newest[task.id] = task.seq
            if len(self._items) >= _FULL and self._replace(task):
                return
            self._items.append(task)
        self._serve()

    def finish(self) -> None:
        """Take `subscription/end`."""
        self._ended = True
        self._serve()

    def fail(self, failure: Callable[[], Exception]) -> None:
        """Let every iteration end in an error, after what has already arrived."""
        if not self._ended:
            self._failure = failure
            self._serve()

    def next(self) -> Future[Task | None]:
        """Return the next update; its result is None at the end."""
        future: Future[Task | None] = Future()
        with self._lock:
            self._waiters.append(future)
        self._serve()
        return future

    def close(self) -> None:
        """Stop, and tell the server so. Idempotent, takes no lock: a finalizer may call it anywhere."""
        if not self._closed:
            self._closed = True
            self._connection.forget(self.subscription, tell=not self._ended and self._failure is None)
            self._ended = True

    def stop(self) -> None:
        """Close, and end an iteration that another thread is waiting in."""
        self.close()
        self._serve()

    def _serve(self) -> None:
        while True:
            with self._lock:
                over = self._ended or self._failure is not None
                if not self._waiters or not (self._items or over or self._closed):
                    return
                waiter = self._waiters.popleft()
                if not waiter.set_running_or_notify_cancel():
                    continue
                item = self._items.popleft() if self._items and not self._closed else None
            # Outside the lock: completing a future runs its callbacks.
            if item is None and self._failure is not None and not self._closed:
                waiter.set_exception(self._failure())
            else:
                waiter.set_result(item)

    def _replace(self, task: Task) -> bool:
        for index in range(len(self._items) - 1, -1, -1):
            if self._items[index].id == task.id:
                if self._items[index].state == task.state:
                    self._items[index] = task
                    return True
                return False
        return False
