from dataclasses import dataclass, field
@dataclass(frozen=True)
class Rule:
    users: frozenset = frozenset()
    groups: frozenset = frozenset()
    channels: frozenset = frozenset()
@dataclass(frozen=True)
class Policy:
    ask: Rule = Rule()
    change: Rule = Rule()
    admins: Rule = Rule()
