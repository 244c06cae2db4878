"""Reads lines and addresses that begin or end where memory does; a step beside them ends the process."""

import ctypes
import mmap

import pyarrow as pa

from bot.adapters.flowlog_addresses import begin_with, number_addresses
from bot.adapters.flowlog_lines import LineReader
from bot.adapters.flowlog_values import choose_text_type
from bot.domain.flowlog import DEFAULT_FORMAT, SCANNED

PROT_NONE = 0
ADDRESSES = ["1.1.1.1", "10.0.0.1", "255.255.255.255", "::1", "2001:db8::1234:5678:9abc:def0:1234"]
LINES = [
    f"2 123456789012 {'e' * size} {ADDRESSES[size % 5]} {ADDRESSES[size % 3]} 0 65535 6 {10**size % 10**15} 1 1 1 ACCEPT OK"
    for size in range(1, 41)
]
LINES.append("2 123456789012 eni-0123456789abcdef0 - - - - - - - 1763121600 1763121659 - NODATA")
CUT = LINES[20]
BEGINNINGS = ["", "1", "10.", "10.0.", "255.255.25", "2001:db8:1234:5678:"]


def look_at_addresses(room: mmap.mmap, begin: int) -> None:
    for texts in [[text] for text in ["", "1", *ADDRESSES]] + [ADDRESSES, ADDRESSES[::-1]]:
        data = "".join(texts).encode()
        for place in (mmap.PAGESIZE, 2 * mmap.PAGESIZE - len(data)):
            room[place : place + len(data)] = data
            ends = pa.array(texts).buffers()[1]
            buffers = [None, ends, pa.foreign_buffer(begin + place, len(data), room)]
            addresses = pa.Array.from_buffers(pa.string(), len(texts), buffers)
            numbered = number_addresses(addresses).is_valid().to_pylist()
            if numbered != [text.count(".") == 3 for text in texts]:
                raise SystemExit(f"numbered otherwise: {texts}")
            for beginning in BEGINNINGS:
                if begin_with(addresses, beginning).to_pylist() != [t.startswith(beginning) for t in texts]:
                    raise SystemExit(f"begins otherwise: {texts}, {beginning}")


def main() -> None:
    room = mmap.mmap(-1, 3 * mmap.PAGESIZE)
    begin = ctypes.addressof(ctypes.c_char.from_buffer(room))
    library = ctypes.CDLL(None, use_errno=True)
    for page in (0, 2):
        if library.mprotect(ctypes.c_void_p(begin + page * mmap.PAGESIZE), mmap.PAGESIZE, PROT_NONE):
            raise OSError(ctypes.get_errno(), "mprotect")
    types = {name: choose_text_type(name) for name in SCANNED}
    numbers, texts = LineReader(DEFAULT_FORMAT, types), LineReader(DEFAULT_FORMAT, types)
    middle = memoryview(room)[mmap.PAGESIZE : 2 * mmap.PAGESIZE]
    wholes = [f"{line}\n" for line in LINES] + [f"{line}\n{CUT}\n" for line in LINES]
    parts = [CUT[:size] + end for size in range(len(CUT) - 1) for end in ("", "\n")]
    for text, is_whole in [(text, True) for text in wholes] + [(text, False) for text in parts if text]:
        for place in (middle[: len(text)], middle[-len(text) :]):
            place[:] = text.encode()
            for reader in (texts,) if "::" in text else (numbers, texts):
                if (reader.read(place) is not None) != is_whole:
                    raise SystemExit(f"read otherwise: {text!r}")
    look_at_addresses(room, begin)


main()
