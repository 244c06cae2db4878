"""What AWS and Slack need to know of the bot: stacks, tables, the Lambda and the app's manifest."""
