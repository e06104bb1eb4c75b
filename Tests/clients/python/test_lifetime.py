"""The server's end and the host's end, in every order."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import unittest

import support

from kling_client import Kling, ServerGone, ServerNotFound


class ServerDies(unittest.TestCase):
    def setUp(self) -> None:
        self.kling = Kling(server=support.FAKE, api_key="sk-very-secret")
        self.addCleanup(self.kling.close)

    def assert_reaped(self, pid: int) -> None:
        self.assertTrue(support.until(lambda: not support.is_running(pid, zombies=True)), "not reaped")

    def test_every_pending_call_gets_server_gone_with_status_and_log(self) -> None:
        failures: list[BaseException] = []

        def wait() -> None:
            try:
                self.kling.call("silent")
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=wait) for _ in range(8)]
        for thread in threads:
            thread.start()
        self.assertTrue(support.until(lambda: len(self.kling._connection._pending) == 8))
        with self.assertRaises(ServerGone) as caught:
            self.kling.call("die", {"status": 3})
        for thread in threads:
            thread.join(5)
        gone = caught.exception
        self.assertEqual([type(error) for error in failures], [ServerGone] * 8)
        self.assertEqual(gone.exit_status, 3)
        self.assertIn("disk on fire", gone.stderr_tail)
        self.assertNotIn("sk-very-secret", str(gone))
        self.assert_reaped(self.kling.pid)

    def test_later_calls_raise_at_once_and_say_that_nothing_was_sent(self) -> None:
        with self.assertRaises(ServerGone):
            self.kling.call("die", {"signal": signal.SIGKILL})
        for _ in range(2):
            with self.assertRaises(ServerGone) as caught:
                self.kling.submit(support.REQUEST)
        self.assertEqual((caught.exception.exit_status, caught.exception.billed), (-signal.SIGKILL, "no"))
        self.assertIn("SIGKILL", str(caught.exception))
        self.assertFalse(self.kling.is_open)

    def test_a_submit_cut_short_is_never_called_unpaid(self) -> None:
        os.kill(self.kling.pid, signal.SIGSTOP)
        outcomes: list[ServerGone] = []

        def submit(key: str | None) -> None:
            try:
                self.kling.submit(support.REQUEST, idempotency_key=key)
            except ServerGone as error:
                outcomes.append(error)

        threads = [threading.Thread(target=submit, args=(key,)) for key in (None, "k")]
        for thread in threads:
            thread.start()
        self.assertTrue(support.until(lambda: len(self.kling._connection._pending) == 2))
        os.kill(self.kling.pid, signal.SIGKILL)
        for thread in threads:
            thread.join(5)
        said = sorted((error.billed, error.retry) for error in outcomes)
        self.assertEqual(said, [("unknown", "never"), ("unknown", "sameKey")])

    def test_garbage_on_its_output_ends_it_and_is_quoted_without_the_key(self) -> None:
        for text in ("Usage: sk-very-secret\n", "[1, 2]\n", "{}\n", '{"id":1,"result"', "\xff\xfe\n"):
            with self.subTest(text), Kling(server=support.FAKE, api_key="sk-very-secret") as kling:
                with self.assertRaises(ServerGone) as caught:
                    kling.call("raw", {"text": text + "\n" * (not text.endswith("\n"))})
                self.assertNotIn("sk-very-secret", str(caught.exception))
                self.assert_reaped(kling.pid)

    def test_blank_lines_are_not_garbage(self) -> None:
        self.kling.call("raw", {"text": '\n \r\n{"jsonrpc":"2.0","id":1,"result":null}\r\n'})

    def test_a_server_that_only_closes_its_output_is_ended(self) -> None:
        with self.assertRaises(ServerGone):
            self.kling.call("close_output")
        self.assert_reaped(self.kling.pid)

    def test_one_that_cannot_be_started_or_is_no_server_says_so(self) -> None:
        with self.assertRaises(ServerNotFound):
            Kling(server=["/nonexistent/kling-server"])
        with Kling(server=[sys.executable, "-c", "import sys; sys.exit('no such option')"]) as kling:
            with self.assertRaises(ServerGone) as caught:
                kling.hello()
            self.assertEqual(
                (caught.exception.exit_status, caught.exception.stderr_tail), (1, "no such option")
            )


class HostEnds(unittest.TestCase):
    def host(self, body: str) -> subprocess.Popen[str]:
        start = "from kling_client import *\nimport os, subprocess, sys, threading, time\n"
        script = f"{start}FAKE = {support.FAKE!r}\n{body}"
        host = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", script],
            env=support.HOST_ENVIRONMENT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.addCleanup(host.stdout.close)  # type: ignore[union-attr]
        self.addCleanup(host.wait, 10)
        self.addCleanup(host.kill)
        return host

    def line(self, host: subprocess.Popen[str]) -> str:
        assert host.stdout is not None
        return host.stdout.readline().strip()

    def test_close_and_collection_end_and_reap_it(self) -> None:
        kling = Kling(server=support.FAKE)
        closed = kling.pid
        kling.hello()
        kling.close()
        kling.close()
        self.assertFalse(support.is_running(closed, zombies=True))
        with self.assertRaisesRegex(ServerGone, "closed"):
            kling.hello()
        kling = Kling(server=support.FAKE)
        collected = kling.pid
        del kling
        gc.collect()
        self.assertTrue(support.until(lambda: not support.is_running(collected, zombies=True)))

    def test_close_ends_one_with_calls_pending_and_tells_the_callers(self) -> None:
        kling = Kling(server=support.FAKE)
        failures: list[BaseException] = []

        def wait() -> None:
            try:
                kling.call("silent")
            except ServerGone as error:
                failures.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        self.assertTrue(support.until(lambda: len(kling._connection._pending) == 1))
        kling.close()
        thread.join(5)
        self.assertEqual(len(failures), 1)

    def test_one_that_ignores_eof_and_sigterm_is_killed(self) -> None:
        kling = Kling(server=[*support.FAKE, "--stubborn"])
        kling.hello()
        kling._connection.process.end(leave=0.05, terminate=0.05)
        self.assertFalse(support.is_running(kling.pid, zombies=True))
        kling.close()

    def test_a_host_that_returns_without_closing_leaves_nothing(self) -> None:
        host = self.host("k = Kling(server=FAKE); k.hello(); print(k.pid, flush=True)")
        pid = int(self.line(host))
        self.assertEqual(host.wait(10), 0)
        self.assertTrue(support.until(lambda: not support.is_running(pid), 2))

    def test_a_killed_host_leaves_nothing_even_with_other_children_alive(self) -> None:
        host = self.host(
            "k = Kling(server=FAKE); k.hello()\n"
            "sleeper = subprocess.Popen(['sleep', '30'], close_fds=False, stdout=subprocess.DEVNULL)\n"
            "forked = os.fork()\n"
            "if not forked: os.close(1); time.sleep(30); os._exit(0)\n"
            "print(k.pid, sleeper.pid, forked, flush=True); k.call('silent')"
        )
        pid, *others = map(int, self.line(host).split())
        for other in others:
            self.addCleanup(os.kill, other, signal.SIGKILL)
        self.assertTrue(support.is_running(pid))
        began = time.monotonic()
        host.kill()
        host.wait(5)
        self.assertTrue(support.until(lambda: not support.is_running(pid), 2), "the server outlived its host")
        self.assertLess(time.monotonic() - began, 2)
        self.assertTrue(all(support.is_running(other) for other in others))

    def test_a_forked_process_cannot_use_or_end_its_parents_server(self) -> None:
        host = self.host(
            "k = Kling(server=FAKE); k.hello()\n"
            "child = os.fork()\n"
            "if not child:\n"
            "    try: k.hello()\n"
            "    except ServerGone: print('refused', flush=True)\n"
            "    k.close(); sys.exit(0)\n"
            "os.waitpid(child, 0); print(k.hello().protocol, flush=True)"
        )
        self.assertEqual((self.line(host), self.line(host), host.wait(10)), ("refused", "1.0", 0))

    def test_ctrl_c_ends_the_call_and_neither_client_nor_server(self) -> None:
        # Whoever starts the tests in the background may have left SIGINT ignored, and that is inherited.
        host = self.host(
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "k = Kling(server=FAKE); k.hello()\n"
            "def watch():\n"
            "    while not k._connection._pending: time.sleep(0.01)\n"
            "    print('ready', flush=True)\n"
            "threading.Thread(target=watch).start()\n"
            "try: k.call('silent')\n"
            "except KeyboardInterrupt: print(k.call('seen')['cancelled'], flush=True)"
        )
        self.assertEqual(self.line(host), "ready")
        os.killpg(host.pid, signal.SIGINT)
        self.assertEqual((self.line(host), host.wait(10)), ("[2]", 0))

    def test_a_host_with_deadly_sigpipe_survives_its_servers_death(self) -> None:
        host = self.host(
            "import signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL)\n"
            "k = Kling(server=FAKE); k.hello(); os.kill(k.pid, 9)\n"
            "try: k.call('echo', {'a': 'x' * 1000000})\n"
            "except ServerGone: print('alive', flush=True)"
        )
        self.assertEqual((self.line(host), host.wait(10)), ("alive", 0))


if __name__ == "__main__":
    unittest.main()
