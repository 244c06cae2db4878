"""Reads lines that begin or end where memory does; a step beside them ends the process."""

import ctypes
import mmap

from bot.adapters.flowlog_lines import LineReader
from bot.adapters.flowlog_values import choose_text_type
from bot.domain.flowlog import DEFAULT_FORMAT, SCANNED

PROT_NONE = 0
ADDRESSES = ["1.1.1.1", "10.0.0.1", "255.255.255.255", "::1", "2001:db8:1234:5678:9abc:def0:1234:5678"]
LINES = [
    f"2 123456789012 {'e' * size} {ADDRESSES[size % 5]} {ADDRESSES[size % 3]} 0 65535 6 {10**size % 10**15} 1 1 1 ACCEPT OK"
    for size in range(1, 41)
]
LINES.append("2 123456789012 eni-0123456789abcdef0 - - - - - - - 1763121600 1763121659 - NODATA")
CUT = LINES[20]


def main() -> None:
    room = mmap.mmap(-1, 3 * mmap.PAGESIZE)
    begin = ctypes.addressof(ctypes.c_char.from_buffer(room))
    library = ctypes.CDLL(None, use_errno=True)
    for page in (0, 2):
        if library.mprotect(ctypes.c_void_p(begin + page * mmap.PAGESIZE), mmap.PAGESIZE, PROT_NONE):
            raise OSError(ctypes.get_errno(), "mprotect")
    reader = LineReader(DEFAULT_FORMAT, {name: choose_text_type(name) for name in SCANNED})
    middle = memoryview(room)[mmap.PAGESIZE : 2 * mmap.PAGESIZE]
    wholes = [f"{line}\n" for line in LINES] + [f"{line}\n{CUT}\n" for line in LINES]
    parts = [CUT[:size] + end for size in range(len(CUT) - 1) for end in ("", "\n")]
    for text, is_whole in [(text, True) for text in wholes] + [(text, False) for text in parts if text]:
        for place in (middle[: len(text)], middle[-len(text) :]):
            place[:] = text.encode()
            if (reader.read(place) is not None) != is_whole:
                raise SystemExit(f"read otherwise: {text!r}")


main()
