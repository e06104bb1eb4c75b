"""Make Kling videos from Python.

    from kling_client import Kling

    with Kling(simulate=True) as kling:
        print(kling.generate({"model": "kling-v3", "prompt": "A cat in the sun"}, directory="videos"))

`Kling` blocks, `AsyncKling` is awaited; both start kling-server and speak its plain dialect.
"""

from .aio import AsyncKling, AsyncUpdates
from .answers import DownloadedFile, DryRun, ServerInfo, TaskPage, Validation, WaitResult
from .client import Kling, Updates
from .errors import (
    AuthenticationError,
    BadGatewayError,
    BudgetExceededError,
    CallTimeout,
    ConflictError,
    GatewayError,
    GatewayTimeoutError,
    InvalidParamsError,
    InvalidRequestError,
    JournalUnavailableError,
    KlingError,
    MethodNotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    RequestCancelledError,
    ResultExpiredError,
    ServerGone,
    ServerNotFound,
    TaskFailed,
    TaskNotFoundError,
    TaskUnconfirmed,
    UnreachableError,
    ValidationError,
)
from .model import Diagnostic, Task, Video

__version__ = "1.0.0"

__all__ = [
    "AsyncKling",
    "AsyncUpdates",
    "AuthenticationError",
    "BadGatewayError",
    "BudgetExceededError",
    "CallTimeout",
    "ConflictError",
    "Diagnostic",
    "DownloadedFile",
    "DryRun",
    "GatewayError",
    "GatewayTimeoutError",
    "InvalidParamsError",
    "InvalidRequestError",
    "JournalUnavailableError",
    "Kling",
    "KlingError",
    "MethodNotFoundError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestCancelledError",
    "ResultExpiredError",
    "ServerGone",
    "ServerInfo",
    "ServerNotFound",
    "Task",
    "TaskFailed",
    "TaskNotFoundError",
    "TaskPage",
    "TaskUnconfirmed",
    "UnreachableError",
    "Updates",
    "Validation",
    "ValidationError",
    "Video",
    "WaitResult",
]
