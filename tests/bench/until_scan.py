"""Asks a question and ends the process at the moment in which the engine would start."""

import os
import sys
from typing import NoReturn

from bot.__main__ import main
from bot.adapters.duckdb_engine import DuckDBEngine


def end(*_: object) -> NoReturn:
    os._exit(0)


if __name__ == "__main__":
    os.environ["VPCCIDR_DATA_DIR"] = sys.argv[2]
    DuckDBEngine.start = end  # type: ignore[method-assign]
    main(["ask", "--logs", sys.argv[1], "peering", "10.1.0.0/16"])
