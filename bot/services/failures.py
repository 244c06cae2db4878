"""How a run ends that cannot be answered."""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, datetime, timedelta

from bot.domain.run import Run
from bot.errors import OperatorError, RequestError, SlackError, StoreError
from bot.render.messages import build_note, build_refusal
from bot.services.run_steps import RunSteps

_log = logging.getLogger(__name__)
PATIENCE = timedelta(hours=24)
"""How long a run that Slack or the store keeps from going on is tried again."""
_CLOSED = {"not_in_channel", "channel_not_found", "is_archived"}


def end_badly(steps: RunSteps, run: Run, error: Exception) -> Run:
    """End a run with what was wrong, told where it was asked, or to the person alone.

    Raises the error itself where it passes, and what the telling raises.
    """
    is_old = datetime.now(UTC) - run.asked.at > PATIENCE
    match error:
        case RequestError() if run.asked.watch_id:  # nobody has just typed it
            return steps.fail(run, error.sentence)
        case RequestError():
            return steps.refuse(run, build_refusal(error), error.sentence)
        case SlackError(is_passing=True) | StoreError(is_passing=True) if not is_old:
            raise error
        case SlackError() if not run.message_ts:
            return steps.refuse(run, build_note(_explain(error)), str(error))
        case SlackError() if not run.is_answered:
            return steps.give_up(run, str(error))
        case OperatorError() | OSError():
            _log.warning("%s", error)
            return steps.fail(run, str(error))
    return steps.fail(run, refer(error))


def refer(error: Exception) -> str:
    """Log an error with its traceback under a new reference, and give a sentence that names it."""
    reference = uuid.uuid4().hex[:8]
    _log.error("reference %s", reference, exc_info=error)
    return f"this is a fault of the bot; whoever runs it finds it in the log under {reference}."


def _explain(error: SlackError) -> str:
    if error.code in _CLOSED:
        return "I cannot post in this channel: invite me with /invite @vpccidr, and ask again."
    return f"Slack refused the message ({error.code}); ask again."
