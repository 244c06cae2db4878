"""What every command and option does, in words: the one list of the verbs and options that exist."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.scenario import Scenario


@dataclass(frozen=True)
class HelpEntry:
    """A verb: its form, what it does in one sentence, the options that it takes, and lines that work."""

    form: str
    answers: str
    options: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True)
class OptionEntry:
    """An option: its form, and what it changes in one sentence."""

    form: str
    means: str


OPTIONS: dict[str, OptionEntry] = {
    "days": OptionEntry("days=10", "Look at today and the days before it, that many in all, in UTC."),
    "from": OptionEntry(
        "from=2026-11-20", "Begin on a day, or at a time such as 2026-11-20T10:30, instead of counting days."
    ),
    "to": OptionEntry(
        "to=2026-11-22", "End with a day, or at a time; without it a window that begins with from ends now."
    ),
    "top": OptionEntry("top=10", "Show that many of the top talkers."),
    "by": OptionEntry("by=bytes|packets|flows", "Rank the talkers by bytes, packets or flows."),
    "action": OptionEntry("action=accept|reject", "Show only the traffic that was accepted, or rejected."),
    "port": OptionEntry("port=443", "Keep only these service ports: numbers or names, e.g. port=443,ssh."),
    "proto": OptionEntry(
        "proto=tcp", "Keep only these protocols: IANA's names or numbers, e.g. proto=tcp,17."
    ),
    "raw": OptionEntry(
        "raw or raw=1000",
        "Put the log's own records into the CSV, up to that many, instead of conversations.",
    ),
    "compare": OptionEntry(
        "compare=previous",
        "Tell besides what is new, gone and grown against the window before, which is then read, too.",
    ),
}
"""Every option, in the order in which help lists them."""

_ALL = tuple(OPTIONS)

HELP: dict[str, HelpEntry] = {
    Scenario.EXTERNAL.value: HelpEntry(
        "external HOME",
        "Who outside the home network talks to it: the traffic with exactly one end in HOME.",
        _ALL,
        ("external 10.0.0.0/16", "external vpc-a days=3 by=flows"),
    ),
    Scenario.PEERING.value: HelpEntry(
        "peering [HOME] PEER",
        "Whether a peer network is in use: the traffic with one end in PEER, and the other in HOME if named.",
        _ALL,
        ("peering 10.1.0.0/16 days=10", "peering 10.0.0.0/16 10.1.0.0/16 top=20"),
    ),
    Scenario.INADVERTENT.value: HelpEntry(
        "inadvertent OTHER [HOME]",
        "Whether anything talks to a network that nothing should: the traffic with one end in OTHER, and the "
        "other in HOME if named.",
        _ALL,
        ("inadvertent 10.2.0.0/16", "inadvertent 10.2.0.0/16 10.0.0.0/16 action=accept"),
    ),
    Scenario.INTERNAL.value: HelpEntry(
        "internal HOME",
        "Who talks to whom inside the home network: the traffic with both ends in HOME.",
        _ALL,
        ("internal 10.0.0.0/16", "internal vpc-a port=443 proto=tcp"),
    ),
    Scenario.INCOMING.value: HelpEntry(
        "incoming FROM [HOME]",
        "What arrives from a network: the traffic sent from FROM, and to HOME if named.",
        _ALL,
        ("incoming 203.0.113.0/24", "incoming 203.0.113.0/24 10.0.0.0/16 port=ssh,rdp"),
    ),
    "add": HelpEntry(
        "add BLOCK [as NAME]",
        "Register a block, so that it can be asked about, and add it to the network NAME if given.",
        (),
        ("add 10.1.0.0/16", "add 100.64.0.0/16 as vpc-a"),
    ),
    "remove": HelpEntry(
        "remove BLOCK or NAME",
        "Take a block, or a network with its name, off the list.",
        (),
        ("remove 10.1.0.0/16", "remove vpc-a"),
    ),
    "disconnect": HelpEntry(
        "disconnect [HOME] PEER",
        "Whether a peer network can be disconnected: 30 days of its traffic, and who depends on it.",
        _ALL,
        ("disconnect 10.1.0.0/16", "disconnect 10.0.0.0/16 10.1.0.0/16 days=90"),
    ),
    "watch": HelpEntry(
        "watch QUESTION every day|weekday|monday… at 09:00 [report] [until silent for 7 days]",
        "Ask a question again and again, and tell only what changed, or with report every time; with until "
        "it ends by itself once nothing was accepted for so long and the logs prove it.",
        (),
        (
            "watch peering 10.1.0.0/16 days=1 every day at 09:00",
            "watch external 10.0.0.0/16 days=7 every monday at 08:30 report",
            "watch disconnect 10.1.0.0/16 days=8 every day at 09:00 until silent for 7 days",
        ),
    ),
    "watches": HelpEntry("watches", "Show your watches and this channel's.", (), ("watches",)),
    "pause": HelpEntry("pause WATCH", "Let a watch rest.", (), ("pause 7gq2m4x9kd",)),
    "resume": HelpEntry("resume WATCH", "Let a watch go on.", (), ("resume 7gq2m4x9kd",)),
    "unwatch": HelpEntry("unwatch WATCH", "Forget a watch.", (), ("unwatch 7gq2m4x9kd",)),
    "runs": HelpEntry(
        "runs", "Show your questions and this channel's: under way, and the latest.", (), ("runs",)
    ),
    "cancel": HelpEntry(
        "cancel RUN",
        "Stop a question that is under way, by the id that its message and runs show.",
        (),
        ("cancel 7gq2m4x9kd",),
    ),
    "list": HelpEntry("list", "Show the registered blocks and the networks' names.", (), ("list",)),
    "help": HelpEntry(
        "help [COMMAND]", "Show what can be asked, or how to use one command.", (), ("help", "help peering")
    ),
}
"""Every verb, in the order in which help lists them."""
