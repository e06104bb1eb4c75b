"""Everything this package raises: one base class, one subclass per common kind of failure."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import Any, ClassVar

from .model import Diagnostic, Task


class KlingError(Exception):
    """A call that did not succeed.

    `code` is the number of the wire contract's error table, or the JSON-RPC code; `type` its word; `billed`
    is ``no``, ``yes`` or ``unknown``; `retry` is ``never``, ``now``, ``after:<seconds>`` or ``sameKey``;
    `next` is a ready-made request to make instead, if there is one. `data` keeps everything the server sent.
    """

    default_code: ClassVar[int] = 0
    default_type: ClassVar[str] = "error"

    def __init__(
        self, message: str, *, code: int | None = None, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = self.default_code if code is None else code
        self.data: dict[str, Any] = dict(data or {})
        self.type: str = _text(self.data.get("type")) or self.default_type
        self.billed: str = _text(self.data.get("billed")) or "no"
        self.retry: str = _text(self.data.get("retry")) or "never"
        self.request_id: str | None = _text(self.data.get("requestId"))
        next_request = self.data.get("next")
        self.next: dict[str, Any] | None = next_request if isinstance(next_request, dict) else None
        found = self.data.get("diagnostics")
        self.diagnostics: list[Diagnostic] = [
            Diagnostic.from_wire(item) for item in (found if isinstance(found, list) else [])
        ]

    def __str__(self) -> str:
        lines = [f"{self.message} ({self.type}, {self.code})" if self.code else self.message]
        lines += [f"  {item.path or '/'}: {item.message}" for item in self.diagnostics]
        return "\n".join(lines)


class ValidationError(KlingError):
    """422: the request has errors; `diagnostics` names them all. Nothing was sent."""


class InvalidRequestError(KlingError):
    """400: the gateway refused the request."""


class AuthenticationError(KlingError):
    """401: no key, or the gateway does not know it."""


class PermissionDeniedError(KlingError):
    """403: the key may not do this."""


class PaymentRequiredError(KlingError):
    """402: the account is out of funds."""


class TaskNotFoundError(KlingError):
    """404: no such task."""


class ConflictError(KlingError):
    """409: same key with another request, a task that cannot be cancelled, or a file that exists."""


class ResultExpiredError(KlingError):
    """410: the result's link expired and could not be refreshed."""


class RateLimitError(KlingError):
    """429: the gateway's rate limit outlived the server's own retries."""


class BudgetExceededError(KlingError):
    """429: our own spend guard; nothing was sent."""


class GatewayError(KlingError):
    """500: the gateway failed."""


class BadGatewayError(KlingError):
    """502: the gateway's answer was not understood."""


class UnreachableError(KlingError):
    """503: the gateway could not be reached."""


class GatewayTimeoutError(KlingError):
    """504: the gateway was too slow. See `billed` before doing anything else."""


class JournalUnavailableError(KlingError):
    """507: the journal cannot be written or opened; nothing was sent."""


class MethodNotFoundError(KlingError):
    """-32601: this server does not know the method."""


class InvalidParamsError(KlingError):
    """-32602: a parameter is missing, unknown or of the wrong type."""

    default_code = -32602
    default_type = "invalid_params"

    @classmethod
    def local(cls, message: str) -> InvalidParamsError:
        """The same error found on this side: nothing was sent."""
        return cls(message)


class RequestCancelledError(KlingError):
    """-32800: the request was cancelled."""


class TaskFailed(KlingError):
    """`generate` cannot deliver: the task ended, but not in ``completed``. `task` is its last state."""

    default_type = "task_failed"

    def __init__(self, task: Task) -> None:
        error = task.error or {}
        nested = error.get("data")
        data: dict[str, Any] = {**(nested if isinstance(nested, dict) else {}), **error}
        data["billed"] = task.billed or data.get("billed") or "unknown"
        code = error.get("code")
        words = _text(error.get("message")) or f"it is {task.state}"
        super().__init__(f"Task {task.id}: {words}", code=code if isinstance(code, int) else None, data=data)
        self.task = task


class TaskUnconfirmed(TaskFailed):
    """The create's answer was lost: the task may exist and be billed. Adopt it, or decide deliberately."""

    default_type = "task_unconfirmed"


class ServerNotFound(KlingError):
    """No kling-server binary was found, or it could not be started."""

    default_type = "server_not_found"


class CallTimeout(KlingError, TimeoutError):
    """This side stopped waiting. The server was told to stop too; a task already accepted goes on."""

    default_code = -32800
    default_type = "call_timeout"


class ServerGone(KlingError):
    """The server process is gone, or is no kling-server. No call will be answered by this client again.

    `exit_status` is the process's status (negative: the signal; None: it was still running when it was given
    up), `stderr_tail` the end of its log, `reason` what was noticed first.
    """

    default_code = -32000
    default_type = "server_gone"

    def __init__(
        self, reason: str, *, exit_status: int | None, stderr_tail: str, data: Mapping[str, Any] | None = None
    ) -> None:
        message = f"kling-server is gone: {reason}"
        if exit_status is not None:
            message += f" ({_status_words(exit_status)})"
        if stderr_tail:
            message += f"; its log ends:\n{stderr_tail}"
        super().__init__(message, data=data)
        self.reason = reason
        self.exit_status = exit_status
        self.stderr_tail = stderr_tail

    def __str__(self) -> str:
        return self.message


_BY_TYPE: dict[str, type[KlingError]] = {
    "validation_error": ValidationError,
    "invalid_request_error": InvalidRequestError,
    "authentication_error": AuthenticationError,
    "permission_error": PermissionDeniedError,
    "payment_required": PaymentRequiredError,
    "task_not_found": TaskNotFoundError,
    "conflict": ConflictError,
    "result_expired": ResultExpiredError,
    "rate_limit_error": RateLimitError,
    "budget_exceeded": BudgetExceededError,
    "server_error": GatewayError,
    "bad_gateway": BadGatewayError,
    "unreachable": UnreachableError,
    "timeout": GatewayTimeoutError,
    "journal_unavailable": JournalUnavailableError,
}
_BY_CODE: dict[int, type[KlingError]] = {
    -32601: MethodNotFoundError,
    -32602: InvalidParamsError,
    -32800: RequestCancelledError,
    400: InvalidRequestError,
    401: AuthenticationError,
    402: PaymentRequiredError,
    403: PermissionDeniedError,
    404: TaskNotFoundError,
    409: ConflictError,
    410: ResultExpiredError,
    422: ValidationError,
    429: RateLimitError,
    500: GatewayError,
    502: BadGatewayError,
    503: UnreachableError,
    504: GatewayTimeoutError,
    507: JournalUnavailableError,
}


def error_from_wire(error: Any) -> KlingError:
    """Return the exception for a JSON-RPC error object; `data.type` decides, then the code."""
    if not isinstance(error, dict):
        return KlingError(f"The server answered an error that is no object: {error!r}")
    code, message, data = error.get("code"), error.get("message"), error.get("data")
    data = data if isinstance(data, dict) else {} if data is None else {"value": data}
    code = code if isinstance(code, int) else 0
    kind = _BY_TYPE.get(_text(data.get("type")) or "") or _BY_CODE.get(code, KlingError)
    return kind(_text(message) or "The server gave no message.", code=code, data=data)


def _status_words(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"ended by signal {-status}"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
