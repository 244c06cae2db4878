"""The command line: `vpccidr ask | expand | serve | doctor | demo`."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from bot.errors import OperatorError, RequestError, VpccidrError

ANSWERED, UNWELL, WRONG_REQUEST, FAILED = 0, 1, 2, 3
_INTERRUPTED = 130


def run() -> NoReturn:
    """The process of a command.

    After a question it ends at once: a fifth of a second would go into taking down what was loaded.
    """
    options = _build_parser().parse_args()
    code = _run(options)
    if options.run is _ask:
        os._exit(code)
    sys.exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 answered, 2 the request is wrong, 3 something failed.

    `doctor` gives 1 where anything is missing.
    """
    return _run(_build_parser().parse_args(arguments))


def _run(options: argparse.Namespace) -> int:
    try:
        return options.run(options) or ANSWERED
    except RequestError as error:
        hint = f" Try: {_hint(options)} {error.example}" if error.example else ""
        return _fail(f"{error.sentence}{hint}", WRONG_REQUEST)
    except (OperatorError, VpccidrError) as error:
        return _fail(str(error), FAILED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return _fail("Interrupted.", _INTERRUPTED)
    return ANSWERED


def _fail(sentence: str, code: int) -> int:
    print("vpccidr: " + " ".join(sentence.split()), file=sys.stderr)
    return code


def _hint(options: argparse.Namespace) -> str:
    return f"vpccidr {options.command}"


def _build_parser() -> argparse.ArgumentParser:
    parser = _Parser("vpccidr", description="Tells who talks to whom, from VPC Flow Logs.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    _add_ask(commands.add_parser("ask", help="ask a question here, without Slack"))
    _add_expand(commands.add_parser("expand", help="write every address of a block as cidr,ip rows"))
    _add_serve(commands.add_parser("serve", help="run the bot against Slack"))
    commands.add_parser("doctor", help="check everything that the bot needs").set_defaults(run=_doctor)
    _add_demo(commands.add_parser("demo", help="run the bot, sample logs and a local Slack, in a browser"))
    return parser


def _add_ask(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--logs", metavar="PATH|s3://...", help="where the flow logs are (or VPCCIDR_LOGS)")
    parser.add_argument("--now", metavar="ISO8601", type=_read_now, help="answer as of this moment, in UTC")
    parser.add_argument("--csv", metavar="FILE", type=Path, help="write all rows to this file")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("line", nargs=argparse.REMAINDER, help="for example: peering 10.1.0.0/16 days=10")
    parser.set_defaults(run=_ask)


def _add_expand(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("block", help="for example: 10.1.0.0/16")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write to this file")
    parser.set_defaults(run=_expand)


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--http", metavar="PORT", type=int, help="take Slack's requests on this port instead of Socket Mode"
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument(
        "--metrics", metavar="PORT", type=int, help="tell how the bot is: /metrics for Prometheus, /healthz"
    )
    parser.set_defaults(run=_serve)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8765, help="the port of the local Slack (0: any)")
    parser.add_argument(
        "--folder", type=Path, default=Path(".demo"), help="where its logs and state are kept"
    )
    parser.set_defaults(run=_demo)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line in one line."""

    def error(self, message: str) -> NoReturn:
        """Exit with 2."""
        self.exit(_fail(f"{message}; see {self.prog} --help", WRONG_REQUEST))


def _read_now(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a moment such as 2026-11-20T18:00:00Z") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


# What a command needs is imported when it runs: `expand` must not wait for an engine.


@contextmanager
def _loading() -> Iterator[None]:
    """What is loaded here stays: looking through it for garbage takes a tenth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _ask(options: argparse.Namespace) -> None:
    with _loading():
        from bot.settings import load_settings  # noqa: PLC0415
        from bot.terminal import Output, ask  # noqa: PLC0415

    settings = load_settings()
    if options.logs:
        settings = replace(settings, logs=options.logs)
    ask(" ".join(options.line), settings, options.now or datetime.now(UTC), Output(options.json, options.csv))


def _expand(options: argparse.Namespace) -> None:
    from bot.expansion import write_expansion  # noqa: PLC0415
    from bot.settings import load_settings  # noqa: PLC0415

    write_expansion(options.block, load_settings(), options.output)


def _serve(options: argparse.Namespace) -> None:
    with _loading():
        from bot.serving import Doors, serve  # noqa: PLC0415
        from bot.settings import load_settings  # noqa: PLC0415

    serve(load_settings(), Doors(options.host, options.http, options.metrics))


def _doctor(_: argparse.Namespace) -> int:
    from bot.checkup import check_up  # noqa: PLC0415
    from bot.settings import load_settings  # noqa: PLC0415

    return ANSWERED if check_up(load_settings()) else UNWELL


def _demo(options: argparse.Namespace) -> None:
    from bot.demo import run_demo  # noqa: PLC0415

    run_demo(options.folder, options.port)


if __name__ == "__main__":
    run()
