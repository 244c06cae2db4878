"""What a question will cost, told before its scan is run."""

from __future__ import annotations

import logging
from collections.abc import Callable

from bot.domain.cost import Cost
from bot.domain.estimate import Estimate, Threshold
from bot.domain.window import Window
from bot.errors import OperatorError
from bot.services.ports import Estimator

_log = logging.getLogger(__name__)


class Estimates:
    """Weighs windows by the bytes of their files; `price` gives a scan's cost in the engine that will run."""

    def __init__(self, estimator: Estimator, price: Callable[[int], Cost], threshold: Threshold) -> None:
        self._estimator = estimator
        self._price = price
        self._threshold = threshold

    def weigh(self, window: Window) -> Estimate | None:
        """The estimate; None where the files cannot be listed.

        A question is not refused for want of an estimate: the work group's cutoff is what stops a scan.
        """
        try:
            cost = self._price(self._estimator.sum_bytes(window))
        except OperatorError as error:
            _log.warning("no estimate: %s", error)
            return None
        return Estimate(cost, self._threshold.is_passed_by(cost))


def price_nothing(scanned_bytes: int) -> Cost:
    """The cost on the embedded engine, which reads for free."""
    return Cost(scanned_bytes, 0.0)
