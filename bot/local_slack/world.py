"""Everything that makes up one local Slack, in one place."""

from dataclasses import dataclass, field
from typing import Any

from bot.local_slack.errors import SlackRefusalError
from bot.local_slack.faults import Faults
from bot.local_slack.feed import Feed
from bot.local_slack.files import Files
from bot.local_slack.hooks import Hooks
from bot.local_slack.identifiers import new_secret
from bot.local_slack.rate_limits import RateLimits
from bot.local_slack.response_urls import ResponseUrls
from bot.local_slack.settings import LocalSlackSettings
from bot.local_slack.sockets import Sockets
from bot.local_slack.views import Triggers, Views
from bot.local_slack.workspace import Channel, User, Workspace


@dataclass
class World:
    """The state of a local Slack. All of it belongs to the server's event loop."""

    settings: LocalSlackSettings
    feed: Feed = field(default_factory=Feed)
    base_url: str = ""
    bot_token: str = field(default_factory=lambda: f"xoxb-local-{new_secret()}")
    app_token: str = field(default_factory=lambda: f"xapp-local-{new_secret()}")
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    hooks: Hooks = field(default_factory=Hooks)

    def __post_init__(self) -> None:
        self.workspace = Workspace(self.settings, self.feed)
        self.files = Files(self.settings.clock)
        self.triggers = Triggers(self.settings.trigger_ttl_s, self.settings.clock)
        self.views = Views(self.feed)
        self.response_urls = ResponseUrls(self.settings)
        self.rate_limits = RateLimits(self.settings)
        self.sockets = Sockets(self.settings, self.feed)

    def require_channel(self, wanted: str) -> Channel:
        """Answer the channel of this id or name, or raise Slack's refusal."""
        channel = self.workspace.find_channel(wanted)
        if channel is None:
            raise SlackRefusalError("channel_not_found")
        return channel

    def require_user(self, wanted: str) -> User:
        """Answer the user of this id, or raise Slack's refusal."""
        user = self.workspace.users.get(wanted)
        if user is None:
            raise SlackRefusalError("user_not_found")
        return user
