"""A Slack on this machine, for the demo and the tests.

The Bolt app runs unchanged against it; only the base URL of its Web API differs. It refuses what Slack would
refuse, with Slack's own error names.
"""

from bot.local_slack.errors import LocalSlackError, NothingThereError, SlackTimeoutError
from bot.local_slack.settings import LocalSlackSettings, RateLimit, Shortcut, SlashCommand
from bot.local_slack.slack import LocalSlack

__all__ = [
    "LocalSlack",
    "LocalSlackError",
    "LocalSlackSettings",
    "NothingThereError",
    "RateLimit",
    "Shortcut",
    "SlackTimeoutError",
    "SlashCommand",
]
