"""A journal that cannot be written means that nothing is sent: told by a gateway that counts."""

from __future__ import annotations

import contextlib
import resource
import signal
import sqlite3
import subprocess
import unittest
from collections.abc import Iterator
from pathlib import Path

from harness import CLIP, LINUX, Case, Server

from gateway import Gateway


def deadly() -> None:
    """Python ignores the signal of a file that grows too large; its children would, too."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


class NothingIsSent(Case):
    def setUp(self) -> None:
        super().setUp()
        self.gateway = Gateway(speed=0).start()
        self.addCleanup(self.gateway.stop)

    def real(self, journal: Path, **options: object) -> Server:
        return self.server(
            "--gateway", self.gateway.url, "--journal", str(journal), env={"KLING_API_KEY": "k"}, **options
        )

    def refuses(self, server: Server, words: str, sent: int = 0) -> None:
        for number in range(3):
            failure = server.fails("submit", request={**CLIP, "prompt": f"new {number}"})
            self.assert_explains(failure, 507, "journal_unavailable", words)
            self.assertEqual(failure.data["billed"], "no")
        self.assertEqual(self.gateway.create_requests, sent, "sent without a word in the journal")

    def test_a_journal_of_a_newer_version_is_refused_and_not_touched(self) -> None:
        with self.real(self.place.journal) as server:
            server.submit()
            server.finish()
        with contextlib.closing(sqlite3.connect(self.place.journal)) as other:
            other.execute("PRAGMA user_version = 99")
            other.commit()
        before = self.place.journal.read_bytes()
        server = self.real(self.place.journal)
        self.refuses(server, "newer version.*format 99", sent=1)
        server.finish()
        self.assertEqual(self.place.journal.read_bytes(), before)

    def test_one_that_a_newer_version_takes_over_while_it_is_in_use(self) -> None:
        server = self.real(self.place.journal)
        server.submit()
        with contextlib.closing(sqlite3.connect(self.place.journal)) as other:
            other.execute("PRAGMA user_version = 99")
            other.commit()
            # Who had it open before may go on; who comes now may not.
            self.refuses(self.real(self.place.journal), "newer version", sent=1)

    def test_a_file_that_may_not_grow(self) -> None:
        def limited() -> None:
            deadly()
            resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))

        server = self.real(self.place.journal, preexec_fn=limited)
        self.refuses(server, "full|room")
        self.goes_on(server)

    @unittest.skipUnless(LINUX, "limits of another process are Linux's")
    def test_a_file_that_may_not_grow_any_more(self) -> None:
        server = self.real(self.place.journal, preexec_fn=deadly)
        first = server.submit()["id"]
        # Not a page more, nor one into the file from the log.
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        self.refuses(server, "full|room", sent=1)
        self.assertEqual(server.call("status", task=first)["id"], first)
        self.goes_on(server, sent=1)

    def goes_on(self, server: Server, sent: int = 0) -> None:
        """There is room again."""
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, unlimited)
        task = server.submit(request={**CLIP, "prompt": "after"})
        self.assertIn(task["state"], ("submitted", "processing"))
        self.assertEqual(self.gateway.create_requests, sent + 1)

    def test_a_full_disk(self) -> None:
        with self.disk() as folder:
            server = self.real(folder / "journal.db")
            server.submit()
            with (folder / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(bytes(4096))
            sent = 0
            with contextlib.suppress(Exception):
                while sent < 300:
                    server.submit(request={**CLIP, "prompt": f"{sent}"}, waitFor="queued")
                    sent += 1
            known = len(server.call("list", limit=500)["tasks"])
            self.refuses(server, "full", sent=self.gateway.create_requests)
            self.assertEqual(known, sent + 1, "a task was told that is not in the journal, or the other way")
            self.assertLessEqual(self.gateway.create_requests, known)
            server.close()

    def test_a_disk_that_becomes_read_only(self) -> None:
        with self.disk() as folder:
            with self.real(folder / "journal.db") as server:
                server.submit()
                server.finish()
            done = subprocess.run(
                ["mount", "-o", "remount,ro", str(folder)], capture_output=True, check=False
            )
            if done.returncode:
                self.skipTest("needs the right to remount a file system")
            server = self.real(folder / "journal.db")
            self.refuses(server, "writ|read-only|permission", sent=1)
            server.close()

    @contextlib.contextmanager
    def disk(self) -> Iterator[Path]:
        folder = self.place.path / "small"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
        if not LINUX or subprocess.run(command, capture_output=True, check=False).returncode:
            self.skipTest("needs the right to mount a small file system")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=False)


if __name__ == "__main__":
    unittest.main()
