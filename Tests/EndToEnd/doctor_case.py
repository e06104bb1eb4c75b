"""What the tests of `kling-server doctor` share."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from harness import Case, binary

KEY = "sk-secret-0123456789"


@contextlib.contextmanager
def web_server(status: int, body: str) -> Iterator[str]:
    """The address of one that gives the same JSON for every page."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class DoctorCase(Case):
    def run_doctor(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        options.setdefault("stdout", subprocess.PIPE)
        run = subprocess.run(
            [binary(), "doctor", *arguments],
            stdin=subprocess.DEVNULL,
            stderr=options.pop("stderr", subprocess.PIPE),
            text=True,
            env=self.place.environment(**options.pop("env", {"KLING_API_KEY": KEY})),
            cwd=self.place.path,
            timeout=40,
            check=False,
            **options,
        )
        for output in (run.stdout, run.stderr):
            self.assertNotIn(KEY, output or "", "the key is in the output")
        return run

    def report(self, *arguments: str, status: int | None = None, **options: Any) -> dict[str, list[Any]]:
        """The findings by subject; the exit status is what they come to."""
        run = self.run_doctor(*arguments, "--format", "json", **options)
        report = json.loads(run.stdout)
        worst = [one["status"] for one in report["findings"]]
        expected = next((one for one in ("problem", "warning") if one in worst), "ok")
        self.assertEqual(report["status"], expected)
        self.assertEqual(run.returncode, 1 if expected == "problem" else 0, run.stderr)
        if status is not None:
            self.assertEqual(run.returncode, status, run.stdout)
        found: dict[str, list[Any]] = {}
        for one in report["findings"]:
            self.assertEqual("advice" in one, one["status"] != "ok", one)
            found.setdefault(one["subject"], []).append(one)
        return found

    def only_problem(self, found: dict[str, list[Any]], subject: str, *words: str) -> dict[str, Any]:
        """The one finding that is a problem."""
        problems = [one for all in found.values() for one in all if one["status"] == "problem"]
        self.assertEqual([one["subject"] for one in problems], [subject], problems)
        for word in words:
            self.assertRegex(problems[0]["message"] + problems[0]["advice"], word)
        return problems[0]

    def made(self, **options: Any) -> None:
        """A journal with simulated tasks in it."""
        with self.simulated(**options) as server:
            server.submit(waitFor="completed", seconds=30)
            server.finish()

    def files(self) -> dict[str, tuple[int, int]]:
        found = sorted(self.place.path.rglob("*"))
        return {str(one): (one.stat().st_size, one.stat().st_mtime_ns) for one in found}
