"""From a request to files on disk, as steps that both faces play."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, Callable

from . import _calls
from ._actions import NextUpdate, Script, Step
from .errors import CallTimeout, KlingError, TaskFailed, TaskUnconfirmed
from .model import Task

#: Seconds the submit may wait for the gateway's word, so that a refusal is raised as what it is.
_ACCEPT_SECONDS = 10
#: Seconds without an update after which the server is asked directly, and seconds it then has to answer.
_QUIET_SECONDS = 30.0
_STATUS_SECONDS = 30.0

OnProgress = Callable[[Task], object]
_Steps = Generator[Step[Any], Any, Any]


def generate(
    request: _calls.Request,
    *,
    directory: _calls.FilePath | None = None,
    path: _calls.FilePath | None = None,
    on_progress: OnProgress | None = None,
    idempotency_key: str | None = None,
    labels: Mapping[str, str] | None = None,
    strict: bool | None = None,
    overwrite: bool | None = None,
    timeout: float | None = None,
) -> Script[list[Path]]:
    """Submit, follow to the end and download; return the files' paths. Submits once, and never again.

    `on_progress` is called with the task at every update. `timeout` limits the seconds until the video is
    done (default: none); reaching it raises `CallTimeout`, and the task goes on: its id is in `data["task"]`.
    A task that ends otherwise than ``completed`` raises `TaskFailed`, one whose create got lost
    `TaskUnconfirmed`.
    """
    deadline = None if timeout is None else time.monotonic() + timeout

    def steps() -> Generator[Step[Any], Any, list[Path]]:
        task: Task = yield _calls.submit(
            request,
            idempotency_key=idempotency_key,
            wait_for="submitted",
            timeout_seconds=_ACCEPT_SECONDS if timeout is None else min(_ACCEPT_SECONDS, max(timeout, 0)),
            strict=strict,
            labels=labels,
        )
        if not task.is_settled:
            task = yield from _followed(task, on_progress, deadline)
        elif on_progress is not None:
            on_progress(task)
        if task.state == "unconfirmed":
            raise TaskUnconfirmed(task)
        if task.state != "completed":
            raise TaskFailed(task)
        files = yield _calls.download(task, directory=directory, path=path, overwrite=overwrite)
        return [Path(file.path) for file in files]

    return Script(steps())


def _followed(
    task: Task, on_progress: OnProgress | None, deadline: float | None
) -> Generator[Step[Any], Any, Task]:
    feed = yield _calls.follow(task, call_timeout=_STATUS_SECONDS)
    try:
        while not task.is_settled:
            left = _QUIET_SECONDS if deadline is None else min(_QUIET_SECONDS, deadline - time.monotonic())
            if left <= 0:
                raise CallTimeout(
                    f"Task {task.id} is still {task.state}; it goes on and can be followed by its id.",
                    data={"task": task.id, "billed": task.billed or "unknown", "retry": "never"},
                )
            try:
                update: Task | None = yield NextUpdate(feed, left)
            except CallTimeout:
                if deadline is not None and time.monotonic() >= deadline:
                    continue
                task = yield _calls.status(task, call_timeout=_STATUS_SECONDS)
                continue
            if update is None:
                task = yield _calls.status(task, call_timeout=_STATUS_SECONDS)
                if not task.is_settled:
                    raise KlingError(
                        f"The subscription to {task.id} ended while it is {task.state}.", code=-32603
                    )
                break
            task = update
            if on_progress is not None:
                on_progress(task)
    finally:
        feed.close()
    return task
