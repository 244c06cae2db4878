"""A local Slack, an engine and the bot's lives between them: what the tests of faults play on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.adapters.database import Database, name_file
from bot.local_slack import LocalSlack, LocalSlackSettings
from tests.faults.athena_server import AthenaServer
from tests.faults.bot_process import PATIENCE_S, BotProcess
from tests.faults.forked_bot import ForkedBot

QUIET = LocalSlackSettings(rate_limits_on=False, ack_timeout_s=60.0, redelivery_delays_s=(60.0,))
"""A Slack that waits for a bot that is being started again."""

WHOLE = [".csv", ".png"]
"""What an answer to `peering` has in its thread: the CSV, and who depends on whom."""

WAITING = ("is reading", "is restarting")


@dataclass
class Stage:
    """One Slack, and the settings of every bot that comes to it; `athena` is None for the embedded engine."""

    folder: Path
    logs: Path
    slack: LocalSlack
    athena: AthenaServer | None
    opened: ExitStack
    more: Mapping[str, str] = field(default_factory=dict)

    def build_bot(self, name: str = "a", module: str = "bot", **environ: str) -> BotProcess:
        """A bot that is not started yet; those of the same name share their data folder."""
        bot = BotProcess(
            self._build_environ(name, environ), log_file=self.folder / f"{name}.log", module=module
        )
        return self.opened.enter_context(bot)

    def fork_bot(self, name: str = "a", **environ: str) -> ForkedBot:
        """A mortal bot that is not started yet, for a short life; as `build_bot`."""
        bot = ForkedBot(self._build_environ(name, environ), log_file=self.folder / f"{name}.log")
        return self.opened.enter_context(bot)

    def _build_environ(self, name: str, more: Mapping[str, str]) -> dict[str, str]:
        settings = {
            "VPCCIDR_LOGS": str(self.logs),
            "VPCCIDR_DATA_DIR": str(self.folder / name),
            "VPCCIDR_GRACE_S": "5",
            "SLACK_API_URL": self.slack.web_api_url,
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
        }
        if self.athena:
            settings |= self.athena.environ | self.athena.settings_environ
        return {**settings, **self.more, **more}

    def wait_for_answers(self, count: int) -> list[dict[str, Any]]:
        """The messages of the channel once so many of them say something final, with every file there."""

        def answered(slack: LocalSlack) -> list[dict[str, Any]]:
            final = [message for message in slack.messages() if is_final(message)]
            whole = all(self.files_of(message) for message in final if "In use" in message["text"])
            return final if len(final) >= count and whole else []

        return self.slack.wait_for(answered, PATIENCE_S)

    def files_of(self, message: dict[str, Any]) -> list[str]:
        """The names of the files in a message's thread."""
        replies = self.slack.replies("network", message["ts"])
        return [file["name"] for reply in replies for file in reply.get("files", [])]

    def kinds_of(self, message: dict[str, Any]) -> list[str]:
        """The ends of the names of the files in a message's thread; `WHOLE` where nothing is missing or double."""
        return [Path(name).suffix for name in self.files_of(message)]

    def list_states(self, name: str = "a") -> list[str]:
        """The states of all runs in a bot's SQLite store."""
        database = Database(name_file(self.folder / name / "vpccidr.db"))
        try:
            with database.begin() as connection:
                return list(connection.execute(text("SELECT state FROM runs ORDER BY asked_at")).scalars())
        finally:
            database.close()


def is_final(message: dict[str, Any]) -> bool:
    """Whether a message is no longer waiting for anything."""
    return not any(words in message["text"] for words in WAITING)


@contextmanager
def set_up(
    folder: Path, logs: Path, *, on_athena: bool, settings: LocalSlackSettings = QUIET
) -> Iterator[Stage]:
    """A stage without a bot."""
    with ExitStack() as opened:
        athena = opened.enter_context(AthenaServer(folder / "aws", logs)) if on_athena else None
        slack = opened.enter_context(LocalSlack(settings))
        yield Stage(folder, logs, slack, athena, opened)
