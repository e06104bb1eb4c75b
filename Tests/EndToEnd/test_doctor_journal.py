"""`kling-server doctor`: a journal in trouble is said and left alone; so is standard output."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import unittest
from pathlib import Path
from typing import Any

from doctor_case import DoctorCase
from harness import CLIP, LINUX, binary

from gateway import Gateway


class Journals(DoctorCase):
    def trouble(self, *words: str, status: int = 1) -> dict[str, Any]:
        before = self.files()
        found = self.report("--simulate", status=status)
        self.assertEqual(self.files(), before, "looking has changed something")
        return self.only_problem(found, "journal", *words)

    def test_broken(self) -> None:
        self.place.journal.write_bytes(b"this is no database " * 500)
        self.trouble("is no journal of kling-server", "keep a copy", "nothing is submitted")
        run = self.run_doctor("--simulate", "--locale", "zh")
        self.assertIn("不是 kling-server 的任务日志", run.stdout)

    def test_damaged_inside(self) -> None:
        self.made()
        content = bytearray(self.place.journal.read_bytes())
        self.assertFalse(list(self.place.path.glob("journal.db-wal")))
        for start in range(4096 + 8, len(content), 512):
            content[start : start + 40] = b"\x5a" * 40
        self.place.journal.write_bytes(content)
        self.trouble("damaged")

    def test_damaged_where_its_tasks_can_still_be_counted(self) -> None:
        with self.server("--simulate", "speed=500,fault=reset-after-accept") as server:
            self.assertEqual(server.submit()["state"], "unconfirmed")
            server.finish()
        with contextlib.closing(sqlite3.connect(self.place.journal)) as other:
            (size,) = other.execute("PRAGMA page_size").fetchone()
            (page,) = other.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'tasks_key'").fetchone()
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        content = bytearray(self.place.journal.read_bytes())
        content[(page - 1) * size : page * size] = b"\x5a" * size
        self.place.journal.write_bytes(content)
        found = self.report("--simulate")
        self.only_problem(found, "journal", "damaged", "is not followed")
        self.assertNotIn("tasks", found, "a server goes on with nothing of it")

    def test_damaged_where_sqlite_does_not_see_it(self) -> None:
        for change, words in (
            ("UPDATE tasks SET body = substr(body, 2)", "1 tasks cannot be read"),
            ("DROP TABLE facets", "facets"),
        ):
            with self.subTest(change):
                self.place.journal.unlink(missing_ok=True)
                self.made()
                with contextlib.closing(sqlite3.connect(self.place.journal)) as other:
                    other.execute(change)
                    other.commit()
                    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self.trouble(words)

    def test_newer(self) -> None:
        self.made()
        with contextlib.closing(sqlite3.connect(self.place.journal)) as other:
            other.execute("PRAGMA user_version = 99")
            other.commit()
        problem = self.trouble("newer version", "format 99")
        self.assertEqual(problem["facts"]["version"], 99)

    def test_of_the_other_kind(self) -> None:
        self.made()
        with Gateway(speed=0) as gateway:
            found = self.report("--gateway", gateway.url)
            self.only_problem(found, "journal", "simulated tasks")

    def test_held_by_another_program(self) -> None:
        """Behind a link too: what SQLite has beside the journal is beside the file."""
        self.made()
        real = self.place.path / "elsewhere"
        real.mkdir()
        for file in self.place.path.glob("journal.db*"):
            file.rename(real / file.name)
        self.place.journal.symlink_to(real / "journal.db")
        with contextlib.closing(sqlite3.connect(self.place.journal, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            self.trouble("held by another program", "nothing is submitted")
            other.execute("ROLLBACK")
            self.report("--simulate", status=0)

    def test_of_another_program(self) -> None:
        with contextlib.closing(sqlite3.connect(self.place.journal)) as other:
            other.execute("CREATE TABLE theirs (a)")
            other.commit()
        self.trouble("another program")

    def test_a_directory(self) -> None:
        self.place.journal.mkdir()
        self.trouble("it is no file")

    def test_read_only(self) -> None:
        """As somebody who owns neither file nor folder: to root nothing is read-only."""
        self.made()
        self.place.path.chmod(0o755)
        for file in self.place.path.glob("journal.db*"):
            file.chmod(0o444)
        prefix: list[str] = []
        if os.geteuid() == 0:
            if not LINUX or not shutil.which("setpriv"):
                self.skipTest("root may write anything, and there is no setpriv to be someone else")
            prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            if subprocess.run([*prefix, binary(), "--version"], capture_output=True, check=False).returncode:
                self.skipTest("the binary cannot be run by another user here")
        else:
            self.place.path.chmod(0o555)
            self.addCleanup(self.place.path.chmod, 0o755)
        run = subprocess.run(
            [*prefix, binary(), "doctor", "--simulate", "--format", "json"],
            capture_output=True,
            text=True,
            env=self.place.environment(),
            check=False,
        )
        self.assertEqual(run.returncode, 1, run.stdout + run.stderr)
        (journal,) = (one for one in json.loads(run.stdout)["findings"] if one["subject"] == "journal")
        self.assertEqual(journal["status"], "problem")
        self.assertRegex(journal["message"], "writ|read-only|permission")

    def test_a_place_where_none_can_be_made(self) -> None:
        (self.place.path / "file").touch(0o600)
        (self.place.path / "link").symlink_to(self.place.path / "none")
        (self.place.path / "loop").symlink_to("loop")
        (self.place.path / "old.db").symlink_to(self.place.path / "none" / "journal.db")
        for name, reason in (
            ("file/journal.db", "Not a directory"),
            ("file/new/journal.db", "Not a directory"),
            ("link/journal.db", "No such file or directory"),
            ("link/new/journal.db", "No such file or directory"),
            ("old.db", "No such file or directory"),
            ("loop", "Too many levels of symbolic links"),
        ):
            with self.subTest(name=name):
                arguments = ("--simulate", "--journal", str(self.place.path / name))
                server = self.server(*arguments)
                refusal = server.fails("submit", request=CLIP)
                server.finish()
                self.assert_explains(refusal, 507, "journal_unavailable", reason)
                words = rf"cannot be opened \({reason}\)"
                problem = self.only_problem(self.report(*arguments), "journal", words, "--journal")
                # Of a directory that cannot be made a submit names the directory.
                if "/new/" not in name:
                    self.assertIn(problem["message"], refusal.message)
                run = self.run_doctor(*arguments, "--locale", "zh")
                self.assertIn(f"无法打开任务日志 {arguments[2]}（{reason}）", run.stdout)

    def test_strange_names(self) -> None:
        folder = self.place.path / "a #1?%20"
        journal = folder / "j ? #.db"
        self.made_at(journal)
        found = self.report("--simulate", "--journal", str(journal), status=0)
        self.assertTrue(found["journal"][0]["facts"]["intact"])
        run = self.run_doctor("--simulate", "--journal", f"{folder.name}/{journal.name}")
        self.assertIn("The journal is whole", run.stdout)

    def made_at(self, journal: Path) -> None:
        with self.simulated("--journal", str(journal)) as server:
            server.submit(waitFor="completed", seconds=30)
            server.finish()

    def test_in_memory(self) -> None:
        self.assertEqual(self.report("--simulate", "--journal", ":memory:")["journal"][0]["status"], "ok")
        with Gateway(speed=0) as gateway:
            found = self.report("--gateway", gateway.url, "--journal", ":memory:", status=0)
            self.assertEqual(found["journal"][0]["status"], "warning")


class Output(DoctorCase):
    def test_standard_output_is_closed(self) -> None:
        run = self.run_doctor("--simulate", stdout=None, preexec_fn=lambda: os.close(1))
        self.assertEqual(run.returncode, 1)
        self.assertIn("Standard output is closed", run.stderr)

    def test_the_log_in_the_same_pipe(self) -> None:
        found = self.report("--simulate", stderr=subprocess.STDOUT, status=0)
        self.assertEqual(found["output"][0]["status"], "warning")
        self.assertIn("2>&1", found["output"][0]["advice"])

    def test_a_report_that_nobody_can_take(self) -> None:
        if not Path("/dev/full").exists():
            self.skipTest("needs /dev/full")
        with Path("/dev/full").open("wb") as full:
            run = self.run_doctor("--simulate", stdout=full)
        self.assertEqual(run.returncode, 2)
        self.assertIn("cannot be written", run.stderr)

    def test_what_a_library_prints_does_not_get_into_the_report(self) -> None:
        """One that is loaded before all others, and prints whenever the journal is read."""
        compiler = shutil.which("cc") or shutil.which("clang")
        if not LINUX or not compiler:
            self.skipTest("needs a C compiler and LD_PRELOAD")
        source = self.place.path / "noise.c"
        source.write_text(
            "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <unistd.h>\n#include <fcntl.h>\n"
            "ssize_t pread64(int f, void *b, size_t n, off_t o) {\n"
            "  static ssize_t (*real)(int, void *, size_t, off_t);\n"
            '  if (!real) real = dlsym(RTLD_NEXT, "pread64");\n'
            '  write(1, "NOISE\\n", 6);\n  return real(f, b, n, o);\n}\n'
        )
        library = self.place.path / "noise.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
        self.made()
        run = self.run_doctor("--simulate", "--format", "json", env={"LD_PRELOAD": str(library)})
        self.assertEqual(json.loads(run.stdout)["status"], "ok")
        self.assertIn("NOISE", run.stderr, "the library did not print")


if __name__ == "__main__":
    unittest.main()
