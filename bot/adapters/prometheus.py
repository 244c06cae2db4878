"""What the bot counts of itself, for Prometheus, over HTTP."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import waitress
from prometheus_client import CollectorRegistry, Counter, Histogram, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.errors import OperatorError

_CODE = re.compile(r"[a-z0-9_]{1,40}")
_STAGE_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)
_ACKNOWLEDGEMENT_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
_OTHER = "other"

_StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class PrometheusMeter:
    """Counts in a registry of its own. `read_runs` gives the unfinished runs by state; it may fail."""

    def __init__(self, read_runs: Callable[[], Mapping[str, int]]) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_RunsInStore(read_runs))
        self._commands = Counter(
            "vpccidr_commands", "Commands, by their first word.", ["verb", "outcome"], registry=self.registry
        )
        self._acknowledgements = Histogram(
            "vpccidr_acknowledgement_seconds",
            "How long Slack waited for an acknowledgement; it gives up after 3.",
            buckets=_ACKNOWLEDGEMENT_BUCKETS,
            registry=self.registry,
        )
        self._stages = Histogram(
            "vpccidr_run_seconds",
            "How long runs took, by stage.",
            ["stage"],
            buckets=_STAGE_BUCKETS,
            registry=self.registry,
        )
        self._runs = Counter("vpccidr_runs_ended", "Runs that ended.", ["outcome"], registry=self.registry)
        self._bytes = Counter("vpccidr_scanned_bytes", "Bytes that scans read.", registry=self.registry)
        self._usd = Counter("vpccidr_scanned_usd", "US dollars that scans cost.", registry=self.registry)
        self._slack_errors = Counter(
            "vpccidr_slack_errors", "Calls that Slack refused or lost.", ["code"], registry=self.registry
        )

    def count_command(self, verb: str, outcome: str) -> None:
        """A command was `accepted`, `answered`, `refused` or `failed`."""
        self._commands.labels(verb, outcome).inc()

    def observe_acknowledgement(self, elapsed_s: float) -> None:
        """How long Slack waited for an acknowledgement."""
        self._acknowledgements.observe(elapsed_s)

    def observe_stage(self, stage: str, elapsed_s: float) -> None:
        """How long a run was in a stage."""
        self._stages.labels(stage).observe(elapsed_s)

    def count_run(self, outcome: str) -> None:
        """A run ended."""
        self._runs.labels(outcome).inc()

    def count_scanned(self, scanned_bytes: int, usd: float) -> None:
        """A scan read so many bytes, and cost so much."""
        self._bytes.inc(scanned_bytes)
        self._usd.inc(usd)

    def count_slack_error(self, code: str) -> None:
        """Slack refused a call, or could not be reached."""
        self._slack_errors.labels(code if _CODE.fullmatch(code) else _OTHER).inc()


class _RunsInStore(Collector):
    """The unfinished runs, counted when somebody looks; a store that is down must not hide the rest."""

    def __init__(self, read_runs: Callable[[], Mapping[str, int]]) -> None:
        self._read_runs = read_runs

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing is read before somebody looks."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The runs by state, and whether the store answers."""
        try:
            found = self._read_runs()
        except OperatorError:
            found = {}
        yield GaugeMetricFamily("vpccidr_store_up", "Whether the store answers.", value=float(bool(found)))
        runs = GaugeMetricFamily("vpccidr_runs", "Unfinished runs, by state.", labels=["state"])
        for state, count in found.items():
            runs.add_metric([state], count)
        yield runs


class MonitoringServer:
    """Serves `/metrics` and `/healthz`; `find_fault` says why the bot is not well, or nothing."""

    def __init__(self, host: str, port: int, meter: PrometheusMeter, find_fault: Callable[[], str]) -> None:
        self._find_fault = find_fault
        self._metrics = make_wsgi_app(meter.registry)
        self._server = waitress.create_server(self._answer, host=host, port=port, threads=2)
        self._thread = threading.Thread(target=self._server.run, name="monitoring", daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.effective_port)

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.close()
        self._thread.join()

    def _answer(self, environ: dict[str, Any], start_response: _StartResponse) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO"), environ.get("REQUEST_METHOD")
        if method not in {"GET", "HEAD"} or path not in {"/metrics", "/healthz"}:
            return _say(start_response, "404 Not Found", "There are /metrics and /healthz.")
        if path == "/metrics":
            return list(self._metrics(environ, start_response))
        fault = self._find_fault()
        return _say(start_response, "503 Service Unavailable" if fault else "200 OK", fault or "ok")


def _say(start_response: _StartResponse, status: str, text: str) -> Iterable[bytes]:
    body = f"{text}\n".encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body]
