"""Bytes in, frames out: both framings, any chunking, and what is no frame or no JSON."""

from __future__ import annotations

import json
import unittest

from harness import CLIP, Case, drained, encode, wait_for

CALL = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "validate", "params": {"request": CLIP}}).encode()
PARSE_ERROR, INVALID_REQUEST = -32700, -32600


class Chunking(Case):
    def test_single_bytes_are_put_together(self) -> None:
        for framing in ("lines", "headers"):
            with self.subTest(framing=framing):
                server = self.server(framing=framing)
                for byte in encode(CALL, framing) * 2:
                    server.write(bytes([byte]))
                    wait_for(lambda s=server: drained(s.input), 5, "the byte to be read")
                server.until(lambda s=server: len(s.messages) == 2)
                self.assertEqual(server.messages[0], server.messages[1])
                self.assertTrue(json.loads(server.messages[0])["result"]["valid"])
                self.assertEqual(server.finish(), 0)

    def test_many_messages_in_one_piece_are_taken_apart(self) -> None:
        for framing in ("lines", "headers"):
            with self.subTest(framing=framing):
                server = self.server(framing=framing)
                calls = [CALL.replace(b'"id": 1', b'"id": %d' % number) for number in range(1000)]
                server.write(b"".join(encode(call, framing) for call in calls))
                server.until(lambda s=server: len(s.messages) == 1000)
                self.assertEqual([answer["id"] for answer in server.answers()], list(range(1000)))

    def test_lines_may_end_with_crlf_and_be_blank(self) -> None:
        server = self.server()
        server.write(b"\r\n \n" + CALL + b"\r\n\r\n\n" + CALL + b"\n")
        server.until(lambda: len(server.messages) == 2)
        self.assertEqual(server.finish(), 0)

    def test_the_last_line_needs_no_end(self) -> None:
        server = self.server()
        server.write(CALL)
        self.assertEqual(server.finish(), 0)
        self.assertEqual(len(server.answers()), 1)

    def test_a_byte_order_mark_is_passed_over(self) -> None:
        for framing in ("lines", "headers"):
            with self.subTest(framing=framing):
                server = self.server(framing=framing)
                server.write(b"\xef\xbb\xbf" + encode(CALL, framing))
                self.assertTrue(server.reply(1)["result"]["valid"])

    def test_any_spelling_of_the_header_is_understood(self) -> None:
        for head in (
            b"content-length: @@\r\n\r\n",
            b"CONTENT-LENGTH:@@\r\n\r\n",
            b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: @@\r\n\r\n",
            b"Content-Length: @@\r\nX-Other: 1\r\n\r\n",
            b"Content-Length: @@\n\n",
            b"\r\n\nContent-Length: @@ \r\n\r\n",
        ):
            with self.subTest(head=head):
                server = self.server(framing="headers")
                server.write(head.replace(b"@@", str(len(CALL)).encode()) + CALL)
                self.assertTrue(server.reply(1)["result"]["valid"])
                self.assertEqual(server.finish(), 0)

    def test_the_framing_can_be_given(self) -> None:
        server = self.server("--framing", "headers", framing="headers")
        server.write(b"X-First: 1\r\n" + encode(CALL, "headers"))
        self.assertTrue(server.reply(1)["result"]["valid"])
        server = self.server("--framing", "lines")
        server.write(b"content\n" + CALL + b"\n")
        self.assertTrue(server.reply(1)["result"]["valid"])
        self.assertEqual(server.answers()[0]["error"]["code"], PARSE_ERROR)


class BrokenInput(Case):
    def refused(self, message: bytes, code: int, *words: str, framing: str = "lines") -> None:
        """The message is refused without an id, saying why, and the next one is answered."""
        with self.subTest(message=message[:60], framing=framing):
            server = self.server(framing=framing)
            server.send_raw(message)
            server.send_raw(CALL)
            self.assertTrue(server.reply(1)["result"]["valid"])
            error = server.answers()[0]
            self.assertIsNone(error["id"])
            self.assertEqual(error["error"]["code"], code, error)
            for word in words:
                self.assertRegex(error["error"]["message"], word)
            self.assertEqual(server.finish(), 0)

    def test_what_is_not_json_is_refused_and_the_loop_goes_on(self) -> None:
        for framing in ("lines", "headers"):
            for message, word in (
                (b"hello", "JSON"),
                (b'{"jsonrpc":"2.0","id":7,"method":"validate"', "bracket"),
                (b'{"jsonrpc":"2.0","id":7,"method":"vali', "quote"),
                (b'{"jsonrpc":"2.0","id":01,"method":"validate"}', "number"),
                (b'{"jsonrpc":"2.0","id":7,"method":"validate",}', "comma"),
                (b'{"jsonrpc":"2.0","id":7,"method":"validate"} x', "end"),
                (b"// comment", "."),
                (b'{"jsonrpc":"2.0","id":"\xff\xfe","method":"validate"}', "UTF-8"),
                (b'{"jsonrpc":"2.0","id":"\xed\xa0\x80","method":"validate"}', "UTF-8"),
                (b'{"jsonrpc":"2.0","id":"a\x01b","method":"validate"}', "control"),
                (b"\x00\x01\x02", "."),
                (b"[" * 100_000, "512"),
                (b'{"a":' * 100_000, "512"),
                (b"[" * 513 + b"]" * 513, "512"),
            ):
                self.refused(message, PARSE_ERROR, word, framing=framing)

    def test_depth_up_to_the_limit_is_taken(self) -> None:
        server = self.server()
        server.send_raw(b"[" * 512 + b"]" * 512)
        server.send_raw(CALL)
        server.reply(1)
        self.assertEqual(server.answers()[0][0]["error"]["code"], INVALID_REQUEST)

    def test_lone_surrogates_are_answered_whatever_place_they_are_in(self) -> None:
        server = self.server()
        server.send_raw('{"jsonrpc":"2.0","id":"\\ud800","method":"hello"}')
        server.send_raw('{"jsonrpc":"2.0","id":7,"method":"\\udc00"}')
        request = '{"model":"kling-v3","prompt":"a \\ud83d cat"}'
        server.send_raw('{"jsonrpc":"2.0","id":8,"method":"validate","params":{"request":' + request + "}}")
        server.ask("validate", {"text": request})
        found = server.call("validate", request=CLIP)
        self.assertTrue(found["valid"])
        answers = server.answers()
        self.assertEqual(len(answers), 5)
        for answer in answers[:3]:
            self.assertIn("error", answer)
            self.assertRegex(answer["error"]["message"], "surrogate|Method not found")
        diagnostics = answers[3]["result"]["diagnostics"]
        self.assertTrue(any(one["code"].startswith("syntax.") for one in diagnostics), diagnostics)
        self.assertEqual(server.finish(), 0)

    def test_a_header_block_that_cannot_be_followed_ends_the_process_with_one_answer(self) -> None:
        for block in (
            b"Content-Type: x\r\n\r\n",
            b"Content-Length: twelve\r\n\r\n",
            b"Content-Length: -5\r\n\r\n",
            b"Content-Length: 12345678901\r\n\r\n",
            b"Content-Length: " + b"9" * 25 + b"\r\n\r\n",
            b"Content-Length: \r\n\r\n",
            b"Content-Length 5\r\n\r\n",
            b"C" * 9000,
        ):
            with self.subTest(block=block[:40]):
                server = self.server(framing="headers")
                server.write(block + encode(CALL, "headers"))
                self.assertEqual(server.exit(), 1)
                self.assertEqual(server.finish(), 1)
                (answer,) = server.answers()
                self.assertIsNone(answer["id"])
                self.assertEqual(answer["error"]["code"], PARSE_ERROR)
                self.assertRegex(answer["error"]["message"], "header block")

    def test_half_a_message_at_the_end_of_the_input_is_said(self) -> None:
        server = self.server(framing="headers")
        server.write(encode(CALL, "headers") + b"Content-Length: 100\r\n\r\n{")
        self.assertEqual(server.finish(), 1)
        answers = server.answers()
        self.assertTrue(answers[0]["result"]["valid"])
        self.assertEqual(answers[1]["error"]["code"], PARSE_ERROR)
        server = self.server()
        server.write(CALL + b"\n" + CALL[:-5])
        self.assertEqual(server.finish(), 0)
        self.assertEqual(server.answers()[1]["error"]["code"], PARSE_ERROR)

    def test_nothing_and_only_blanks_end_quietly(self) -> None:
        for text in (b"", b"\n", b" \r\n\t\n"):
            with self.subTest(text=text):
                server = self.server()
                server.write(text)
                self.assertEqual(server.finish(), 0)
                self.assertEqual(server.messages, [])


if __name__ == "__main__":
    unittest.main()
