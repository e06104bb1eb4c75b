"""What the gateway would answer on a good day: the documented endpoints, without any fault."""

from __future__ import annotations

import re
import threading
import time
from typing import Any

from fault_plan import Fault, FaultPlan
from task_book import Task, TaskBook
from wire import Reply, Request

CREATE_PATH = "/v1/videos/generations"
TASK_PATH = "/v1/tasks/"
FILE_PATH = "/files/"

# status: (type, message), the vendor's own where its pages give one.
ERRORS = {
    400: ("invalid_request_error", "请求参数无效"),
    401: ("authentication_error", "身份验证失败，请检查您的API密钥"),
    402: ("payment_required", "账户余额不足，请充值后再试"),
    403: ("permission_error", "没有访问该资源的权限"),
    404: ("not_found_error", "任务不存在"),
    405: ("invalid_request_error", "method not allowed"),
    408: ("request_timeout", "请求超时"),
    410: ("link_expired", "link expired"),
    413: ("request_too_large", "请求体过大"),
    429: ("rate_limit_error", "请求过于频繁，请稍后再试"),
    500: ("server_error", "服务器内部错误，请稍后重试"),
    502: ("bad_gateway", "upstream unavailable"),
    503: ("service_unavailable", "service temporarily unavailable"),
    504: ("gateway_timeout", "upstream timed out"),
}
LENGTHS: dict[str, Any] = {"kling-v3": range(3, 16), "kling-video-o1": (5, 10)}
MODES = {"kling-v3": ("std", "pro", "4k"), "kling-video-o1": ("std", "pro")}


def error_body(status: int, message: str | None = None, kind: str | None = None) -> dict[str, Any]:
    usual_kind, usual_message = ERRORS[status]
    return {"error": {"code": status, "message": message or usual_message, "type": kind or usual_kind}}


def error(status: int, message: str | None = None, kind: str | None = None) -> Reply:
    return Reply.of(error_body(status, message, kind), status)


def complaint(request: Any) -> str | None:
    """Why this create is refused with 400, or None; only what the model pages call certain."""
    if not isinstance(request, dict):
        return "请求体必须是 JSON 对象"
    model = request.get("model")
    if not isinstance(model, str) or model not in LENGTHS:
        return f"model {model!r} 不存在"
    if not (request.get("prompt") or request.get("multi_shot") is True) or not isinstance(
        request.get("prompt", ""), str
    ):
        return "prompt 不能为空"
    duration = request.get("duration", 5)
    if type(duration) is not int or duration not in LENGTHS[model]:
        return f"duration {duration!r} 无效"
    if request.get("mode", "std") not in MODES[model]:
        return f"mode {request['mode']!r} 无效"
    return None


class API:
    """The endpoints over one book of tasks."""

    def __init__(
        self, book: TaskBook, plan: FaultPlan, key: str | None, idempotent: bool, parallel: int | None
    ) -> None:
        self._book, self._plan = book, plan
        self.key, self._idempotent, self._parallel = key, idempotent, parallel
        self._lock = threading.Lock()
        self._bound: dict[str, tuple[bytes, Reply | None]] = {}
        self.shape = "wrapped"
        self.unknown_task = 404
        self.creates = self.replays = 0

    def refusal_of_key(self, request: Request) -> Reply | None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key or (self.key is not None and key != self.key):
            return error(401)
        return None

    # Creates

    def create(self, request: Request, subject: str) -> Reply:
        """Takes the task, or says why not. Every 200 without a replay header is one billed create."""
        key = request.headers.get("idempotency-key")
        if key is None or not self._idempotent:
            return self._create(request, subject, key)
        if not re.fullmatch(r"[!-~]{1,191}", key):
            return error(400, "Idempotency-Key must be 1 to 191 visible ASCII characters")
        with self._lock:
            bound = self._bound.get(key)
            if bound is None:
                self._bound[key] = (request.body, None)
        if bound is None:
            reply = self._create(request, subject, key)
            with self._lock:
                if reply.status == 200:
                    self._bound[key] = (request.body, reply)
                else:
                    del self._bound[key]
            return reply
        if bound[0] != request.body:
            return Reply.of(_conflict("idempotency_key_reused"), 409)
        if bound[1] is None:
            return Reply.of(_conflict("idempotency_in_progress"), 409)
        self.replays += 1
        return Reply(200, bound[1].body, {**bound[1].headers, "idempotency-replayed": "true"})

    def _create(self, request: Request, subject: str, key: str | None) -> Reply:
        if (refused := self.refusal_of_key(request)) is not None:
            return refused
        try:
            body = request.json()
        except ValueError:
            return error(400, "请求体不是有效的 JSON")
        if (why := complaint(body)) is not None:
            return error(400, f"请求参数无效: {why}")
        with self._lock:
            if self._parallel is not None and self._book.unfinished >= self._parallel:
                return error(429, "parallel task over resource pack limit (code: 1303)")
            task = self._book.accept(body, self._plan.for_task(subject), key)
            self.creates += 1
        return Reply.of({"code": 200, "data": [{"status": "submitted", "task_id": task.id}]})

    # Reads

    def read(self, request: Request, faults: dict[str, Fault]) -> Reply:
        if (refused := self.refusal_of_key(request)) is not None:
            return refused
        task = self._book.tasks.get(request.path[len(TASK_PATH) :])
        if task is None:
            return error(self.unknown_task, ERRORS[404][1])
        answer = self._book.read(task)
        if self.shape == "flat" or "flat" in faults:
            return Reply.of(answer)
        return Reply.of({"code": 200, "data": answer})

    # Control, for tests in other processes

    def tasks(self) -> list[dict[str, Any]]:
        now = self._book.clock.now()
        return [
            {
                "id": task.id,
                "key": task.key,
                "state": task.state(now),
                "reads": task.reads,
                "request": task.request,
            }
            for task in self._book.tasks.values()
        ]


def link_of(base: str, task: Task, lifetime: int) -> str:
    return f"{base}{FILE_PATH}{task.id}.mp4?link={task.link}&expires={int(time.time()) + lifetime}"


def _conflict(kind: str) -> dict[str, Any]:
    return {"error": {"code": 409, "message": kind.replace("_", " "), "type": kind}}
