"""A key file that holds no key ends nothing: `submit` says what is wrong with it, the rest works."""

from __future__ import annotations

import contextlib
import os
import socket
import time
import unittest
from pathlib import Path
from typing import Any

from doctor_case import DoctorCase
from harness import CLIP, Server, wait_for

from gateway import Gateway

KEY = "sk-right-0123456789"
OTHER = "sk-other-0123456789"
MARK = b"\xef\xbb\xbf"
NOBODY = 65534

# What is in the file, and what is said of it.
CONTENTS: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "is empty", "为空"),
    "white space": (b" \r\n\n\t", "is empty", "为空"),
    "a mark alone": (MARK + b"\n", "is empty", "为空"),
    "two keys": (f"{KEY}\n{OTHER}\n".encode(), "has a second line", "有第二行"),
    "two keys, lines of old": (f"{KEY}\r{OTHER}".encode(), "has a second line", "有第二行"),
    "the header": (f"Bearer {KEY}\n".encode(), 'begins with "Bearer"', "以 “Bearer” 开头"),
    "two words": (f"key {KEY}".encode(), "such as a space", "例如空格"),
    "UTF-16": (KEY.encode("utf-16"), "such as a space", "例如空格"),
    "a letter that is none": (KEY.encode() + "ü".encode(), "such as a space", "例如空格"),
    "zero": (KEY.encode() + b"\0", "such as a space", "例如空格"),
    "no end of it": (b"k" * 70_000, "cannot be read: File too large", "无法读取：File too large"),
}


class KeyFileCase(DoctorCase):
    def setUp(self) -> None:
        super().setUp()
        self.gateway = Gateway(speed=0, key=KEY).start()
        self.addCleanup(self.gateway.stop)
        self.file = self.place.path / "key"

    def started(self, path: Path | str | None = None, *arguments: str, **options: Any) -> Server:
        """A server with this key file."""
        file = ("--api-key-file", str(path or self.file))
        return self.server("--gateway", self.gateway.url, *file, *arguments, **options)

    def refuses(self, server: Server, words: str, seconds: float = 10) -> None:
        failure = server.fails("submit", seconds, request=CLIP)
        self.assert_explains(failure, 401, "authentication_error", "keys")
        self.assertIn(words, failure.message)
        self.assertEqual((failure.data["billed"], failure.data["retry"]), ("no", "never"))

    def works(self, server: Server) -> None:
        """All that needs no key."""
        self.assertTrue(server.call("validate", request=CLIP)["valid"])
        self.assertFalse(server.call("hello")["gateway"]["simulated"])
        self.assertEqual(server.call("list")["tasks"], [])
        self.assertEqual(server.fails("status", task="kt_none").code, 404)

    def check(self, server: Server, words: str, seconds: float = 10) -> None:
        """It is refused, before and after nothing else is, and the end is a good one."""
        self.works(server)
        self.assertNotIn("Authorization", server.call("submit", request=CLIP, dryRun=True)["headers"])
        self.refuses(server, words, seconds)
        self.assertEqual(server.call("list")["tasks"], [])
        self.works(server)
        self.assertEqual(server.finish(), 0)
        self.assertEqual(self.gateway.create_requests, 0)
        self.assertEqual(len(server.log().splitlines()), 1, server.log())
        self.assertIn(words, server.log())
        for output in (server.log(), *(message.decode() for message in server.messages)):
            self.assertNotIn(KEY, output)
            self.assertNotIn(OTHER, output)

    def doctor(self, words: str, path: Path | str | None = None, **options: Any) -> None:
        file = str(path or self.file)
        found = self.report("--gateway", self.gateway.url, "--api-key-file", file, env={}, **options)
        self.only_problem(found, "key", words, "xcompute.us/keys")
        self.assertNotIn("access", found)


class NoKeyInIt(KeyFileCase):
    def each(self, path: Path | str, en: str, zh: str) -> None:
        for locale, words in (("en", en), ("zh", zh)):
            self.check(self.started(path, "--locale", locale), words)
        self.doctor(en, path)

    def test_what_is_in_it_is_no_key(self) -> None:
        for name, (content, en, zh) in CONTENTS.items():
            with self.subTest(name):
                self.file.write_bytes(content)
                self.file.chmod(0o600)
                self.each(self.file, en, zh)

    def test_it_is_not_there(self) -> None:
        reason = "No such file or directory"
        self.each(self.file, f"key cannot be read: {reason}", f"key 无法读取：{reason}")

    def test_it_is_a_directory(self) -> None:
        self.file.mkdir(0o700)
        self.each(self.file, "key is a directory", "key 是一个目录")

    def test_it_may_not_be_read(self) -> None:
        self.file.write_text(KEY)
        self.file.chmod(0)
        options: dict[str, Any] = {}
        if os.getuid() == 0:
            # Who may do everything may read it.
            self.place.path.chmod(0o777)
            options["user"] = NOBODY
        try:
            server = self.started(**options)
        except PermissionError:
            self.skipTest("the program may not be started by another user")
        self.check(server, "key cannot be read: Permission denied")

    def test_it_is_a_socket(self) -> None:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(str(self.file))
            server = self.started()
            self.refuses(server, "key cannot be read: ")
            self.works(server)
            self.assertEqual(server.finish(), 0)

    def test_it_is_a_device(self) -> None:
        for device, words in (("null", "is empty"), ("zero", "cannot be read: File too large")):
            server = self.started(f"/dev/{device}")
            self.refuses(server, f"/dev/{device} {words}")
            self.works(server)
            self.assertEqual(server.finish(), 0)
            self.doctor(words, f"/dev/{device}")

    def test_it_is_the_standard_input(self) -> None:
        self.check(self.started("/dev/stdin"), "over which requests come")

    def test_the_key_stands_where_the_path_belongs(self) -> None:
        server = self.started(KEY)
        self.refuses(server, "The key file ‹redacted› cannot be read")
        self.assertEqual(server.finish(), 0)
        self.assertNotIn(KEY, server.log())
        self.doctor("cannot be read", KEY)

    def test_the_variable_holds_none(self) -> None:
        env = {"KLING_API_KEY": f"{KEY}\n{OTHER}"}
        for locale, words in (
            ("en", "The variable KLING_API_KEY has a second line"),
            ("zh", "环境变量 KLING_API_KEY 有第二行"),
        ):
            self.check(self.server("--gateway", self.gateway.url, "--locale", locale, env=env), words)
        found = self.report("--gateway", self.gateway.url, env=env)
        self.only_problem(found, "key", "KLING_API_KEY has a second line")

    def test_the_variable_names_a_file_without(self) -> None:
        env: dict[str, str | None] = {"KLING_API_KEY_FILE": str(self.file)}
        self.check(self.server("--gateway", self.gateway.url, env=env), "key cannot be read")

    def test_what_would_be_a_second_key_is_not_used(self) -> None:
        """The file goes before the variable, also when nothing is in it."""
        self.check(self.started(env={"KLING_API_KEY": KEY}), "key cannot be read")

    def test_with_the_simulator_nobody_asks_for_it(self) -> None:
        server = self.started(None, "--simulate", "speed=500")
        self.assertTrue(server.submit()["taskId"])
        self.assertEqual((server.finish(), server.log()), (0, ""))


class OneKeyInIt(KeyFileCase):
    def test_what_stands_around_it_does_no_harm(self) -> None:
        for text in (f"{{mark}}{KEY}", f"{{mark}}{KEY}\r\n", f"\n\n {KEY}\n\n \n"):
            content = text.encode().replace(b"{mark}", MARK)
            with self.subTest(content):
                self.file.write_bytes(content)
                self.file.chmod(0o600)
                server = self.started()
                self.assertTrue(server.submit(request={**CLIP, "prompt": repr(content)})["taskId"])
                self.assertEqual((server.finish(), server.log()), (0, ""))
                found = self.report(
                    "--gateway", self.gateway.url, "--api-key-file", str(self.file), status=0, env={}
                )
                self.assertEqual(found["key"][0]["facts"]["characters"], len(KEY))

    def test_a_file_that_was_put_right_is_read_anew(self) -> None:
        server = self.started()
        self.refuses(server, "key cannot be read")
        for content, words in (("", "key is empty"), (f"{KEY}\n\n{OTHER}\n", "key has a second line")):
            self.file.write_text(content)
            self.refuses(server, words)
        self.file.write_text(KEY + "\n")
        self.assertTrue(server.submit()["taskId"])
        # A key that was had is kept.
        self.file.unlink()
        self.assertTrue(server.submit(request={**CLIP, "prompt": "another"})["taskId"])
        self.assertEqual(self.gateway.creates, 2)

    def test_a_key_that_was_exchanged_is_read_when_the_old_one_is_refused(self) -> None:
        self.file.write_text(OTHER)
        server = self.started()
        self.gateway.api.key = KEY
        refused = server.fails("submit", request=CLIP)
        self.assert_explains(refused, 401, "authentication_error")
        self.file.write_text(KEY)
        self.assertTrue(server.submit(request={**CLIP, "prompt": "another"})["taskId"])
        self.assertEqual((self.gateway.creates, self.gateway.create_requests), (1, 3))

    def test_what_waits_in_line_is_sent_when_it_was_put_right(self) -> None:
        self.gateway.faults = ["429:retry-after=3"]
        server = self.server("--gateway", self.gateway.url, env={"KLING_API_KEY": KEY})
        task = server.submit(waitFor="queued")["id"]
        wait_for(lambda: server.call("status", task=task)["error"], why="the refusal")
        server.finish()
        self.gateway.faults = []
        server = self.started()
        shown = server.call("status", task=task)
        self.assertEqual((shown["state"], shown["billed"]), ("queued", "no"))
        self.assertRegex(shown["error"]["message"], "key cannot be read.*stays in line")
        self.file.write_text(KEY)
        wait_for(lambda: server.call("status", task=task)["taskId"], why="the create")
        self.assertEqual(self.gateway.creates, 1)


class OutOfAPipe(KeyFileCase):
    """Such as `--api-key-file <(pass show key)`."""

    def substituted(self, *arguments: str) -> tuple[Server, int]:
        """A server whose key file is a pipe without a name, and the end to write into."""
        end, writer = os.pipe()
        server = self.started(f"/dev/fd/{end}", *arguments, pass_fds=(end,))
        os.close(end)
        return server, writer

    def give(self, writer: int, content: bytes) -> None:
        os.write(writer, content)
        os.close(writer)

    def test_a_key_that_was_written_before(self) -> None:
        server, writer = self.substituted()
        self.give(writer, KEY.encode() + b"\n")
        self.assertIn("Authorization", server.call("submit", request=CLIP, dryRun=True)["headers"])
        self.assertTrue(server.submit()["taskId"])
        self.assertTrue(server.submit(request={**CLIP, "prompt": "another"})["taskId"])
        self.assertEqual((server.finish(), server.log()), (0, ""))

    def test_a_submit_waits_for_one_that_takes_its_time(self) -> None:
        server, writer = self.substituted()
        call = server.ask("submit", {"request": CLIP})
        os.write(writer, KEY[:5].encode())
        self.works(server)
        self.assertEqual(server.answers()[-1]["id"], call + 4, "it was answered without a key")
        self.give(writer, KEY[5:].encode())
        self.assertTrue(server.take(call)["taskId"])
        self.assertEqual(server.finish(), 0)

    def test_an_input_that_ends_before_it_comes(self) -> None:
        server, writer = self.substituted()
        call = server.ask("submit", {"request": CLIP})
        server.close_input()
        time.sleep(0.3)
        self.give(writer, KEY.encode())
        self.assertTrue(server.take(call)["taskId"])
        self.assertEqual(server.exit(), 0)

    def test_what_comes_is_no_key(self) -> None:
        for content, words in ((b"", "is empty"), (f"{KEY}\n{OTHER}\n".encode(), "has a second line")):
            server, writer = self.substituted()
            self.give(writer, content)
            for _ in range(2):
                self.refuses(server, words)
            self.works(server)
            self.assertEqual(server.finish(), 0)
            self.assertNotIn(KEY, "".join(message.decode() for message in server.messages) + server.log())
        self.assertEqual(self.gateway.create_requests, 0)

    def test_nobody_writes_and_then_somebody_does(self) -> None:
        os.mkfifo(self.file, 0o600)
        server = self.started()
        self.assertTrue(server.call("validate", request=CLIP)["valid"])
        self.assertTrue(server.call("hello"))
        with self.assertRaises(OSError, msg="it was opened before it was needed"):
            os.open(self.file, os.O_WRONLY | os.O_NONBLOCK)
        call = server.ask("submit", {"request": CLIP})
        self.works(server)
        # Meanwhile: it waits for a limited time, too.
        self.doctor("has given no key yet")
        with self.assertRaisesRegex(Exception, "has given no key yet"):
            server.take(call, 20)
        self.refuses(server, "has given no key yet", seconds=2)
        self.works(server)
        self.assertFalse(self.gateway.create_requests)
        writer = wait_for(lambda: os.open(self.file, os.O_WRONLY | os.O_NONBLOCK))
        self.give(writer, KEY.encode())
        wait_for(lambda: self.is_taken(server), why="the key")
        self.assertEqual((server.finish(), server.log()), (0, ""))

    def is_taken(self, server: Server) -> bool:
        with contextlib.suppress(Exception):
            return bool(server.submit()["taskId"])
        return False

    def test_the_end_does_not_wait_for_it(self) -> None:
        os.mkfifo(self.file, 0o600)
        server = self.started()
        server.ask("submit", {"request": CLIP})
        self.works(server)
        server.kill(15)
        self.assertEqual(server.exit(5), 0)


if __name__ == "__main__":
    unittest.main()
