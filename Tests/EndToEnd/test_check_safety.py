"""`kling-server check --fix` changes nothing that somebody may have meant."""

from __future__ import annotations

import unittest

from check_case import BAD, CheckCase

CAT = '{"model":"kling-v3","prompt":"A cat"}'
DOG = '{"model":"kling-v3","prompt":"A dog"}'
SHOTS = '{"model":"kling-v3","multi_shot":true,"shot_type":"customize","multi_prompt":['
END = '{"index":2,"prompt":"the end","duration":3}'
BEGINNING = '{"index":1,"prompt":"the beginning","duration":2}'


class Safety(CheckCase):
    def fixed(self, text: str, code: int) -> str:
        path = self.path("request.kling.json", text)
        run = self.run_check(path.name, "--fix")
        self.assertEqual(run.returncode, code, run.stdout.decode())
        return path.read_text()

    def test_a_guess_is_never_made(self) -> None:
        for text, code in (
            (CAT + " and more", 1),
            ('{ # my model\n "model":"kling-v3","prompt":"A cat"}', 1),
            ('{"model":"kling-v3","prompt":"A cat","duration":NaN}', 1),
            ('{"model":"kling-v3","prompt":"A cat","mode":"hd"}', 1),
            ('{"model":"kling-v3","prompt":"A cat,\n "duration":5}', 1),
            (f"{SHOTS}{END},{BEGINNING}]}}", 0),
        ):
            with self.subTest(text=text):
                self.assertEqual(self.fixed(text, code), text)

    def test_what_is_plain_is_mended_and_says_the_same(self) -> None:
        for before, after in (
            (f"{CAT}\n{DOG}", f"[{CAT},\n{DOG}]"),
            (f"{CAT}, {DOG}", f"[{CAT}, {DOG}]"),
            (f"```json\n{CAT}\n```\n", f"{CAT}\n\n"),
            (CAT[1:-1], CAT),
            (CAT.replace(" ", "\n"), CAT.replace(" ", "\\n")),
            (
                CAT.replace("A cat", 'He says "stop", then runs'),
                CAT.replace("A cat", 'He says \\"stop\\", then runs'),
            ),
        ):
            with self.subTest(before=before):
                self.assertEqual(self.fixed(before, 0), after)
                self.assertEqual(self.fixed(after, 0), after)

    def test_a_thousand_doubles_are_removed_at_once(self) -> None:
        doubles = '"mode":"std",' * 1500
        text = BAD[:1] + doubles + BAD[1:].replace("}", ',"mode":"pro"}')
        self.assertEqual(self.fixed(text, 0).count('"mode"'), 1)


if __name__ == "__main__":
    unittest.main()
