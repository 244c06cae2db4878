"""What the app is told of a person's deed: the parts that all payloads share."""

from typing import Any

from bot.local_slack.identifiers import APP_ID, TEAM_ID, new_id
from bot.local_slack.workspace import Channel, User
from bot.local_slack.world import World

# Slack's deprecated verification token; apps check signatures instead.
VERIFICATION = "local-verification"
TEAM_DOMAIN = "local"


def build_command(world: World, user: User, channel: Channel, command: str, text: str) -> dict[str, Any]:
    """Answer the payload of a slash command, with a fresh trigger and response URL."""
    key = world.response_urls.give(user.id, channel.id)
    return {
        "token": VERIFICATION,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": f"{world.base_url}/response/{key}",
        "trigger_id": world.triggers.give(user.id, channel.id),
    }


def build_interaction(world: World, user: User, kind: str, channel: Channel | None = None) -> dict[str, Any]:
    """Answer what every interaction's payload begins with, with a fresh trigger.

    `channel` is the conversation that the person has in view, if any.
    """
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM_ID},
        "api_app_id": APP_ID,
        "token": VERIFICATION,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": world.triggers.give(user.id, channel.id if channel else ""),
    }


def build_event(world: World, event: dict[str, Any]) -> dict[str, Any]:
    """Answer the payload of an event of the Events API."""
    return {
        "token": VERIFICATION,
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(float(event["event_ts"])),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": world.workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
