"""Asks a question and ends the process at the moment in which the engine would start.

What ends the process is the pool that would run the scan, which reads the first files while it loads DuckDB.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

from bot.__main__ import main


def end(*_: object) -> NoReturn:
    os._exit(0)


if __name__ == "__main__":
    os.environ["VPCCIDR_DATA_DIR"] = sys.argv[2]
    ThreadPoolExecutor.submit = end  # type: ignore[method-assign, assignment]
    main(["ask", "--logs", sys.argv[1], "peering", "10.1.0.0/16"])
