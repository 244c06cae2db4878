"""vpccidr: a Slack bot that tells network engineers who talks to whom."""
