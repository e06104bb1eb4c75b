"""Subscriptions as iterators."""

from __future__ import annotations

import threading
import unittest

import support

from kling_client import CallTimeout, Kling, ServerGone


class Follow(unittest.TestCase):
    def setUp(self) -> None:
        self.kling = Kling(server=support.FAKE)
        self.addCleanup(self.kling.close)

    def unsubscribed(self) -> list[str]:
        return list(self.kling.call("seen")["unsubscribed"])

    def test_it_yields_the_state_now_and_every_update_to_the_end(self) -> None:
        task = self.kling.submit(support.REQUEST)
        steps = [(update.state, update.progress) for update in self.kling.follow(task)]
        want = [
            ("submitted", None),
            ("processing", 10),
            ("processing", 55),
            ("processing", 90),
            ("completed", 100),
        ]
        self.assertEqual(steps, want)
        self.assertEqual(self.unsubscribed(), [])

    def test_updates_seen_before_or_older_than_the_task_are_dropped(self) -> None:
        self.assertEqual([task.seq for task in self.kling.follow("kt_again")], [10, 11, 12, 13, 14])

    def test_subscribe_yields_only_what_the_server_sends(self) -> None:
        updates = self.kling.subscribe(task="kt_1", since=3)
        self.assertEqual([task.id for task in updates.tasks], ["kt_1"])
        self.assertEqual([task.seq for task in updates], [11, 12, 13, 14])
        self.assertEqual(updates.seq, 14)

    def test_leaving_the_loop_unsubscribes(self) -> None:
        for _ in self.kling.follow("kt_hang"):
            break
        self.assertTrue(support.until(lambda: self.unsubscribed() == ["s1"]))

    def test_close_unsubscribes_once_and_ends_an_iteration_in_another_thread(self) -> None:
        updates = self.kling.follow("kt_hang")
        counts: list[int] = []
        thread = threading.Thread(target=lambda: counts.append(len(list(updates))))
        thread.start()
        self.assertTrue(support.until(lambda: not updates._feed._items))
        updates.close()
        updates.close()
        thread.join(5)
        self.assertEqual((len(counts), self.unsubscribed()), (1, ["s1"]))

    def test_unsubscribe_by_id_ends_the_iteration(self) -> None:
        updates = self.kling.follow("kt_hang")
        self.kling.unsubscribe(updates.subscription)
        self.assertEqual([task.seq for task in updates], [10, 11])

    def test_next_with_a_timeout_leaves_the_iteration_usable(self) -> None:
        updates = self.kling.follow("kt_hang")
        self.assertEqual([updates.next(1).seq, updates.next(1).seq], [10, 11])
        for _ in range(2):
            with self.assertRaises(CallTimeout):
                updates.next(0.02)

    def test_a_server_that_dies_ends_every_iteration_in_server_gone_after_what_had_arrived(self) -> None:
        hanging = self.kling.follow("kt_hang")
        seen = []
        with self.assertRaises(ServerGone) as caught:
            for task in self.kling.follow("kt_die"):
                seen.append(task.seq)
        self.assertEqual((seen, caught.exception.exit_status), ([10, 11, 12], 7))
        self.assertEqual([next(hanging).seq, next(hanging).seq], [10, 11])
        for _ in range(2):
            with self.assertRaises(ServerGone):
                next(hanging)

    def test_a_subscription_nobody_reads_stays_bounded(self) -> None:
        updates = self.kling.subscribe(all=True)
        for seq in range(100, 5000):
            task = {"id": "kt_1", "state": "processing", "progress": 1, "seq": seq}
            updates._feed.offer({"seq": seq, "task": task})
        self.assertLessEqual(len(updates._feed._items), 1001)
        self.assertEqual(updates._feed._items[-1].seq, 4999)


if __name__ == "__main__":
    unittest.main()
