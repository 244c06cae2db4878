"""What Slack sends: acknowledged, parsed and handed on."""
