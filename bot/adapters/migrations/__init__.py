"""The store's schema: the steps that make it, and what they come to, for a new SQLite file."""

from importlib.resources import files

SCHEMA = "0003"
"""The newest revision in `versions/`."""


def list_statements() -> list[str]:
    """What makes the tables of an empty SQLite file at once, as all of the steps would."""
    return files(__name__).joinpath("schema.sql").read_text(encoding="utf-8").split(";\n")[:-1]
