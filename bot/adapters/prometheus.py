"""What is measured, as Prometheus reads it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.errors import OperatorError

_log = logging.getLogger(__name__)

ReadRuns = Callable[[], Mapping[str, int]]

_STATES = ("submitted", "scanning", "delivering")
_STAGES = ("queued", "scanning", "delivering", "whole")
_OUTCOMES = ("done", "failed", "cancelled")
_MINUTE_S = 60
_STAGE_BUCKETS_S = (
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
    30,
    *(_MINUTE_S * minutes for minutes in (1, 2, 5, 10, 30)),
)
_ACKNOWLEDGEMENT_BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)  # Slack gives up after 3 s
_BOUNDED = re.compile(r"[a-z_]{1,40}")
_OTHER = "other"


class PrometheusMeter:
    """Counters and histograms in a registry of their own, the one to be served.

    `read_runs` tells how many runs are in which state, and is asked whenever Prometheus reads. While it
    raises OperatorError, `vpccidr_store_up` is 0 and the numbers of runs are left out.
    """

    def __init__(self, read_runs: ReadRuns) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        registry.register(_RunsCollector(read_runs))
        self._commands = Counter(
            "vpccidr_commands_total", "Commands typed", ("verb", "outcome"), registry=registry
        )
        self._stages = Histogram(
            "vpccidr_run_stage_seconds",
            "How long runs take, by stage",
            ("stage",),
            buckets=_STAGE_BUCKETS_S,
            registry=registry,
        )
        self._ended = Counter("vpccidr_runs_ended_total", "Runs that ended", ("outcome",), registry=registry)
        self._bytes = Counter(
            "vpccidr_scanned_bytes_total", "Bytes of logs that scans read", registry=registry
        )
        self._usd = Counter("vpccidr_scan_cost_usd_total", "What scans cost in US dollars", registry=registry)
        self._slack_errors = Counter(
            "vpccidr_slack_errors_total", "Calls that Slack refused", ("code",), registry=registry
        )
        self._acknowledgements = Histogram(
            "vpccidr_acknowledgement_seconds",
            "How soon Slack is told that something arrived",
            buckets=_ACKNOWLEDGEMENT_BUCKETS_S,
            registry=registry,
        )
        self._begin_at_nothing()

    def count_command(self, verb: str, outcome: str) -> None:
        """A command was typed: `accepted`, `refused`, `duplicate` or `failed`."""
        self._commands.labels(_bound(verb), outcome).inc()

    def observe_stage(self, stage: str, elapsed_s: float) -> None:
        """A run went through a stage: `queued`, `scanning`, `delivering`, or `whole` for all of it."""
        self._stages.labels(stage).observe(elapsed_s)

    def count_run(self, outcome: str) -> None:
        """A run ended: `done`, `failed` or `cancelled`."""
        self._ended.labels(outcome).inc()

    def count_scanned(self, scanned_bytes: int, usd: float) -> None:
        """A scan read so many bytes, for so many US dollars."""
        self._bytes.inc(scanned_bytes)
        self._usd.inc(usd)

    def count_slack_error(self, code: str) -> None:
        """Slack refused a call, by its own error name."""
        self._slack_errors.labels(_bound(code)).inc()

    def observe_acknowledgement(self, elapsed_s: float) -> None:
        """What Slack sent was acknowledged after so many seconds."""
        self._acknowledgements.observe(elapsed_s)

    def _begin_at_nothing(self) -> None:
        """A series that is there from the start shows its first event as a rise."""
        for stage in _STAGES:
            self._stages.labels(stage)
        for outcome in _OUTCOMES:
            self._ended.labels(outcome)


class _RunsCollector(Collector):
    def __init__(self, read_runs: ReadRuns) -> None:
        self._read_runs = read_runs

    def describe(self) -> list[GaugeMetricFamily]:
        """The names, without asking the store for numbers."""
        return [_build_up(), _build_runs({})]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            runs = self._read_runs()
        except OperatorError as error:
            _log.warning("the runs could not be counted: %s", error)
            yield _build_up(0)
        else:
            yield _build_up(1)
            yield _build_runs({**dict.fromkeys(_STATES, 0), **runs})


def _build_up(value: int | None = None) -> GaugeMetricFamily:
    return GaugeMetricFamily("vpccidr_store_up", "Whether the store can be read", value=value)


def _build_runs(runs: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily("vpccidr_runs", "Runs under way", labels=("state",))
    for state, number in runs.items():
        family.add_metric((state,), number)
    return family


def _bound(word: str) -> str:
    """The word as a label's value: what looks like no name of anything shares one."""
    return word if _BOUNDED.fullmatch(word) else _OTHER
