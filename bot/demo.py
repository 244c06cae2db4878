"""The whole bot on one machine: sample logs, a local Slack, the embedded engine."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.cidr import parse_block
from bot.domain.command import Add
from bot.domain.help import HELP
from bot.local_slack import LocalSlack, LocalSlackSettings, Shortcut, SlashCommand
from bot.parts import build_registry
from bot.render.form import SHORTCUT
from bot.render.messages import COMMAND
from bot.sample_logs import Layout, write_sample_logs
from bot.serving import hear_signals, run_on_sockets, wait_until_told
from bot.settings import Settings

_NETWORKS = {"vpc-a": "10.0.0.0/16", "vpc-b": "10.1.0.0/16", "vpc-c": "10.2.0.0/16"}
_SHORTCUT = Shortcut("Who talks to whom?", SHORTCUT, "global", f"Ask {COMMAND[1:]} a question with a form")
_WELCOME = """
  vpccidr is running with sample logs and a local Slack. Open

      {url}

  and press + in it for a form, or type, for example:

      /vpccidr peering 10.1.0.0/16 days=10
      /vpccidr external vpc-a top=20
      /vpccidr peering 10.9.0.0/16 days=5

  Ctrl-C ends it.
"""


def run_demo(folder: Path, port: int) -> None:
    """Run the demo until SIGINT or SIGTERM, keeping its logs and state in `folder`."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    stopped = hear_signals()
    logs = _write_logs(folder)
    workspace = LocalSlackSettings(port=port, commands=(_describe_command(),), shortcuts=(_SHORTCUT,))
    with LocalSlack(workspace) as slack:
        settings = Settings(
            logs=str(logs),
            data_dir=folder / "state",
            slack_api_url=slack.web_api_url,
            slack_bot_token=slack.bot_token,
            slack_app_token=slack.app_token,
        )
        _name_networks(settings)
        with run_on_sockets(settings):
            print(_WELCOME.format(url=slack.url), flush=True)
            wait_until_told(stopped)


def _describe_command() -> SlashCommand:
    examples = (f"{COMMAND} {example}" for entry in HELP.values() for example in entry.examples)
    return SlashCommand(
        COMMAND, "Who talks to whom in your VPCs", "peering 10.1.0.0/16 days=10", tuple(examples)
    )


def _write_logs(folder: Path) -> Path:
    logs = folder / "logs"
    now = datetime.now(UTC)
    print("Writing 14 days of sample flow logs…", flush=True)
    write_sample_logs(logs, now.date(), now=now, layout=Layout(version=5))
    return logs


def _name_networks(settings: Settings) -> None:
    registry = build_registry(settings)
    for name, block in _NETWORKS.items():
        registry.add(Add(parse_block(block), name))
