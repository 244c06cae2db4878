"""Slack's view of the bot: how soon it acknowledges, and how soon a finished scan is an answer.

Run as a module it asks a local Slack, and prints its figures in seconds as JSON; `measure` makes rows of them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from bot.domain.message import Message
from bot.domain.run import Run
from bot.local_slack import LocalSlack, LocalSlackSettings
from tests.bench.measuring import run, script
from tests.bench.table import Row

_IDLE, _AT_ONCE, _PEOPLE = 10, 200, 50
_LINE = "/vpccidr peering 10.1.0.0/16 from=2026-11-20 to=2026-11-20"
_PATIENCE_S = 240


def measure(logs: Path) -> Iterator[Row]:
    """Rows of the acknowledgements, idle and under load, and of the way from the engine to Slack."""
    found = json.loads(run(script("answering", logs)).output)
    yield Row("acknowledgement, idle, p50", f"{found['idle']:.3f} s", target="< 3 s, Slack's limit")
    yield Row("acknowledgement, 200 runs at once, p50", f"{found['p50']:.3f} s", target="< 3 s")
    yield Row("acknowledgement, 200 runs at once, p99", f"{found['p99']:.3f} s", target="< 3 s")
    yield Row("engine done to answer posted, idle, p50", f"{found['posted']:.3f} s", target="< 1 s")
    yield Row("engine done to answer posted, 200 runs at once, p50", f"{found['posted_p50']:.3f} s")
    yield Row("engine done to answer posted, 200 runs at once, p99", f"{found['posted_p99']:.3f} s")


def main(logs: str) -> None:
    from bot.serving import run_on_sockets  # noqa: PLC0415 - the rows need no bot
    from bot.settings import Settings  # noqa: PLC0415

    names = tuple(f"user{number}" for number in range(_PEOPLE))
    local = LocalSlackSettings(rate_limits_on=False, users=names, ack_timeout_s=30.0)
    with TemporaryDirectory() as folder, LocalSlack(local) as slack:
        settings = Settings(
            logs=logs, data_dir=Path(folder), slack_api_url=slack.web_api_url, slack_bot_token=slack.bot_token,
            slack_app_token=slack.app_token, runs_per_user=0, runs_per_channel=0,
        )  # fmt: skip
        with run_on_sockets(settings) as bot:
            slack.wait_connected()
            posted: list[float] = []
            _note_ways(bot, posted)
            for number in range(_IDLE):
                slack.type_command(_LINE, user=names[0])
                _wait_answered(slack, number + 1)
            idle = list(slack.ack_latencies)
            with ThreadPoolExecutor(_PEOPLE) as people:
                list(
                    people.map(
                        lambda number: slack.type_command(_LINE, user=names[number % _PEOPLE]),
                        range(_AT_ONCE),
                    )
                )
            _wait_answered(slack, _IDLE + _AT_ONCE)
            acks, ways = (quantiles(each[_IDLE:], n=100) for each in (slack.ack_latencies, posted))
            figures = {"idle": median(idle), "p50": acks[49], "p99": acks[98]}
            figures |= {"posted": median(posted[:_IDLE]), "posted_p50": ways[49], "posted_p99": ways[98]}
            print(json.dumps(figures))
            slack.drop_sockets()


def _note_ways(bot: Any, posted: list[float]) -> None:
    """Keep how long each answer took from the end of its scan until Slack had it."""
    ended: dict[str, float] = {}
    scan, posting = bot.engine._run, bot.driver._steps._posting
    show = posting.show

    def scan_and_note(token: str, *rest: object) -> None:
        scan(token, *rest)
        ended[token] = time.monotonic()

    def show_and_note(run: Run, message: Message) -> Run:
        shown: Run = show(run, message)
        if run.token in ended:
            posted.append(time.monotonic() - ended[run.token])
        return shown

    bot.engine._run, posting.show = scan_and_note, show_and_note


def _wait_answered(slack: LocalSlack, count: int) -> None:
    slack.wait_for(
        lambda seen: len([one for one in seen.messages() if "is reading" not in one["text"]]) >= count,
        _PATIENCE_S,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
