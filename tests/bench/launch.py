"""Runs a command, and writes its seconds and its peak memory in MB into a file.

A process of its own, for the system counts the memory of whoever starts a command as the command's.
"""

import os
import sys
import time


def main(report: str, command: list[str]) -> int:
    began = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ)
    _, status, used = os.wait4(pid, 0)
    seconds = time.perf_counter() - began
    with open(report, "w") as file:  # noqa: PTH123 - the smallest process that can be had
        file.write(f"{seconds} {used.ru_maxrss / 1024}")
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
