"""What the bot knows without asking anyone: pure values and decisions, standard library only."""
