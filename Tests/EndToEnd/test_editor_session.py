"""How a session with an editor begins and ends (LSP 3.17, server lifecycle)."""

from __future__ import annotations

import subprocess
import sys
import time
import unittest
from typing import Any

from harness import CLIP, Case, RPCFailure, Server, binary, wait_for

OPENING = {"capabilities": {}, "processId": None}
HOST = "import sys\nsys.stdin.read()"


class Session(Case):
    def editor(self, *arguments: str, **params: Any) -> tuple[Server, dict[str, Any]]:
        server = self.server("--simulate", "speed=1", *arguments, framing="headers")
        return server, server.call("initialize", **{**OPENING, **params})

    def test_it_begins_with_what_the_server_is(self) -> None:
        server, result = self.editor()
        self.assertEqual(result["capabilities"], {"positionEncoding": "utf-16"})
        self.assertEqual(result["serverInfo"]["name"], "kling-server")
        server.send("initialized", {})
        self.assertTrue(server.call("validate", request=CLIP)["valid"])
        self.assertEqual(server.fails("initialize", **OPENING).code, -32600)

    def test_positions_count_what_was_agreed(self) -> None:
        text = '{"model": "kling-v3", "prompt": "😀", "duration": "5"}'
        for offered, agreed in (
            (None, "utf-16"),
            (["utf-16"], "utf-16"),
            (["utf-16", "utf-8"], "utf-8"),
            (["utf-32", "utf-16"], "utf-32"),
            (["utf-7"], "utf-16"),
            ("utf-8", "utf-16"),
        ):
            with self.subTest(offered=offered):
                server, result = self.editor(capabilities={"general": {"positionEncodings": offered}})
                self.assertEqual(result["capabilities"]["positionEncoding"], agreed)
                found = server.call("validate", text=text)["diagnostics"][0]["range"]["start"]["character"]
                before = text[: text.index('"5"')]
                width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[agreed]
                self.assertEqual(found, len(before.encode(agreed + ("" if width == 1 else "-le"))) // width)
                server.finish()

    def test_options_and_locale_are_taken_over(self) -> None:
        request = {**CLIP, "duration": "5"}
        server, _ = self.editor(locale="zh-CN")
        self.assertIn("数字", server.call("validate", request=request)["diagnostics"][0]["message"])
        server, _ = self.editor("--locale", "en", locale="zh")
        self.assertIn("number", server.call("validate", request=request)["diagnostics"][0]["message"])
        server, _ = self.editor(initializationOptions={"strict": True})
        self.assertFalse(server.call("validate", request={**CLIP, "ratio": "16:9"})["valid"])
        with self.assertRaises(RPCFailure) as refused:
            self.editor(initializationOptions={"sticrt": True})
        self.assertIn("strict", refused.exception.message)

    def test_its_end_is_a_success_only_behind_shutdown(self) -> None:
        for calls, status in (
            (("shutdown", "exit"), 0),
            (("exit",), 1),
            (("shutdown",), 0),
            ((), 1),
        ):
            with self.subTest(calls=calls):
                server, _ = self.editor()
                for call in calls:
                    if call == "exit":
                        server.send(call)
                    else:
                        self.assertIsNone(server.call(call))
                self.assertEqual(server.finish(), status)

    def test_only_exit_follows_shutdown(self) -> None:
        server, _ = self.editor()
        server.call("shutdown")
        self.assertEqual(server.fails("validate", request=CLIP).code, -32600)
        server.send("exit")
        self.assertEqual(server.exit(), 0)

    def test_the_end_of_the_input_waits_for_nothing(self) -> None:
        server, _ = self.editor()
        server.ask("wait", {"task": server.call("submit", request=CLIP)["id"], "timeoutSeconds": 60})
        began = time.monotonic()
        server.close_input()
        self.assertEqual(server.exit(4), 1)
        self.assertLess(time.monotonic() - began, 3)

    def test_an_initialize_of_another_protocol_begins_none(self) -> None:
        server = self.server("--simulate", "speed=1")
        for params in ({"protocolVersion": "2025-06-18", "capabilities": {}}, {}, None):
            self.assertEqual(server.fails("initialize", **(params or {})).code, -32601)
        self.assertEqual(server.finish(), 0)


class Host(Case):
    def host(self) -> subprocess.Popen[bytes]:
        host = subprocess.Popen([sys.executable, "-c", HOST], stdin=subprocess.PIPE)
        self.addCleanup(lambda: host.stdin and host.stdin.close())
        self.addCleanup(host.wait)
        self.addCleanup(host.kill)
        return host

    def test_it_ends_within_five_seconds_of_its_host_although_both_pipes_are_held_open(self) -> None:
        host = self.host()
        server = self.server("--simulate", "speed=1", framing="headers")
        server.call("initialize", capabilities={}, processId=host.pid)
        task = server.call("submit", request=CLIP)["id"]
        host.kill()
        host.wait()
        wait_for(lambda: server.process.poll() is not None, 5, "the end of the server")
        self.assertEqual(server.exit(), 1)
        again = self.server("--simulate", "speed=1")
        self.assertEqual(again.call("status", task=task)["id"], task)

    def test_a_number_that_is_nobody_is_no_host(self) -> None:
        gone = subprocess.Popen([binary(), "--version"], stdout=subprocess.DEVNULL)
        gone.wait()
        for number in (gone.pid, 0, -1, 1 << 40, None, 1.5, "1"):
            with self.subTest(number=number):
                server = self.server("--simulate", "speed=1", framing="headers")
                server.call("initialize", capabilities={}, processId=number)
                with self.assertRaises(AssertionError):
                    server.exit(0.1)
                self.assertTrue(server.call("validate", request=CLIP)["valid"])


if __name__ == "__main__":
    unittest.main()
