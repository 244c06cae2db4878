"""What a finished scan says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.changes import Comparison
from bot.domain.conversation import Conversation
from bot.domain.cost import Cost
from bot.domain.coverage import Coverage
from bot.domain.question import Question
from bot.domain.totals import Totals
from bot.domain.verdict import Verdict
from bot.domain.view_answer import PathRow


@dataclass(frozen=True)
class Answer:
    """The answer to a question: everything that a message, a JSON object or a text is made from.

    `talkers` are the largest conversations over the window; `truncated` tells that the CSV does not hold
    all of them. `elapsed_s` counts from the question to the engine's end. `comparison` is there where the
    question asks what changed, and nothing else is of more than the asked window. `paths` are the ways out of
    all conversations that the result holds; `services` names the AWS services of addresses that are shown.
    """

    question: Question
    coverage: Coverage
    totals: Totals
    truncated: bool
    verdict: Verdict
    talkers: Sequence[Conversation]
    cost: Cost
    elapsed_s: float
    statement: str
    engine: str
    comparison: Comparison | None = None
    paths: Sequence[PathRow] = ()
    services: Mapping[str, str] = field(default_factory=dict)
