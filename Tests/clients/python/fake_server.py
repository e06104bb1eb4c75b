"""A kling-server for tests: plain dialect, and a method for every way a server can misbehave."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

STATES = [("submitted", None), ("processing", 10), ("processing", 55), ("processing", 90), ("completed", 100)]


class Fake:
    """One loop, one thread: what it writes is in the order it was asked for."""

    def __init__(self) -> None:
        self.cancelled: list[Any] = []
        self.unsubscribed: list[str] = []
        self.submitted: list[dict[str, Any]] = []
        self.tasks: dict[str, dict[str, Any]] = {}
        self.subscriptions = 0
        self.out = sys.stdout.buffer

    def send(self, *messages: dict[str, Any]) -> None:
        # One write: a client that registers a subscription late would miss what follows the reply.
        lines = [json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False) + "\n" for message in messages]
        self.out.write("".join(lines).encode())
        self.out.flush()

    def run(self) -> None:
        for line in sys.stdin.buffer:
            message = json.loads(line)
            method, params, id = message["method"], message.get("params", {}), message.get("id")
            if method == "$/cancelRequest":
                self.cancelled.append(params["id"])
                self.send({"id": params["id"], "error": {"code": -32800, "message": "cancelled"}})
                continue
            handler = getattr(self, "on_" + method, None)
            if handler is None:
                self.send({"id": id, "error": {"code": -32601, "message": f"no {method}"}})
            else:
                handler(id, params)

    def reply(self, id: Any, result: Any) -> None:
        self.send({"id": id, "result": result})

    def task(self, name: str, step: int) -> dict[str, Any]:
        state, progress = STATES[step]
        task = {"id": name, "state": state, "progress": progress, "seq": 10 + step, "billed": "yes"}
        self.tasks[name] = {
            **task,
            "estimate": {"secondsLeft": 9 - step, "basis": "default"},
            "novel": {"a": 1},
        }
        return self.tasks[name]

    # Plain answers

    def on_hello(self, id: Any, params: Any) -> None:
        self.reply(
            id, {"server": {"name": "fake", "version": "0"}, "protocol": "1.0", "models": ["kling-v3"]}
        )

    def on_echo(self, id: Any, params: Any) -> None:
        self.reply(id, params)

    def on_seen(self, id: Any, params: Any) -> None:
        keep = {name: value for name, value in os.environ.items() if name.startswith("KLING")}
        self.reply(
            id,
            {
                "cancelled": self.cancelled,
                "unsubscribed": self.unsubscribed,
                "submitted": self.submitted,
                "argv": sys.argv[1:],
                "environment": keep,
            },
        )

    def on_fail(self, id: Any, params: Any) -> None:
        self.send({"id": id, "error": params})

    def on_models(self, id: Any, params: Any) -> None:
        self.reply(id, {"kling-v3": {}})

    def on_list(self, id: Any, params: Any) -> None:
        self.reply(id, {"tasks": list(self.tasks.values()), "nextCursor": "more"})

    def on_wait(self, id: Any, params: Any) -> None:
        names = params.get("tasks") or [params["task"]]
        self.reply(id, {"tasks": [self.tasks[name] for name in names], "done": False})

    def on_validate(self, id: Any, params: Any) -> None:
        found = [{"code": "duration.range", "severity": "error", "message": "too long", "path": "/duration"}]
        self.reply(id, {"valid": False, "diagnostics": found, "extra": 1})

    def on_cancel(self, id: Any, params: Any) -> None:
        data = {"type": "conflict", "billed": "yes", "retry": "never", "next": {"method": "status"}}
        self.send({"id": id, "error": {"code": 409, "message": "already sent", "data": data}})

    # Tasks

    def on_submit(self, id: Any, params: Any) -> None:
        self.submitted.append(params)
        if params.get("dryRun"):
            self.reply(id, {"dryRun": True, "method": "POST", "url": "https://x", "headers": {}, "body": {}})
            return
        name = (params.get("request") or {}).get("prompt", "kt_ok")
        task = self.task(name, 0)
        if name == "kt_unconfirmed":
            task.update(state="unconfirmed", billed="unknown", error={"code": 504, "message": "lost"})
        self.reply(id, task)

    def on_status(self, id: Any, params: Any) -> None:
        self.reply(id, self.tasks.get(params["task"]) or self.task(params["task"], 0))

    def on_subscribe(self, id: Any, params: Any) -> None:
        self.subscriptions += 1
        subscription = f"s{self.subscriptions}"
        name = params.get("task") or "kt_any"
        known = self.tasks.get(name) or self.task(name, 0)
        answer = {"subscription": subscription, "seq": 10, "tasks": [known], "snapshot": False}
        messages: list[dict[str, Any]] = [{"id": id, "result": answer}]
        steps = {"kt_hang": [1], "kt_die": [1, 2], "kt_again": [1, 1, 2, 0, 3, 4]}.get(name, [1, 2, 3, 4])
        for step in steps:
            update = {"subscription": subscription, "seq": 10 + step, "task": dict(self.task(name, step))}
            messages.append({"method": "task/update", "params": update})
        if name == "kt_failed":
            failed = {
                "state": "failed",
                "error": {"code": 400, "type": "invalid_request_error", "message": "no"},
            }
            messages[-1]["params"]["task"].update(failed)
        if name not in ("kt_hang", "kt_die") and not params.get("all"):
            messages.append(
                {"method": "subscription/end", "params": {"subscription": subscription, "seq": 14}}
            )
        self.send(*messages)
        if name == "kt_die":
            self.on_die(None, {"status": 7})

    def on_unsubscribe(self, id: Any, params: Any) -> None:
        self.unsubscribed.append(params["subscription"])
        self.reply(id, {})

    def on_download(self, id: Any, params: Any) -> None:
        path = Path(params["directory"]) / f"{params['task']}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0\0\0\x18ftypisom")
        self.send(
            {"method": "task/download", "params": {"task": params["task"], "file": str(path), "bytes": 12}},
            {"id": id, "result": {"files": [{"path": str(path), "bytes": 12, "contentType": "video/mp4"}]}},
        )

    # Misbehaviour

    def on_silent(self, id: Any, params: Any) -> None:
        """Never answer."""

    def on_die(self, id: Any, params: Any) -> None:
        sys.stderr.write("disk on fire, key=" + os.environ.get("KLING_API_KEY", "none") + "\n")
        sys.stderr.flush()
        if "signal" in params:
            os.kill(os.getpid(), params["signal"])
        os._exit(params.get("status", 3))

    def on_raw(self, id: Any, params: Any) -> None:
        self.out.write(params["text"].encode())
        self.out.flush()

    def on_refuse(self, id: Any, params: Any) -> None:
        self.send({"id": None, "error": {"code": -32600, "message": "message too large"}})

    def on_log(self, id: Any, params: Any) -> None:
        self.send(
            {"method": "log", "params": {"level": "warning", "message": "slow gateway"}},
            {"id": id, "result": 1},
        )

    def on_close_output(self, id: Any, params: Any) -> None:
        os.close(1)

    def on_big(self, id: Any, params: Any) -> None:
        self.reply(id, "é" * (params["bytes"] // 2))


if __name__ == "__main__":
    stubborn = "--stubborn" in sys.argv
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if stubborn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Fake().run()
    while stubborn:
        time.sleep(0.1)
