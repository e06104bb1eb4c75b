"""How the process ends, and what it makes of the descriptors it is given."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import resource
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import tty
import unittest
from pathlib import Path

from harness import CLIP, LINUX, Case, Frames, Server, binary, drained, is_running, needs_proc, wait_for

from clip import clip
from gateway import Gateway

HELLO = b'{"jsonrpc":"2.0","id":1,"method":"hello"}\n'


def received(descriptor: int, count: int = 1, framing: str = "lines", seconds: float = 10) -> list[dict]:
    """The next messages on a descriptor."""
    frames, found = Frames(framing), []
    deadline = time.monotonic() + seconds
    os.set_blocking(descriptor, False)
    while len(found) < count:
        assert time.monotonic() < deadline, f"no answer in {seconds} s"
        try:
            piece = os.read(descriptor, 1 << 16)
        except BlockingIOError:
            time.sleep(0.002)
            continue
        assert piece, "the output ended"
        found += [json.loads(message) for message in frames.feed(piece)]
    return found


class EndOfInput(Case):
    def test_all_that_was_read_is_answered_before_the_end(self) -> None:
        calls = b"".join(HELLO.replace(b":1,", b":%d," % number) for number in range(200))
        run = subprocess.run(
            [binary()],
            input=calls,
            capture_output=True,
            env=self.place.environment(),
            timeout=20,
            check=False,
        )
        self.assertEqual(run.returncode, 0)
        self.assertEqual([json.loads(line)["id"] for line in run.stdout.splitlines()], list(range(200)))
        self.assertEqual(run.stderr, b"")

    def test_a_wait_is_answered_up_to_its_limit(self) -> None:
        server = self.simulated(speed=1)
        task = server.submit(waitFor="queued")["id"]
        began = time.monotonic()
        waiting = server.ask("wait", {"task": task, "timeoutSeconds": 1})
        server.close_input()
        self.assertFalse(server.take(waiting)["done"])
        self.assertEqual(server.finish(), 0)
        self.assertGreater(time.monotonic() - began, 0.9)

    def test_a_whole_job_goes_through_a_pipe_of_a_shell(self) -> None:
        request = json.dumps(CLIP)
        lines = [
            f'{{"jsonrpc":"2.0","id":1,"method":"submit","params":{{"request":{request},"waitFor":"completed",'
            '"download":{"directory":"videos"}}}',
            '{"jsonrpc":"2.0","id":2,"method":"list"}',
        ]
        run = subprocess.run(
            ["sh", "-c", 'printf "%s\\n" "$@" | "$SERVER" --simulate speed=200', "sh", *lines],
            capture_output=True,
            env={**self.place.environment(), "SERVER": binary()},
            cwd=self.place.path,
            timeout=30,
            check=False,
        )
        self.assertEqual(run.returncode, 0, run.stderr)
        answers = {one["id"]: one for one in map(json.loads, run.stdout.splitlines()) if "id" in one}
        self.assertEqual(answers[1]["result"]["state"], "completed")
        # Nothing orders what takes time: the list may have been made before the task.
        self.assertLessEqual(len(answers[2]["result"]["tasks"]), 1)
        self.assertEqual(len(list(self.place.videos.glob("*.mp4"))), 1)

    def test_tasks_go_on_though_the_host_says_nothing(self) -> None:
        with self.simulated(speed=1) as first:
            task = first.submit(waitFor="submitted")["id"]
            first.kill()
        with contextlib.closing(sqlite3.connect(self.place.journal)) as journal:
            find = "SELECT owner FROM tasks WHERE id = ?"
            left = journal.execute(find, (task,)).fetchone()
            self.simulated(speed=1)
            wait_for(lambda: journal.execute(find, (task,)).fetchone() != left, 10, "the taking up")

    def test_a_subscription_alone_does_not_hold_the_process(self) -> None:
        server = self.simulated(speed=1)
        server.submit(waitFor="queued")
        server.call("subscribe", all=True)
        self.assertEqual(server.finish(8), 0)


class Arguments(Case):
    def test_options_are_seen_whatever_was_loaded_before(self) -> None:
        """A library that adds to the environment moves it, and with it what lies beside the arguments."""
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if not LINUX or not compiler:
            self.skipTest("needs a C compiler and LD_PRELOAD")
        source, library = self.place.path / "early.c", self.place.path / "early.so"
        source.write_text(
            "#include <stdlib.h>\n"
            '__attribute__((constructor)) static void early(void) { setenv("SOMETHING_NEW", "1", 1); }\n'
        )
        subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
        env = {**self.place.environment(), "KLING_API_KEY": "k", "LD_PRELOAD": str(library)}

        def run(*options: str) -> subprocess.CompletedProcess[bytes]:
            return subprocess.run(
                [binary(), *options], input=HELLO, capture_output=True, env=env, timeout=20, check=False
            )

        gateway = json.loads(run("--simulate", "--locale", "zh").stdout)["result"]["gateway"]
        self.assertTrue(gateway["simulated"])
        gateway = json.loads(run("--gateway", "http://127.0.0.1:9").stdout)["result"]["gateway"]
        self.assertEqual(gateway["url"], "http://127.0.0.1:9")
        self.assertEqual(run("--nonsense").returncode, 2)
        self.assertRegex(run("--version").stdout.decode(), r"^kling-server \d")


class Signals(Case):
    def test_a_request_to_end_is_followed_and_nothing_is_lost(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number):
                server = self.simulated(speed=1)
                task = server.submit()["id"]
                began = time.monotonic()
                server.kill(number)
                self.assertEqual(server.exit(8), 0)
                self.assertLess(time.monotonic() - began, 6)
                again = self.simulated(speed=1)
                self.assertEqual(again.call("status", task=task)["id"], task)
                again.finish()

    def test_a_download_goes_on_where_the_process_ended(self) -> None:
        video = clip(60_000)
        for end in ("signal", "input"):
            with self.subTest(end=end), Gateway(speed=1000, video=video) as gateway:
                arguments = ("--gateway", gateway.url, "--journal", f"{end}.db", "--download-dir", end)
                gateway.faults = ["slow-body:on=file:seconds=60:pieces=600"]
                server = self.server(*arguments, env={"KLING_API_KEY": "k"})
                task = server.submit()["id"]
                part = self.place.path / end / f"{task}.mp4.part"

                def some(server: Server = server, task: str = task, part: Path = part) -> int:
                    server.call("status", task=task, refresh=True)
                    return part.stat().st_size if part.exists() else 0

                came = wait_for(some, 20, "some of the video")
                if end == "signal":
                    server.kill(signal.SIGTERM)
                    self.assertEqual(server.exit(8), 0)
                else:
                    self.assertEqual(server.finish(), 0)
                gateway.faults = []
                last = self.server(*arguments, env={"KLING_API_KEY": "k"})
                path = wait_for(
                    lambda s=last, t=task: s.call("status", task=t)["videos"][0].get("path"), 20, "the file"
                )
                self.assertEqual((self.place.path / path).read_bytes(), video)
                asked = [one.headers.get("range") for one in gateway.requests if "/files/" in one.path]
                self.assertEqual(asked[0], None)
                first = int(asked[-1].removeprefix("bytes=").removesuffix("-"))
                self.assertGreaterEqual(first, came)
                last.finish()

    def test_a_signal_before_the_first_message_ends_it_too(self) -> None:
        server = self.server()
        server.kill(signal.SIGTERM)
        self.assertIn(server.exit(), (0, -signal.SIGTERM))

    def test_what_the_parent_ignores_stays_ignored_but_for_a_request_to_end(self) -> None:
        ignored = (signal.SIGINT, signal.SIGHUP)

        def ignore() -> None:
            for number in (*ignored, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)

        server = self.simulated(speed=1, preexec_fn=ignore)
        task = server.submit()["id"]
        for number in ignored:
            server.kill(number)
        began = time.monotonic()
        self.assertFalse(server.call("wait", task=task, timeoutSeconds=1)["done"])
        self.assertGreater(time.monotonic() - began, 0.9, "the wait was cut short by an end")
        server.kill(signal.SIGTERM)
        self.assertEqual(server.exit(8), 0)

    def test_a_stop_and_a_continue_change_nothing(self) -> None:
        server = self.simulated()
        server.call("hello")
        waiting = server.ask("wait", {"task": server.submit()["id"]})
        server.kill(signal.SIGSTOP)
        server.kill(signal.SIGCONT)
        self.assertTrue(server.take(waiting, 20)["done"])


class LostClient(Case):
    """The host is gone, and a third process holds the server's standard input open."""

    def orphan(self, script: str, *arguments: str) -> tuple[int, int, subprocess.Popen[bytes]]:
        """Runs a host that starts the server and says its pid. The writing end of stdin stays open here."""
        reading, writing = os.pipe()
        host = subprocess.Popen(
            [sys.executable, "-c", script, binary(), *arguments],
            stdin=reading,
            stdout=subprocess.PIPE,
            env=self.place.environment(),
            cwd=self.place.path,
        )
        os.close(reading)
        self.addCleanup(os.close, writing)
        self.addCleanup(host.wait)
        self.addCleanup(host.kill)
        assert host.stdout is not None
        self.addCleanup(host.stdout.close)
        pid = int(host.stdout.readline())

        def end() -> None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

        self.addCleanup(end)
        return pid, writing, host

    HOST = (
        "import subprocess, sys, time\n"
        "server = subprocess.Popen(sys.argv[1:], stdin=0, stdout=subprocess.PIPE)\n"
        "{first}\n"
        "print(server.pid, flush=True)\n"
        "time.sleep(60)\n"
    )

    def test_it_ends_within_two_seconds_of_the_host_being_killed(self) -> None:
        for arguments in ((), ("--simulate", "speed=1")):
            with self.subTest(arguments=arguments):
                pid, writing, host = self.orphan(self.HOST.format(first=""), *arguments)
                os.write(writing, HELLO)
                if arguments:
                    line = {"jsonrpc": "2.0", "id": 2, "method": "submit", "params": {"request": CLIP}}
                    os.write(writing, json.dumps(line).encode() + b"\n")
                    wait_for(self.place.journal.exists, 5, "the journal")
                wait_for(lambda w=writing: drained(w), 5, "the messages to be read")
                self.assertTrue(is_running(pid))
                host.kill()
                wait_for(lambda p=pid: not is_running(p), 2, "the end of an orphan")

    def test_it_ends_even_if_nothing_was_ever_sent(self) -> None:
        pid, _, host = self.orphan(self.HOST.format(first=""))
        self.assertTrue(is_running(pid))
        host.kill()
        wait_for(lambda: not is_running(pid), 2, "the end of an orphan that was never used")

    def test_closing_its_output_is_enough(self) -> None:
        server = self.simulated(speed=1)
        server.submit(waitFor="queued")
        reading, writing = os.pipe()
        other = self.simulated(speed=1, stdin=reading, stdout=subprocess.PIPE, read=False)
        os.close(reading)
        self.addCleanup(os.close, writing)
        os.write(writing, HELLO)
        received(other.output)
        assert other.process.stdout is not None
        other.process.stdout.close()
        other.process.stdout = None
        other.exit(2)


class Descriptors(Case):
    def test_output_that_is_closed_from_the_start_is_said(self) -> None:
        run = subprocess.run(
            ["sh", "-c", 'exec "$0" >&-', binary()],
            input=HELLO,
            stderr=subprocess.PIPE,
            env=self.place.environment(),
            timeout=10,
            check=False,
        )
        self.assertEqual(run.returncode, 2)
        self.assertIn(b"standard output", run.stderr)

    def test_input_that_is_closed_from_the_start_is_an_end(self) -> None:
        run = subprocess.run(
            ["sh", "-c", 'exec "$0" <&-', binary()],
            capture_output=True,
            env=self.place.environment(),
            timeout=10,
            check=False,
        )
        self.assertEqual((run.returncode, run.stdout), (0, b""))

    def test_a_log_that_is_closed_never_gets_among_the_frames(self) -> None:
        for redirect in ("2>&-", "<&- 2>&-"):
            with self.subTest(redirect=redirect):
                run = subprocess.run(
                    ["sh", "-c", f'exec "$0" --log-level debug {redirect}', binary()],
                    input=HELLO + b"nonsense\n" if "<" not in redirect else None,
                    stdout=subprocess.PIPE,
                    env=self.place.environment(),
                    timeout=10,
                    check=False,
                )
                self.assertEqual(run.returncode, 0)
                frames = Frames("lines")
                self.assertEqual(len(list(frames.feed(run.stdout))), 2 if "<" not in redirect else 0)
                self.assertEqual((frames.stray, bytes(frames.buffer)), (b"", b""))
        run = subprocess.run(
            ["sh", "-c", 'exec "$0" 2>&-', binary()],
            input=b"Content-Length: x\r\n\r\n",
            stdout=subprocess.PIPE,
            env=self.place.environment(),
            timeout=10,
            check=False,
        )
        frames = Frames("headers")
        self.assertEqual(len(list(frames.feed(run.stdout))), 1)
        self.assertEqual((frames.stray, bytes(frames.buffer)), (b"", b""))

    def test_an_input_that_does_not_block_is_waited_for(self) -> None:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        server = self.server(stdin=reading)
        os.close(reading)
        server.input = writing
        for _ in range(3):
            self.assertTrue(server.call("validate", request=CLIP)["valid"])
        os.close(writing)
        self.assertEqual(server.exit(), 0)

    def test_a_socket_pair_as_node_gives_it_works_both_ways(self) -> None:
        for framing in ("lines", "headers"):
            with self.subTest(framing=framing):
                (ours_in, its_in), (ours_out, its_out) = socket.socketpair(), socket.socketpair()
                server = self.server(stdin=its_in, stdout=its_out, framing=framing, read=False)
                its_in.close()
                its_out.close()
                self.addCleanup(ours_in.close)
                self.addCleanup(ours_out.close)
                server.input = ours_in.fileno()
                server.start_reading(ours_out.fileno())
                large = {**CLIP, "prompt": "x" * 500_000}
                for _ in range(5):
                    found = server.call("validate", request=large)
                    self.assertEqual(len(found["normalized"]["prompt"]), 500_000)
                ours_in.close()
                self.assertEqual(server.exit(), 0)
                ours_out.close()

    def test_one_socket_for_both_ends_when_the_other_end_closes(self) -> None:
        ours, its = socket.socketpair()
        self.addCleanup(its.close)
        server = self.server(stdin=its, stdout=its, read=False)
        its.close()
        ours.sendall(HELLO)
        self.assertEqual(received(ours.fileno())[0]["id"], 1)
        ours.close()
        server.exit(2)

    def test_a_terminal_works(self) -> None:
        master, slave = pty.openpty()
        tty.setraw(slave)
        server = self.server(stdin=slave, stdout=slave, read=False)
        os.close(slave)
        os.write(master, HELLO)
        self.assertEqual(received(master)[0]["id"], 1)
        os.close(master)
        server.exit(3)

    def test_files_on_both_ends_work(self) -> None:
        given, kept = self.place.path / "in.jsonl", self.place.path / "out.jsonl"
        given.write_bytes(HELLO * 50)
        with given.open("rb") as source, kept.open("wb") as target:
            server = self.server(stdin=source, stdout=target)
            self.assertEqual(server.exit(), 0)
        self.assertEqual(len(kept.read_bytes().splitlines()), 50)

    def test_a_device_that_fails_ends_it(self) -> None:
        full = Path("/dev/full")
        if not full.exists():
            self.skipTest("no /dev/full")
        with full.open("wb") as device:
            server = self.server(stdout=device)
            with contextlib.suppress(OSError):
                server.write(HELLO)
            self.assertEqual(server.exit(3), 1)
            self.assertIn("No space left on device", server.log())

    def test_the_flags_of_a_shared_descriptor_are_left_alone(self) -> None:
        reading, writing = os.pipe()
        server = self.server(stdout=writing, read=False)
        server.start_reading(reading)
        server.call("hello")
        self.assertTrue(os.get_blocking(writing))
        os.close(writing)
        server.finish()
        os.close(reading)


class AClientThatNeverReads(Case):
    @needs_proc
    def test_memory_stays_bounded_nothing_spins_and_the_deadline_ends_it(self) -> None:
        server = self.simulated("--stuck-after", "3", speed=20, read=False)
        server.send("subscribe", {"all": True}, "s")
        for number in range(30):
            server.send("submit", {"request": CLIP, "waitFor": "queued"}, number)
        os.set_blocking(server.input, False)
        call = (
            json.dumps(
                {
                    "jsonrpc": "2.0",
                    "id": 1,
                    "method": "validate",
                    "params": {"request": {**CLIP, "prompt": "x" * 2000}},
                }
            ).encode()
            + b"\n"
        )
        peak, began, cpu = 0, time.monotonic(), None
        while server.process.poll() is None:
            self.assertLess(time.monotonic() - began, 15, "the deadline has not ended it")
            with contextlib.suppress(BlockingIOError, BrokenPipeError):
                os.write(server.input, call)
            with contextlib.suppress(OSError, AssertionError):
                peak = max(peak, server.peak_memory())
            if cpu is None and time.monotonic() - began > 1:
                cpu = server.cpu_seconds()
            with contextlib.suppress(OSError, IndexError):
                spent = server.cpu_seconds()
            time.sleep(0.002)
        self.assertEqual(server.exit(), 1)
        self.assertLess(peak, 96 << 20)
        self.assertLess(spent - (cpu or 0), 1)
        self.assertIn("has taken nothing for 3 s", server.log())

    @needs_proc
    def test_what_may_not_be_dropped_has_a_bound(self) -> None:
        server = self.server("--max-output", "1000000", "--stuck-after", "60", read=False)
        os.set_blocking(server.input, False)
        large = {**CLIP, "prompt": "x" * 300_000}
        call = json.dumps(
            {"jsonrpc": "2.0", "id": 1, "method": "validate", "params": {"request": large}}
        ).encode()
        pending = memoryview((call + b"\n") * 20)
        began = time.monotonic()
        while server.process.poll() is None:
            self.assertLess(time.monotonic() - began, 15, "the bound has not ended it")
            with contextlib.suppress(BlockingIOError, BrokenPipeError):
                pending = pending[os.write(server.input, pending) :] if pending else pending
            time.sleep(0.002)
        self.assertEqual(server.exit(), 1)
        self.assertIn("does not read", server.log())

    def test_a_slow_client_gets_every_answer_however_much_it_asks(self) -> None:
        """More than the output may hold: the server has to stop reading, not to give up."""
        count = 60_000
        call = {"jsonrpc": "2.0", "method": "validate", "params": {"request": {**CLIP, "prompt": "x" * 300}}}
        calls = b"".join(json.dumps({**call, "id": n}).encode() + b"\n" for n in range(count))
        server = self.server(read=False)
        server.write_beside(calls)
        # It has stopped taking more long before all is sent.
        wait_for(lambda: not select.select([], [server.input], [], 0.2)[1], 20, "the server to pause")
        server.start_reading()
        server.until(lambda: len(server.messages) == count, 60)
        self.assertEqual([answer["id"] for answer in server.answers()], list(range(count)))
        self.assertLess(server.peak_memory(), 96 << 20)

    def test_answers_that_take_work_do_not_pile_up_before_a_slow_client(self) -> None:
        server = self.simulated("--journal", ":memory:", "--max-active", "1", speed=1)
        for _ in range(60):
            server.submit(waitFor="queued", request={**CLIP, "prompt": "x" * 2000})
        count, began = 700, len(server.messages)
        listed = len(json.dumps(server.call("list", limit=60)))
        self.assertGreater(count * listed, 64 << 20)
        calls = [{"jsonrpc": "2.0", "id": n, "method": "list", "params": {"limit": 60}} for n in range(count)]
        server.pause_reading.set()
        server.write_beside(b"".join(json.dumps(call).encode() + b"\n" for call in calls))
        time.sleep(1)
        server.pause_reading.clear()
        server.until(lambda: len(server.messages) >= began + 1 + count, 60)
        self.assertLess(server.peak_memory(), 96 << 20)
        self.assertTrue(server.call("list")["tasks"])

    def test_a_client_that_comes_back_finds_every_answer_in_order(self) -> None:
        server = self.server(read=False)
        os.set_blocking(server.input, False)
        calls = b"".join(
            json.dumps(
                {
                    "jsonrpc": "2.0",
                    "id": n,
                    "method": "validate",
                    "params": {"request": {**CLIP, "prompt": "x" * 3000}},
                }
            ).encode()
            + b"\n"
            for n in range(3000)
        )
        sent, quiet = memoryview(calls), 0
        while sent and quiet < 200:
            try:
                sent = sent[os.write(server.input, sent) :]
                quiet = 0
            except BlockingIOError:
                quiet += 1
                time.sleep(0.002)
        server.start_reading()
        os.set_blocking(server.input, True)
        server.write(bytes(sent))
        server.until(lambda: len(server.messages) == 3000, 20)
        self.assertEqual([answer["id"] for answer in server.answers()], list(range(3000)))


@needs_proc
class NothingTooEarly(Case):
    def test_validating_opens_no_journal_and_loads_no_library_of_the_network(self) -> None:
        server = self.server("--gateway", "http://127.0.0.1:9", env={"KLING_API_KEY": "k"})
        server.call("hello")
        server.call("validate", request=CLIP)
        server.call("models")
        loaded = Path(f"/proc/{server.pid}/maps").read_text()
        for library in ("libcurl", "libFoundation", "libssl"):
            self.assertNotIn(library, loaded)
        self.assertFalse(self.place.journal.exists())
        self.assertEqual([path for path in self.place.path.iterdir() if path.name != "videos"], [])
        opened = {str(one.readlink()) for one in Path(f"/proc/{server.pid}/fd").iterdir()}
        self.assertFalse([path for path in opened if path.endswith((".db", "-wal"))], opened)

    def test_the_first_answer_needs_no_home(self) -> None:
        for env in ({"HOME": None}, {"HOME": "/proc/nowhere"}, {"HOME": ""}):
            with self.subTest(env=env):
                server = self.server("--simulate", env={**env, "KLING_JOURNAL": None})
                self.assertTrue(server.call("validate", request=CLIP)["valid"])
                if env["HOME"]:
                    self.assert_explains(
                        server.fails("submit", request=CLIP), 507, "journal_unavailable", "nowhere"
                    )
                self.assertEqual(server.finish(), 0)

    def test_few_descriptors_are_enough(self) -> None:
        def few() -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))

        server = self.server(preexec_fn=few)
        self.assertTrue(server.call("validate", request=CLIP)["valid"])
        self.assertEqual(server.finish(), 0)


if __name__ == "__main__":
    unittest.main()
