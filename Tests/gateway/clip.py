"""A small file that a downloader takes for an MP4: ``ftyp``, ``moov`` with ``mvhd``, then ``mdat``."""

from __future__ import annotations

import random
import struct


def box(kind: bytes, *contents: bytes) -> bytes:
    """One ISO 14496-12 box: length, kind, contents."""
    payload = b"".join(contents)
    return struct.pack(">I", 8 + len(payload)) + kind + payload


def clip(size: int = 64 * 1024, seconds: int = 5, seed: int = 0) -> bytes:
    """An MP4 of ``size`` bytes (never less than its boxes need), different for every seed."""
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    header = struct.pack(">IIIIIIHHII", 0, 0, 0, 1000, seconds * 1000, 0x10000, 0x100, 0, 0, 0)
    movie = box(b"moov", box(b"mvhd", header, matrix, bytes(24), struct.pack(">I", 2)))
    start = box(b"ftyp", b"isom", struct.pack(">I", 0x200), b"isomiso2avc1mp41") + movie
    return start + box(b"mdat", random.Random(seed).randbytes(max(0, size - len(start) - 8)))
