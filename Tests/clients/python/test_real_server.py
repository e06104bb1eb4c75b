"""The client on the real binary, on its simulator. Skipped, with the reason, when there is none."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
import uuid
from pathlib import Path
from typing import Any

import support

from kling_client import (
    AsyncKling,
    AuthenticationError,
    ConflictError,
    InvalidParamsError,
    Kling,
    MethodNotFoundError,
    ServerGone,
    Task,
    TaskNotFoundError,
    ValidationError,
)

WRONG = {**support.REQUEST, "duration": "5", "mode": "ultra"}


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def options(self, **more: Any) -> dict[str, Any]:
        journal = self.folder / "journal.db"
        return {"server": support.real_server(), "journal": journal, "simulate": "speed=200", **more}


@support.needs_server
class RealServer(Folder):
    def setUp(self) -> None:
        super().setUp()
        self.kling = Kling(**self.options())
        self.addCleanup(self.kling.close)

    def test_hello_names_the_methods_this_client_has(self) -> None:
        hello = self.kling.hello({"name": "kling_client"})
        self.assertEqual((hello.protocol, hello.gateway.get("simulated")), ("1.0", True))
        mine = {name for name in dir(Kling) if not name.startswith("_") and callable(getattr(Kling, name))}
        own = {"call", "close", "dry_run", "follow", "generate"}
        self.assertLessEqual(mine - own, set(hello.methods))
        self.assertTrue(self.kling.models())

    def test_submit_follow_and_download_end_in_a_playable_file(self) -> None:
        task = self.kling.submit(support.REQUEST)
        seen = list(self.kling.follow(task))
        self.assertEqual(seen[-1].state, "completed")
        known = [update.progress for update in seen if update.progress is not None]
        self.assertEqual(known, sorted(known))
        (file,) = self.kling.download(task, directory=self.folder / "videos")
        self.assertEqual(Path(file.path).read_bytes()[4:8], b"ftyp")
        self.assertEqual(Path(file.path).stat().st_size, file.bytes)

    def test_generate_is_one_call(self) -> None:
        seen: list[Task] = []
        (path,) = self.kling.generate(
            support.REQUEST, directory=self.folder, on_progress=seen.append, timeout=60
        )
        self.assertEqual((path.read_bytes()[4:8], seen[-1].state), (b"ftyp", "completed"))
        self.assertEqual(len(self.kling.list().tasks), 1)

    def test_a_wrong_request_is_refused_with_its_diagnostics(self) -> None:
        with self.assertRaises(ValidationError) as caught:
            self.kling.submit(WRONG)
        self.assertEqual((caught.exception.code, caught.exception.billed), (422, "no"))
        codes = {found.code for found in caught.exception.diagnostics}
        self.assertLessEqual({"duration.quoted", "mode.value"}, codes)
        self.assertLessEqual(codes, {found.code for found in self.kling.validate(WRONG).diagnostics})
        self.assertTrue(self.kling.validate(support.REQUEST))
        self.assertEqual(self.kling.list().tasks, [])

    def test_the_same_key_is_the_same_task_and_another_request_a_conflict(self) -> None:
        key = str(uuid.uuid4())
        first = self.kling.submit(support.REQUEST, idempotency_key=key)
        again = self.kling.submit(support.REQUEST, idempotency_key=key)
        self.assertEqual((again.id, again.deduplicated), (first.id, True))
        with self.assertRaises(ConflictError):
            self.kling.submit({**support.REQUEST, "prompt": "Another cat"}, idempotency_key=key)

    def test_every_other_call_answers_or_fails_as_its_type(self) -> None:
        kling = self.kling
        task = kling.submit(support.REQUEST, wait_for="queued", labels={"a": "b"})
        self.assertEqual(kling.status(task).id, task.id)
        self.assertTrue(kling.wait(task, timeout_seconds=30).done)
        self.assertEqual(kling.list(labels={"a": "b"}).tasks[0].id, task.id)
        self.assertEqual(kling.dry_run(support.REQUEST).method, "POST")
        with self.assertRaises(ConflictError):
            kling.cancel(task)
        unknown = "kt_01ARZ3NDEKTSV4RRFFQ69G5FAV"
        for call in (kling.status, kling.wait, kling.follow, kling.cancel, kling.download):
            with self.subTest(call.__name__), self.assertRaises(TaskNotFoundError):
                call(unknown)
        with self.assertRaises(MethodNotFoundError):
            kling.call("nonsense")
        with self.assertRaises(InvalidParamsError):
            kling.call("status", {"task": task.id, "refesh": True})
        with self.assertRaises(InvalidParamsError):
            kling.list(limit=501)
        with self.assertRaises(InvalidParamsError):
            kling.unsubscribe("sub_none")

    def test_leaving_a_loop_and_subscribing_since_miss_nothing(self) -> None:
        task = self.kling.submit(support.REQUEST, wait_for="queued")
        updates = self.kling.subscribe(task=task)
        first = next(updates)
        updates.close()
        states = [update.state for update in self.kling.subscribe(task=task, since=updates.seq)]
        self.assertEqual([first.is_terminal, states[-1:]], [False, ["completed"]])

    def test_a_killed_server_is_server_gone_and_its_task_is_resumed_by_the_next(self) -> None:
        task = self.kling.submit(support.REQUEST)
        os.kill(self.kling.pid, 9)
        with self.assertRaises(ServerGone) as caught:
            list(self.kling.follow(task))
        self.assertEqual(caught.exception.exit_status, -9)
        with Kling(**self.options()) as again:
            self.assertEqual(again.status(task).id, task.id)
            self.assertEqual(list(again.follow(task))[-1].state, "completed")

    def test_close_ends_it_by_itself(self) -> None:
        self.kling.hello()
        self.kling.close()
        self.assertEqual(self.kling._connection.process._child.returncode, 0)


@support.needs_server
class RealHosts(Folder):
    def test_without_a_key_a_submit_is_refused_and_validate_still_works(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("KLING")}
        options = self.options(simulate=False, gateway="http://127.0.0.1:9")
        with unittest.mock.patch.dict(os.environ, clean, clear=True):
            kling = Kling(**options)
        with kling:
            self.assertTrue(kling.validate(support.REQUEST))
            with self.assertRaises(AuthenticationError):
                kling.submit(support.REQUEST)

    def test_a_killed_host_leaves_no_server(self) -> None:
        script = (
            "from kling_client import Kling\n"
            f"k = Kling(server={support.real_server()!r}, journal=':memory:', simulate=True)\n"
            "k.hello(); print(k.pid, flush=True); input()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", script],
            env=support.HOST_ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as host:
            assert host.stdout is not None
            pid = int(host.stdout.readline())
            host.kill()
        self.assertTrue(support.until(lambda: not support.is_running(pid), 2), "the server outlived its host")


@support.needs_server
class RealAsync(Folder, unittest.IsolatedAsyncioTestCase):
    async def test_the_asyncio_face_generates_and_follows(self) -> None:
        async with AsyncKling(**self.options()) as kling:
            (path,) = await kling.generate(support.REQUEST, directory=self.folder, timeout=60)
            self.assertEqual(path.read_bytes()[4:8], b"ftyp")
            task = await kling.submit({**support.REQUEST, "prompt": "A second cat"})
            self.assertEqual([update.state async for update in kling.follow(task)][-1], "completed")


if __name__ == "__main__":
    unittest.main()
