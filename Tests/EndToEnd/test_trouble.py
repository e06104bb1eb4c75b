"""A journal, a disk, a key, a gateway in trouble: a clear error, nothing else ends, nothing is lost."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import unittest
from collections.abc import Iterator
from pathlib import Path

from harness import CLIP, LINUX, Case, RPCFailure, Server, binary, wait_for

from certificate import certificate
from gateway import Gateway

ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0


class JournalTrouble(Case):
    def refuses(self, server: Server, *words: str, reads: bool = False) -> RPCFailure:
        """Nothing is submitted, the cause is named, and all that needs no journal goes on."""
        failure = server.fails("submit", 15, request=CLIP)
        self.assert_explains(failure, 507, "journal_unavailable", *words)
        self.assertEqual(failure.data["billed"], "no")
        self.assertIn(self.place.journal.name, failure.message + str(failure.data.get("message")))
        if not reads:
            self.assert_explains(server.fails("list", 15), 507, "journal_unavailable")
        self.assertTrue(server.call("validate", request=CLIP)["valid"])
        self.assertEqual(server.call("hello")["protocol"], "1.0")
        return failure

    def made(self) -> str:
        """A journal with one task in it; its id."""
        with self.simulated() as server:
            task = server.submit(waitFor="completed", seconds=30)["id"]
            server.finish()
        return task

    def test_a_locked_journal_is_said_and_used_once_it_is_free(self) -> None:
        task = self.made()
        other = sqlite3.connect(self.place.journal, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        server = self.simulated()
        # Who only looks is not kept out by one who writes.
        self.refuses(server, "lock|held|in use|busy", reads=True)
        other.execute("ROLLBACK")
        other.close()
        self.assertEqual(server.call("status", task=task)["state"], "completed")
        self.assertIn("id", server.submit())

    def test_garbage_is_said_and_left_alone(self) -> None:
        self.place.journal.write_bytes(b"this is no database " * 500)
        before = self.place.journal.read_bytes()
        server = self.simulated()
        self.refuses(server, "not a journal|corrupt|damaged|no database|--journal")
        self.assertEqual(self.place.journal.read_bytes(), before)

    def test_a_damaged_journal_is_said(self) -> None:
        self.made()
        content = bytearray(self.place.journal.read_bytes())
        content[200:] = b"\x5a" * (len(content) - 200)
        self.place.journal.write_bytes(content)
        for rest in self.place.path.glob("journal.db-*"):
            rest.unlink()
        server = self.simulated()
        self.refuses(server)

    def test_a_newer_version_is_said_and_left_alone(self) -> None:
        self.made()
        with contextlib.closing(sqlite3.connect(self.place.journal)) as other:
            other.execute("PRAGMA user_version = 9999")
            other.commit()
        server = self.simulated()
        self.refuses(server, "newer|version")

    def test_another_programs_database_is_left_alone(self) -> None:
        with contextlib.closing(sqlite3.connect(self.place.journal)) as other:
            other.execute("CREATE TABLE theirs (a)")
            other.commit()
        server = self.simulated()
        self.refuses(server)
        with contextlib.closing(sqlite3.connect(self.place.journal)) as other:
            names = [name for (name,) in other.execute("SELECT name FROM sqlite_master")]
        self.assertEqual(names, ["theirs"])

    def test_a_directory_in_its_place_is_said(self) -> None:
        self.place.journal.mkdir()
        self.refuses(self.simulated())

    def test_a_journal_that_cannot_be_written_is_said(self) -> None:
        task = self.made()
        if ROOT_USER:
            if not LINUX or not shutil.which("setpriv"):
                self.skipTest("root may write anything, and there is no setpriv to be someone else")
            self.place.path.chmod(0o755)
            for file in self.place.path.glob("journal.db*"):
                file.chmod(0o444)
            probe = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            if subprocess.run([*probe, binary(), "--version"], capture_output=True, check=False).returncode:
                self.skipTest("the binary cannot be run by another user here")
            server = Prefixed(probe, "--simulate", "speed=200", place=self.place)
            self.addCleanup(server.close)
        else:
            self.place.path.chmod(0o555)
            self.addCleanup(self.place.path.chmod, 0o755)
            for file in self.place.path.glob("journal.db*"):
                file.chmod(0o444)
            server = self.simulated()
        failure = server.fails("submit", request=CLIP)
        self.assert_explains(failure, 507, "journal_unavailable", "writ|read-only|permission")
        self.assertTrue(server.call("validate", request=CLIP)["valid"])
        self.assertTrue(task)

    def test_a_full_disk_is_said_and_nothing_is_lost(self) -> None:
        with self.small_disk() as folder:
            journal = folder / "journal.db"
            server = self.simulated("--journal", str(journal))
            kept = server.submit(waitFor="completed", seconds=30)["id"]
            filler = folder / "filler"
            with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(bytes(4096))
            failure = None
            for number in range(200):
                try:
                    server.submit(request={**CLIP, "prompt": str(number)}, waitFor="queued")
                except RPCFailure as found:
                    failure = found
                    break
            assert failure is not None, "the disk is full and the journal writes on"
            self.assert_explains(failure, 507, "journal_unavailable", "full|space")
            self.assertEqual(failure.data["billed"], "no")
            self.assertTrue(server.call("validate", request=CLIP)["valid"])
            filler.unlink()
            self.assertEqual(server.call("status", task=kept)["state"], "completed")
            after = wait_for(lambda: self.tried(server), 10, "the journal to go on")
            server.call("wait", 30, task=after["id"])
            server.close()

    @staticmethod
    def tried(server: Server) -> dict | None:
        try:
            return server.submit(request={**CLIP, "prompt": "after"})
        except RPCFailure:
            return None

    @contextlib.contextmanager
    def small_disk(self) -> Iterator[Path]:
        folder = self.place.path / "small"
        folder.mkdir()
        mounted = (
            LINUX
            and ROOT_USER
            and subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)],
                capture_output=True,
                check=False,
            ).returncode
            == 0
        )
        if not mounted:
            self.skipTest("needs the right to mount a small file system")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=False)

    def test_a_file_that_may_not_grow_ends_nothing(self) -> None:
        def limited() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

        server = self.simulated(preexec_fn=limited)
        failure = server.fails("submit", request=CLIP)
        self.assert_explains(failure, 507, "journal_unavailable")
        self.assertTrue(server.call("validate", request=CLIP)["valid"])

    def test_real_and_simulated_tasks_never_share_a_journal(self) -> None:
        self.made()
        with Gateway(speed=0) as gateway:
            real = self.server("--gateway", gateway.url, env={"KLING_API_KEY": "k"})
            failure = real.fails("submit", request=CLIP)
            self.assert_explains(failure, 507, "journal_unavailable", "simulat")
            self.assertEqual(gateway.create_requests, 0)
            real.close()
            self.place.journal.rename(self.place.path / "old.db")
            for rest in self.place.path.glob("journal.db-*"):
                rest.unlink()
            real = self.server("--gateway", gateway.url, env={"KLING_API_KEY": "k"})
            real.submit()
            real.finish()
        self.assert_explains(self.simulated().fails("submit", request=CLIP), 507, "journal_unavailable")

    def test_the_default_place_is_made_when_it_is_needed(self) -> None:
        state = self.place.path / "state"
        server = self.simulated(env={"KLING_JOURNAL": None, "XDG_STATE_HOME": str(state)})
        server.call("hello")
        self.assertFalse(state.exists())
        server.submit()
        self.assertTrue((state / "kling-server" / "simulated.db").exists())
        self.assertEqual(
            (state / "kling-server").stat().st_mode & 0o077, 0, "others may look into the journal"
        )
        server = self.simulated(env={"KLING_JOURNAL": None})
        server.submit()
        self.assertTrue((self.place.path / ".local/state/kling-server/simulated.db").exists())

    def test_two_processes_share_one_journal(self) -> None:
        one, two = self.simulated(speed=50), self.simulated(speed=50)
        two.call("hello")
        task = one.submit()["id"]
        self.assertEqual(two.call("status", task=task)["id"], task)
        two.call("subscribe", task=task)
        two.update(task, "completed")


class Prefixed(Server):
    """A server that another program starts."""

    def __init__(self, prefix: list[str], *arguments: str, **options: object) -> None:
        script = "#!/bin/sh\nexec " + " ".join([*prefix, binary()]) + ' "$@"\n'
        place = options["place"]
        path = place.path / "start.sh"  # type: ignore[attr-defined]
        path.write_text(script)
        path.chmod(0o755)
        before = os.environ.get("KLING_SERVER")
        os.environ["KLING_SERVER"] = str(path)
        try:
            super().__init__(*arguments, **options)  # type: ignore[arg-type]
        finally:
            if before is None:
                del os.environ["KLING_SERVER"]
            else:
                os.environ["KLING_SERVER"] = before


class KeyTrouble(Case):
    def test_without_a_key_validating_works_and_submitting_says_where_to_get_one(self) -> None:
        with Gateway(speed=0) as gateway:
            server = self.server("--gateway", gateway.url)
            self.assertTrue(server.call("validate", request=CLIP)["valid"])
            failure = server.fails("submit", request=CLIP)
            self.assert_explains(failure, 401, "authentication_error", "KLING_API_KEY", "keys")
            self.assertEqual((failure.data["billed"], gateway.create_requests), ("no", 0))
            shown = server.call("submit", request=CLIP, dryRun=True)["headers"]
            self.assertNotIn("Authorization", shown, "a key is shown where there is none")
            self.assertIn("Idempotency-Key", shown)
            self.assertFalse(self.place.journal.exists(), "a call that could not be sent was journaled")
            server.fails("submit", request=CLIP, idempotencyKey="one")
            self.assertEqual(server.call("list")["tasks"], [])

    def test_what_is_queued_waits_for_a_key(self) -> None:
        with Gateway(speed=0, faults=["429:retry-after=3"]) as gateway:
            server = self.server("--gateway", gateway.url, env={"KLING_API_KEY": "k"})
            task = server.submit(waitFor="queued")["id"]
            wait_for(lambda: server.call("status", task=task)["error"], why="the refusal")
            server.finish()
            server = self.server("--gateway", gateway.url)
            shown = server.call("wait", task=task, timeoutSeconds=1)["tasks"][0]
            self.assertEqual((shown["state"], shown["billed"]), ("queued", "no"))
            self.assertRegex(shown["error"]["message"], "no API key.*stays in line.*KLING_API_KEY")
            server.finish()
            gateway.faults = []
            server = self.server("--gateway", gateway.url, env={"KLING_API_KEY": "k"})
            wait_for(lambda: server.call("status", task=task)["taskId"], why="the create")
            self.assertEqual(gateway.creates, 1)

    def test_a_wrong_key_is_the_gateways_word(self) -> None:
        with Gateway(speed=0, key="right") as gateway:
            server = self.server("--gateway", gateway.url, env={"KLING_API_KEY": "wrong"})
            failure = server.fails("submit", request=CLIP)
            self.assert_explains(failure, 401, "authentication_error")
            self.assertTrue(failure.data["message"])
            self.assertEqual((failure.data["billed"], gateway.creates), ("no", 0))

    def test_a_key_is_read_from_a_file(self) -> None:
        file = self.place.path / "key"
        file.write_text("right\n")
        with Gateway(speed=0, key="right") as gateway:
            for options in (
                {"arguments": ("--api-key-file", str(file))},
                {"env": {"KLING_API_KEY_FILE": str(file)}},
            ):
                server = self.server(
                    "--gateway", gateway.url, *options.get("arguments", ()), env=options.get("env")
                )
                self.assertTrue(server.submit()["taskId"])


class GatewayTrouble(Case):
    def real(self, gateway: Gateway, *arguments: str, **env: str) -> Server:
        return self.server("--gateway", gateway.url, *arguments, env={"KLING_API_KEY": "k", **env})

    def test_an_end_in_the_middle_of_a_claim_sends_and_loses_nothing(self) -> None:
        """The intent is in the journal; whether its create has begun when the end comes is luck."""
        call = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "submit",
            "params": {"request": CLIP, "waitFor": "queued"},
        }
        for end in ("input", "signal"):
            with self.subTest(end=end), Gateway(speed=0) as gateway:
                for number in range(12):
                    journal = str(self.place.path / f"{end}-{number}.db")
                    server = self.real(gateway, "--journal", journal)
                    server.send_raw(json.dumps(call))
                    if end == "signal":
                        task = server.reply(1)["result"]["id"]
                        server.kill(signal.SIGTERM)
                    else:
                        server.close_input()
                        task = server.reply(1)["result"]["id"]
                    self.assertEqual(server.exit(8), 0)
                    again = self.real(gateway, "--journal", journal)
                    state = wait_for(lambda s=again, t=task: self.between_attempts(s, t))["state"]
                    self.assertIn(state, ("queued", "submitted", "processing"))
                    wait_for(lambda s=again, t=task: s.call("status", task=t)["taskId"], why="the create")
                    again.finish()
                self.assertEqual((gateway.creates, gateway.create_requests), (12, 12))

    def test_a_gateway_that_is_down_is_waited_for(self) -> None:
        with Gateway(speed=100) as gateway:
            gateway.stop()
            server = self.real(gateway)
            server.call("subscribe", all=True)
            task = server.submit(timeoutSeconds=0.5)
            self.assertIn(task["state"], ("queued", "submitting"))
            self.assertEqual(task["billed"], "no")
            shown = server.call("status", task=task["id"])
            self.assertTrue(shown["error"] or shown["degraded"] or shown["state"] == "queued")
            gateway.start()
            server.update(task["id"], "submitted", "processing", seconds=20)
            self.assertEqual((gateway.creates, gateway.create_requests), (1, 1))

    def test_the_simulators_refusals_are_in_the_locale(self) -> None:
        for fault in ("400", "401:on=create", "402", "403:on=create", "failed", "content-policy"):
            for locale, is_right in (("en", str.isascii), ("zh", lambda text: not text.isascii())):
                with self.subTest(fault=fault, locale=locale):
                    spec = f"speed=500,fault={fault}"
                    server = self.server("--simulate", spec, "--locale", locale, "--journal", ":memory:")
                    try:
                        error = server.submit(waitFor="completed")["error"]
                        message, data = error["message"], error["data"]
                    except RPCFailure as failure:
                        message, data = failure.message, failure.data
                    self.assertTrue(is_right(message), message)
                    self.assertTrue(is_right(data["message"]), data)

    def test_a_redirect_is_not_followed_and_says_which_address_is_meant(self) -> None:
        place = "https%3A//elsewhere.test/v1/videos/generations"
        with Gateway(speed=0, faults=[f"redirect:to={place}"]) as gateway:
            failure = self.real(gateway).fails("submit", request=CLIP)
            words = ("redirects to https://elsewhere.test/", "--gateway", "Nothing was charged")
            self.assert_explains(failure, 502, "bad_gateway", *words)
            self.assertEqual((failure.data["billed"], gateway.creates), ("no", 0))

    def test_what_the_gateway_refuses_is_told_in_its_words(self) -> None:
        for fault, code, kind in (
            ("400:message=no+such+thing", 400, "invalid_request_error"),
            ("401:on=create", 401, "authentication_error"),
            ("402", 402, "payment_required"),
            ("403:on=create", 403, "permission_error"),
            ("500-build_request_failed", 400, "invalid_request_error"),
        ):
            with (
                self.subTest(fault=fault),
                Gateway(speed=0, faults=[fault]) as gateway,
            ):
                server = self.real(gateway, "--journal", ":memory:")
                failure = server.fails("submit", 15, request=CLIP)
                self.assert_explains(failure, code, kind)
                self.assertEqual(failure.data["billed"], "no")
                self.assertTrue(failure.data["message"])
                self.assertEqual((gateway.creates, gateway.create_requests), (0, 1))
                (task,) = server.call("list")["tasks"]
                self.assertEqual((task["state"], task["billed"]), ("failed", "no"))

    def test_a_lost_answer_is_unconfirmed_and_never_sent_again(self) -> None:
        # Each fault strikes once: a second create would be taken, and counted.
        for fault, creates in (
            ("reset-after-accept:x1", 1),
            ("reset-before-accept:x1", 0),
            ("504:x1:accept:on=create", 1),
            ("500:x1:accept:on=create", 1),
            ("truncated-body:x1:on=create", 1),
            ("garbage-200:x1:on=create", 1),
        ):
            with self.subTest(fault=fault), Gateway(speed=0, faults=[fault]) as gateway:
                journal = ("--journal", str(self.place.path / f"{fault.split(':')[0]}.db"))
                server = self.real(gateway, *journal)
                task = server.submit(idempotencyKey="key")
                self.assertEqual((task["state"], task["billed"]), ("unconfirmed", "unknown"), task)
                self.assertTrue(task["error"]["message"])
                self.assertEqual(task["error"]["data"]["billed"], "unknown")
                again = server.submit(idempotencyKey="key")
                self.assertEqual((again["id"], again["state"]), (task["id"], "unconfirmed"))
                server.finish()
                second = self.real(gateway, *journal)
                self.assertEqual(second.submit(idempotencyKey="key")["id"], task["id"])
                self.assertEqual(second.call("status", task=task["id"])["state"], "unconfirmed")
                self.assertEqual(gateway.creates, creates)

    def test_an_unconfirmed_task_can_be_adopted(self) -> None:
        with Gateway(speed=0, faults=["reset-after-accept"]) as gateway:
            server = self.real(gateway)
            task = server.submit()
            self.assertEqual(task["state"], "unconfirmed")
            gateway.faults = []
            gateway.clock.advance(10_000)
            (id,) = gateway.book.tasks
            adopted = server.call("adopt", taskId=id, task=task["id"])
            self.assertEqual((adopted["id"], adopted["taskId"]), (task["id"], id))
            done = server.call("status", task=task["id"], refresh=True)
            self.assertEqual(done["state"], "completed")
            self.assertEqual(gateway.creates, 1)

    def test_a_rate_limit_is_waited_out_as_the_gateway_says(self) -> None:
        with Gateway(speed=0, faults=["429:x2:on=create:retry-after=1"]) as gateway:
            server = self.real(gateway)
            task = server.submit(seconds=25, timeoutSeconds=20)
            self.assertIn(task["state"], ("submitted", "processing"))
            self.assertEqual((gateway.creates, gateway.create_requests), (1, 3))
            times = [r.at for r in gateway.requests if r.method == "POST"]
            self.assertTrue(all(later - earlier >= 0.95 for earlier, later in zip(times, times[1:])), times)

    def test_a_503_with_a_time_is_waited_out_too(self) -> None:
        with Gateway(speed=0, faults=["503-retry-after:x1:on=create:retry-after=1"]) as gateway:
            task = self.real(gateway).submit(seconds=25, timeoutSeconds=20)
            self.assertIn(task["state"], ("submitted", "processing"))
            self.assertEqual((gateway.creates, gateway.create_requests), (1, 2))

    def test_reads_that_fail_never_end_a_task(self) -> None:
        for fault in (
            "reset",
            "500",
            "503",
            "429",
            "401",
            "404",
            "garbage-200",
            "html-error",
            "truncated-body",
            "error-in-200",
        ):
            with self.subTest(fault=fault), Gateway(speed=0) as gateway:
                server = self.real(gateway, "--journal", ":memory:")
                task = server.submit()["id"]
                gateway.faults = [f"{fault}:on=read"]
                try:
                    server.call("status", task=task, refresh=True)
                except RPCFailure as failure:
                    self.assertNotEqual(failure.code, -32603)
                self.assertIn(server.call("status", task=task)["state"], ("submitted", "processing"))
                gateway.faults = []
                gateway.clock.advance(10_000)
                done = wait_for(lambda s=server, t=task: self.completed(s, t), 15, "the end of the task")
                self.assertFalse(done["degraded"])

    @staticmethod
    def between_attempts(server: Server, task: str) -> dict | None:
        now = server.call("status", task=task)
        return now if now["state"] != "submitting" else None

    @staticmethod
    def completed(server: Server, task: str) -> dict | None:
        with contextlib.suppress(RPCFailure):
            found = server.call("status", task=task, refresh=True)
            return found if found["state"] == "completed" else None
        return None

    def test_a_download_that_fails_says_to_ask_for_it_again(self) -> None:
        with Gateway(speed=0, faults=["not-a-video"]) as gateway:
            server = self.real(gateway)
            task = server.submit()["id"]
            gateway.clock.advance(10_000)
            wait_for(lambda: self.completed(server, task), 15, "the end of the task")
            failure = server.fails("download", task=task, directory=str(self.place.path))
            self.assertIn("Call `download`", failure.message)
            self.assertNotIn("goes on", failure.message)
            self.assertEqual(failure.data["billed"], "yes")

    def test_a_delivery_goes_on_after_trouble_and_a_kill(self) -> None:
        with Gateway(speed=0, faults=["reset:on=file"]) as gateway:
            server = self.real(gateway, "--download-dir", str(self.place.videos))
            task = server.submit()["id"]
            gateway.clock.advance(10_000)
            wait_for(lambda: self.completed(server, task), 15, "the end of the task")
            found = wait_for(
                lambda: (seen := server.call("status", task=task))["degraded"] and seen, 15, "the trouble"
            )
            self.assertIn("tried again by itself", found["error"]["message"])
            self.assertEqual(found["error"]["data"]["next"], {"method": "wait", "params": {"task": task}})
            self.assertEqual(found["billed"], "yes")
            self.assertFalse(server.call("wait", task=task, timeoutSeconds=0)["done"])
            server.kill()
            server.exit()
            gateway.faults = []
            again = self.real(gateway, "--download-dir", str(self.place.videos))
            done = again.call("wait", seconds=20, task=task, timeoutSeconds=15)
            self.assertTrue(done["done"])
            self.assertTrue(Path(done["tasks"][0]["videos"][0]["path"]).is_file())
            self.assertIsNone(done["tasks"][0]["error"])

    def test_a_task_that_fails_says_why_and_what_it_cost(self) -> None:
        with Gateway(speed=0, faults=["failed:code=1301"]) as gateway:
            server = self.real(gateway)
            task = server.submit()["id"]
            gateway.clock.advance(10_000)
            ended = server.call("status", task=task, refresh=True)
            self.assertEqual(ended["state"], "failed")
            self.assertEqual(ended["error"]["data"]["type"], "content_policy")
            self.assertIn("Change the prompt", ended["error"]["message"])
            self.assertNotIn("adopt", ended["error"]["message"])
            self.assertTrue(ended["error"]["message"])

    def test_a_certificate_that_does_not_fit_is_refused_before_anything_is_sent(self) -> None:
        if not shutil.which("openssl"):
            self.skipTest("no openssl to make a certificate with")
        for address in ("127.0.0.1", "127.0.0.9"):
            with (
                self.subTest(address=address),
                Gateway(speed=0, tls=certificate(self.place.path, address)) as gateway,
            ):
                # Known to nobody, or known but made for another address.
                env = (
                    {}
                    if address == "127.0.0.1"
                    else {"SSL_CERT_FILE": str(self.place.path / f"{address}.crt")}
                )
                server = self.real(gateway, "--journal", ":memory:", **env)
                submitted = server.submit(timeoutSeconds=2)
                # It is tried again from time to time: between two attempts it waits in the queue.
                task = wait_for(lambda s=server, t=submitted["id"]: self.between_attempts(s, t))
                self.assertNotIn(task["state"], ("submitted", "processing", "completed"))
                self.assertEqual(task["billed"], "no")
                self.assertEqual((gateway.create_requests, gateway.creates), (0, 0))
                self.assertRegex(json.dumps(task).lower() + server.log().lower(), "certificate|tls|ssl")

    def test_a_dead_gateway_holds_up_nothing_else(self) -> None:
        with Gateway(speed=0, faults=["timeout"]) as gateway:
            server = self.real(gateway)
            server.ask("submit", {"request": CLIP})
            for _ in range(50):
                self.assertTrue(server.call("validate", 2, request=CLIP)["valid"])


if __name__ == "__main__":
    unittest.main()
