"""The plain methods, once: names, parameters and answers. Both faces are bound to these.

Each takes `call_timeout`: seconds this side waits for the answer before it sends `$/cancelRequest` and raises
`CallTimeout` (default: as long as the server takes). `timeout_seconds`, where there is one, is the server's
own limit, and reaching it is a normal answer.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Union

from ._actions import Call
from ._connection import Connection, expect_object
from ._feed import Feed
from ._fields import WireValue
from .answers import DownloadedFile, DryRun, ServerInfo, TaskPage, Validation, WaitResult
from .model import Task

Request = Mapping[str, Any]
TaskRef = Union[str, Task]
FilePath = Union[str, "os.PathLike[str]"]


def hello(
    client: Mapping[str, Any] | None = None,
    *,
    locale: str | None = None,
    log_level: str | None = None,
    options: Mapping[str, Any] | None = None,
    call_timeout: float | None = None,
) -> Call[ServerInfo]:
    """Ask what the server is, and set locale, log level or options. Optional: no handshake is needed.

    `log_level` makes the server send its log as notifications; they arrive in `logging` as
    "kling_client.server".
    """
    params = _given(client=client, locale=locale, logLevel=log_level, options=options)
    return Call("hello", params, _as(ServerInfo), call_timeout)


def validate(
    request: Request | None = None,
    *,
    text: str | None = None,
    uri: str | None = None,
    language_id: str | None = None,
    strict: bool | None = None,
    locale: str | None = None,
    severities: Mapping[str, str] | None = None,
    call_timeout: float | None = None,
) -> Call[Validation]:
    """Check a request: exactly one of `request`, `text` (its source) or `uri`. Free, and all at once."""
    params = _given(
        request=request,
        text=text,
        uri=uri,
        languageId=language_id,
        strict=strict,
        locale=locale,
        severities=severities,
    )
    return Call("validate", params, _as(Validation), call_timeout)


def submit(
    request: Request | None = None,
    *,
    text: str | None = None,
    uri: str | None = None,
    idempotency_key: str | None = None,
    wait_for: str | None = None,
    timeout_seconds: float | None = None,
    strict: bool | None = None,
    download: Mapping[str, FilePath] | None = None,
    labels: Mapping[str, str] | None = None,
    call_timeout: float | None = None,
) -> Call[Task]:
    """Make a video; this is the call that costs money. The same `idempotency_key` and request: the same task.

    `wait_for`: ``queued``, ``submitted`` (default) or ``completed``, for at most `timeout_seconds`; reaching
    that answers the task as it is. `download`: `directory` or `path` to deliver to as soon as it is done. A
    task in state ``unconfirmed`` may exist and be billed: never submit it again without a decision.
    """
    target = {name: _absolute(value) for name, value in download.items()} if download is not None else None
    params = _given(
        request=request,
        text=text,
        uri=uri,
        idempotencyKey=idempotency_key,
        waitFor=wait_for,
        timeoutSeconds=timeout_seconds,
        strict=strict,
        download=target,
        labels=labels,
    )
    return Call("submit", params, _as(Task), call_timeout)


def dry_run(
    request: Request | None = None,
    *,
    text: str | None = None,
    uri: str | None = None,
    strict: bool | None = None,
    call_timeout: float | None = None,
) -> Call[DryRun]:
    """Show the HTTP request `submit` would make (`dryRun` on the wire). Nothing is sent or journaled."""
    params = _given(request=request, text=text, uri=uri, strict=strict, dryRun=True)
    return Call("submit", params, _as(DryRun), call_timeout)


def status(task: TaskRef, *, refresh: bool | None = None, call_timeout: float | None = None) -> Call[Task]:
    """Return a task as the journal knows it; with `refresh`, ask the gateway now (once a second per task)."""
    return Call("status", _given(task=_ref(task), refresh=refresh), _as(Task), call_timeout)


def wait(
    task: TaskRef | None = None,
    *,
    tasks: Sequence[TaskRef] | None = None,
    timeout_seconds: float | None = None,
    call_timeout: float | None = None,
) -> Call[WaitResult]:
    """Wait until every task is at its end, at most `timeout_seconds` (server's default 45); see `done`."""
    params = _given(task=_ref(task), tasks=_refs(tasks), timeoutSeconds=timeout_seconds)
    return Call("wait", params, _as(WaitResult), call_timeout)


def subscribe(
    task: TaskRef | None = None,
    *,
    tasks: Sequence[TaskRef] | None = None,
    labels: Mapping[str, str] | None = None,
    all: bool | None = None,
    since: int | None = None,
    interval_seconds: float | None = None,
    call_timeout: float | None = None,
) -> Call[Feed]:
    """Subscribe to one of `task`, `tasks`, `labels` or `all`, and iterate exactly what the server sends.

    `since` replays the history after that `seq`. `interval_seconds` is the least spacing of progress.
    """
    params = _given(
        task=_ref(task),
        tasks=_refs(tasks),
        labels=labels,
        all=all,
        since=since,
        intervalSeconds=interval_seconds,
    )

    def opened(result: Any, connection: Connection) -> Feed:
        return connection.open_feed(result, since=since, state_first=False)

    return Call("subscribe", params, opened, call_timeout)


def follow(
    task: TaskRef | Sequence[TaskRef],
    *,
    since: int | None = None,
    interval_seconds: float | None = None,
    call_timeout: float | None = None,
) -> Call[Feed]:
    """Iterate a task (or several): its state now, then every update, until all have come to their end.

    The subscription exists before this returns, so no event is missed; leaving the loop ends it. With
    `since`, the history after that `seq` comes in place of the state now.
    """
    chosen: dict[str, Any] = (
        {"task": _ref(task)} if isinstance(task, (str, Task)) else {"tasks": [_ref(one) for one in task]}
    )
    params = {**chosen, **_given(since=since, intervalSeconds=interval_seconds)}

    def opened(result: Any, connection: Connection) -> Feed:
        return connection.open_feed(result, since=since, state_first=True)

    return Call("subscribe", params, opened, call_timeout)


def unsubscribe(subscription: str, *, call_timeout: float | None = None) -> Call[None]:
    """End a subscription by its id; an iteration over it comes to its end.

    `InvalidParamsError`: there is no such subscription (any more).
    """

    def ended(result: Any, connection: Connection) -> None:
        connection.end_feed(subscription)

    return Call("unsubscribe", {"subscription": subscription}, ended, call_timeout)


def list_tasks(
    *,
    states: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    model: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    call_timeout: float | None = None,
) -> Call[TaskPage]:
    """Return the journal's tasks, newest first, `limit` (1–500) at a time."""
    chosen = list(states) if states is not None else None
    params = _given(states=chosen, labels=labels, model=model, limit=limit, cursor=cursor)
    return Call("list", params, _as(TaskPage), call_timeout)


def cancel(task: TaskRef, *, abandon: bool | None = None, call_timeout: float | None = None) -> Call[Task]:
    """Cancel a task that is still queued, free of charge. One already sent raises `ConflictError`, unless
    `abandon`: then it is no longer followed, and still billed.
    """
    return Call("cancel", _given(task=_ref(task), abandon=abandon), _as(Task), call_timeout)


def adopt(
    task_id: str,
    *,
    task: TaskRef | None = None,
    labels: Mapping[str, str] | None = None,
    call_timeout: float | None = None,
) -> Call[Task]:
    """Follow a task the gateway has, by the gateway's id; `task` is an unconfirmed one it belongs to."""
    return Call("adopt", _given(taskId=task_id, task=_ref(task), labels=labels), _as(Task), call_timeout)


def download(
    task: TaskRef,
    *,
    directory: FilePath | None = None,
    path: FilePath | None = None,
    overwrite: bool | None = None,
    progress_token: str | int | None = None,
    call_timeout: float | None = None,
) -> Call[list[DownloadedFile]]:
    """Fetch a completed task's files to `directory` or `path`, checked and whole.

    Bytes so far arrive as `task/download` at the client's `on_notification`, with `progress_token` in each.
    """

    def files(result: Any, connection: Connection) -> list[DownloadedFile]:
        listed = expect_object(result).get("files")
        return [DownloadedFile.from_wire(one) for one in (listed if isinstance(listed, list) else [])]

    params = _given(
        task=_ref(task),
        directory=_absolute(directory),
        path=_absolute(path),
        overwrite=overwrite,
        progressToken=progress_token,
    )
    return Call("download", params, files, call_timeout)


def models(*, call_timeout: float | None = None) -> Call[dict[str, Any]]:
    """Return the catalogue: every model with its parameters, ranges, defaults, texts and JSON Schema."""
    return Call("models", {}, lambda result, _: expect_object(result), call_timeout)


def call(method: str, params: Request | None = None, *, call_timeout: float | None = None) -> Call[Any]:
    """Call any method by its wire name and return its result as it came."""
    return Call(method, dict(params or {}), lambda result, _: result, call_timeout)


def _as(cls: type[WireValue]) -> Any:
    return lambda result, _: cls.from_wire(expect_object(result))


def _given(**params: Any) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}


def _ref(task: TaskRef | None) -> str | None:
    return task.id if isinstance(task, Task) else task


def _refs(tasks: Sequence[TaskRef] | None) -> list[str | None] | None:
    return None if tasks is None else [_ref(task) for task in tasks]


def _absolute(path: FilePath | None) -> str | None:
    # The server may have been started in another directory than the one its caller thinks of.
    return None if path is None else str(Path(path).expanduser().absolute())
