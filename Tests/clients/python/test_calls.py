"""Calls, answers and errors, on the blocking face."""

from __future__ import annotations

import json
import math
import tempfile
import threading
import unittest
from datetime import timezone
from pathlib import Path

import support

from kling_client import (
    CallTimeout,
    ConflictError,
    InvalidParamsError,
    Kling,
    KlingError,
    MethodNotFoundError,
    Task,
    ValidationError,
    errors,
)
from kling_client.errors import error_from_wire


class Calls(unittest.TestCase):
    def setUp(self) -> None:
        self.kling = Kling(server=support.FAKE)
        self.addCleanup(self.kling.close)

    def test_every_plain_method_answers_a_typed_value(self) -> None:
        kling = self.kling
        task = kling.submit(support.REQUEST, idempotency_key="k", labels={"a": "b"})
        self.assertIsInstance(task, Task)
        self.assertEqual(kling.hello().protocol, "1.0")
        self.assertEqual(kling.status(task).id, task.id)
        self.assertFalse(kling.wait(task, timeout_seconds=1).done)
        self.assertEqual(kling.wait(tasks=[task, task.id]).tasks[1].id, task.id)
        self.assertEqual(kling.list(limit=5).next_cursor, "more")
        self.assertEqual(kling.dry_run(support.REQUEST).method, "POST")
        self.assertIn("kling-v3", kling.models())
        found = kling.validate(support.REQUEST)
        self.assertFalse(found)
        self.assertEqual((found.diagnostics[0].code, found.raw["extra"]), ("duration.range", 1))

    def test_parameters_travel_under_their_wire_names_and_absent_ones_not_at_all(self) -> None:
        self.kling.submit(
            support.REQUEST, idempotency_key="k", wait_for="queued", download={"directory": "."}
        )
        sent = self.kling.call("seen")["submitted"][0]
        here = str(Path().absolute())
        want = {
            "request": support.REQUEST,
            "idempotencyKey": "k",
            "waitFor": "queued",
            "download": {"directory": here},
        }
        self.assertEqual(sent, want)

    def test_a_refusal_becomes_its_own_exception_with_all_it_carries(self) -> None:
        with self.assertRaises(ConflictError) as caught:
            self.kling.cancel("kt_1")
        error = caught.exception
        self.assertEqual(
            (error.code, error.type, error.billed, error.retry), (409, "conflict", "yes", "never")
        )
        self.assertEqual(error.next, {"method": "status"})
        with self.assertRaises(MethodNotFoundError):
            self.kling.call("nonsense")

    def test_unicode_line_separators_and_large_messages_survive_both_ways(self) -> None:
        params = {"text": "猫\u2028\u2029\x85 \r \U0001f408", "nul": "\0"}
        self.assertEqual(self.kling.call("echo", params), params)
        large = {"text": "é" * (8 << 20)}
        self.assertEqual(self.kling.call("echo", large), large)
        self.assertEqual(len(self.kling.call("big", {"bytes": 64 << 20})), 32 << 20)

    def test_what_the_wire_cannot_hold_is_refused_before_it_is_sent(self) -> None:
        deep: list[object] = []
        for _ in range(600):
            deep = [deep]
        for params in (
            {"n": math.nan},
            {"s": "\ud800"},
            {"o": object()},
            {"d": deep},
            {"t": "x" * (64 << 20)},
        ):
            with self.assertRaises(InvalidParamsError):
                self.kling.call("echo", params)
        self.assertEqual(self.kling.call("echo", {"still": "fine"}), {"still": "fine"})

    def test_a_refusal_without_an_id_reaches_the_only_call_that_waits(self) -> None:
        with self.assertRaisesRegex(KlingError, "too large"):
            self.kling.call("refuse")

    def test_a_call_that_is_never_answered_ends_at_its_timeout_and_is_cancelled(self) -> None:
        with self.assertRaises(CallTimeout) as caught:
            self.kling.call("silent", call_timeout=0.05)
        self.assertIsInstance(caught.exception, TimeoutError)
        self.assertEqual(self.kling.call("seen")["cancelled"], [1])

    def test_eight_threads_with_two_hundred_calls_each_get_their_own_answers(self) -> None:
        wrong: list[object] = []

        def work(name: int) -> None:
            for count in range(200):
                params = {"thread": name, "count": count}
                if self.kling.call("echo", params) != params:
                    wrong.append(params)

        threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual((wrong, [thread.is_alive() for thread in threads]), ([], [False] * 8))

    def test_log_notifications_reach_logging_and_the_listener(self) -> None:
        seen: list[str] = []
        with Kling(server=support.FAKE, on_notification=lambda method, params: seen.append(method)) as kling:
            with self.assertLogs("kling_client.server", "WARNING") as logs:
                kling.call("log")
            self.assertIn("slow gateway", logs.output[0])
        self.assertEqual(seen, ["log"])

    def test_a_listener_that_fails_harms_nobody(self) -> None:
        def listener(method: str, params: object) -> None:
            raise RuntimeError("mine")

        with (
            Kling(server=support.FAKE, on_notification=listener) as kling,
            self.assertLogs("kling_client", "ERROR"),
        ):
            kling.call("log")
            self.assertEqual(kling.call("echo", {"a": 1}), {"a": 1})

    def test_generate_submits_once_reports_progress_and_returns_the_files(self) -> None:
        seen: list[Task] = []
        with tempfile.TemporaryDirectory() as folder:
            (path,) = self.kling.generate(support.REQUEST, directory=folder, on_progress=seen.append)
            self.assertEqual(path.read_bytes()[4:8], b"ftyp")
        self.assertEqual([task.progress for task in seen], [None, 10, 55, 90, 100])
        self.assertEqual(len(self.kling.call("seen")["submitted"]), 1)

    def test_generate_raises_for_a_task_that_failed_or_got_lost_and_stops_at_its_timeout(self) -> None:
        with self.assertRaises(errors.TaskFailed) as failed:
            self.kling.generate({"prompt": "kt_failed"})
        self.assertEqual((failed.exception.code, failed.exception.type), (400, "invalid_request_error"))
        with self.assertRaises(errors.TaskUnconfirmed) as lost:
            self.kling.generate({"prompt": "kt_unconfirmed"})
        self.assertEqual(lost.exception.billed, "unknown")
        with self.assertRaises(CallTimeout) as slow:
            self.kling.generate({"prompt": "kt_hang"}, timeout=0.1)
        self.assertEqual(slow.exception.data["task"], "kt_hang")
        self.assertEqual(len(self.kling.call("seen")["submitted"]), 3)


class Values(unittest.TestCase):
    def test_a_task_keeps_unknown_members_and_survives_wrong_types(self) -> None:
        wire = {
            "id": "kt_1",
            "createdAt": "2026-11-20T21:00:00.250Z",
            "videos": [{"url": "u"}],
            "estimate": 3,
            "new": 1,
        }
        task = Task.from_wire(wire)
        assert task.created_at is not None
        self.assertEqual((task.created_at.microsecond, task.created_at.tzinfo), (250000, timezone.utc))
        self.assertEqual((task.videos[0].url, task.estimate, task.raw["new"]), ("u", None, 1))
        self.assertEqual(Task.from_wire(None).state, "unknown")

    def test_every_row_of_the_error_table_has_its_class(self) -> None:
        table = {
            (422, "validation_error"): "ValidationError",
            (400, "invalid_request_error"): "InvalidRequestError",
            (401, "authentication_error"): "AuthenticationError",
            (403, "permission_error"): "PermissionDeniedError",
            (402, "payment_required"): "PaymentRequiredError",
            (404, "task_not_found"): "TaskNotFoundError",
            (409, "conflict"): "ConflictError",
            (410, "result_expired"): "ResultExpiredError",
            (429, "rate_limit_error"): "RateLimitError",
            (429, "budget_exceeded"): "BudgetExceededError",
            (500, "server_error"): "GatewayError",
            (502, "bad_gateway"): "BadGatewayError",
            (503, "unreachable"): "UnreachableError",
            (504, "timeout"): "GatewayTimeoutError",
            (507, "journal_unavailable"): "JournalUnavailableError",
        }
        for (code, kind), name in table.items():
            with self.subTest(kind):
                error = error_from_wire(
                    {"code": code, "message": "m", "data": {"type": kind, "billed": "unknown"}}
                )
                self.assertEqual((type(error).__name__, error.code, error.billed), (name, code, "unknown"))
        self.assertIs(type(error_from_wire({"code": 418, "message": "m"})), KlingError)

    def test_a_validation_error_shows_every_problem(self) -> None:
        found = [{"code": "c", "message": "too long", "path": "/duration"}]
        error = error_from_wire(
            json.loads(json.dumps({"code": 422, "message": "m", "data": {"diagnostics": found}}))
        )
        self.assertIsInstance(error, ValidationError)
        self.assertIn("/duration: too long", str(error))


if __name__ == "__main__":
    unittest.main()
