"""What can be set of a local Slack; the defaults are Slack's own figures."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from bot.local_slack.limits import FILE_BYTES


@dataclass(frozen=True)
class SlashCommand:
    """A command that the app offers, as an app manifest declares it.

    `examples` are whole lines a person may type; the composer offers them beside the command.
    """

    command: str
    description: str
    usage_hint: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shortcut:
    """A shortcut, as an app manifest declares it: on messages, or where `type` is global, in the composer."""

    name: str
    callback_id: str
    type: Literal["message", "global"] = "message"
    description: str = ""


@dataclass(frozen=True)
class RateLimit:
    """At most `calls` within any `per_s` seconds. So `calls` is also the burst."""

    calls: int
    per_s: float


_TIER_3 = RateLimit(calls=50, per_s=60)
_TIER_4 = RateLimit(calls=100, per_s=60)

DEFAULT_RATE_LIMITS: Mapping[str, RateLimit] = MappingProxyType(
    {
        # One a second on average, with Slack's tolerance for a short burst.
        "chat.postMessage": RateLimit(calls=5, per_s=5),
        "chat.postEphemeral": _TIER_4,
        "chat.update": _TIER_3,
        "chat.delete": _TIER_3,
        "files.getUploadURLExternal": _TIER_4,
        "files.completeUploadExternal": _TIER_4,
        "views.open": _TIER_4,
        "views.push": _TIER_4,
        "views.update": _TIER_4,
        "views.publish": _TIER_4,
    }
)

DEFAULT_COMMANDS = (
    SlashCommand(
        command="/vpccidr",
        description="Who talks to whom in your VPCs",
        usage_hint="peering 10.1.0.0/16 days=10",
        examples=("/vpccidr help", "/vpccidr peering 10.1.0.0/16 days=10"),
    ),
)

DEFAULT_USER_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType({"network-engineers": ("ana",)})


@dataclass(frozen=True)
class LocalSlackSettings:
    """All that can be set. Durations are in seconds; `port=0` takes any free port of 127.0.0.1.

    `user_groups` are the names of each group's users by its handle. A file of more than
    `largest_file_bytes`, which is 1 GiB at most, is refused. A workspace need not take charts, a block that
    Slack gives to some before others.

    `clock` answers the seconds since the epoch: timestamps, expiry and rate limits follow it, so a test can
    move time on without waiting. `ack_timeout_s`, `redelivery_delays_s` and `socket_refresh_s` are waited
    for in real time.
    """

    port: int = 0
    workspace_name: str = "Example Networks"
    app_name: str = "vpccidr"
    channels: tuple[str, ...] = ("network", "random")
    bot_channels: tuple[str, ...] = ("network", "random")
    users: tuple[str, ...] = ("ana", "ben")
    user_groups: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: DEFAULT_USER_GROUPS)
    commands: tuple[SlashCommand, ...] = DEFAULT_COMMANDS
    shortcuts: tuple[Shortcut, ...] = ()
    ack_timeout_s: float = 3.0
    redelivery_delays_s: tuple[float, ...] = (3.0,)
    trigger_ttl_s: float = 3.0
    response_url_ttl_s: float = 1800.0
    response_url_uses: int = 5
    socket_refresh_s: float = 4 * 3600.0
    max_sockets: int = 10
    largest_file_bytes: int = FILE_BYTES
    takes_charts: bool = True
    rate_limits_on: bool = True
    rate_limits: Mapping[str, RateLimit] = field(default_factory=lambda: DEFAULT_RATE_LIMITS)
    clock: Callable[[], float] = time.time
