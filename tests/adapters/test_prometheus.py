"""What is measured, read back by Prometheus' own parser."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.adapters.prometheus import PrometheusMeter
from bot.errors import StoreError
from bot.services.meter import Meter, NoMeter

Key = tuple[str, frozenset[tuple[str, str]]]


def scrape(meter: PrometheusMeter) -> dict[Key, float]:
    """Every sample by its name and labels."""
    families = text_string_to_metric_families(generate_latest(meter.registry).decode())
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def key(name: str, **labels: str) -> Key:
    return name, frozenset(labels.items())


@pytest.fixture
def meter() -> PrometheusMeter:
    return PrometheusMeter(dict)


def test_everything_that_is_told_is_counted(meter: PrometheusMeter) -> None:
    meter.count_command("peering", "accepted")
    meter.count_command("peering", "accepted")
    meter.count_command("add", "refused")
    meter.count_run("failed")
    meter.count_scanned(10**12, 5.0)
    meter.count_scanned(1, 0.25)
    meter.count_slack_error("not_in_channel")
    told = scrape(meter)
    assert told[key("vpccidr_commands_total", verb="peering", outcome="accepted")] == 2
    assert told[key("vpccidr_commands_total", verb="add", outcome="refused")] == 1
    assert told[key("vpccidr_runs_ended_total", outcome="failed")] == 1
    assert told[key("vpccidr_runs_ended_total", outcome="done")] == 0
    assert told[key("vpccidr_scanned_bytes_total")] == 10**12 + 1
    assert told[key("vpccidr_scan_cost_usd_total")] == 5.25
    assert told[key("vpccidr_slack_errors_total", code="not_in_channel")] == 1


@pytest.mark.parametrize(
    ("elapsed_s", "below", "within"), [(0.1, "0.0", "0.1"), (40, "30.0", "60.0"), (1800, "600.0", "1800.0")]
)
def test_stages_fall_into_buckets(meter: PrometheusMeter, elapsed_s: float, below: str, within: str) -> None:
    meter.observe_stage("whole", elapsed_s)
    told = scrape(meter)
    assert told.get(key("vpccidr_run_stage_seconds_bucket", stage="whole", le=below), 0) == 0
    assert told[key("vpccidr_run_stage_seconds_bucket", stage="whole", le=within)] == 1
    assert told[key("vpccidr_run_stage_seconds_sum", stage="whole")] == elapsed_s
    assert told[key("vpccidr_run_stage_seconds_count", stage="queued")] == 0


def test_slacks_three_seconds_are_a_bucket(meter: PrometheusMeter) -> None:
    """How many acknowledgements came too late must be readable exactly."""
    meter.observe_acknowledgement(2.9)
    meter.observe_acknowledgement(3.1)
    told = scrape(meter)
    assert told[key("vpccidr_acknowledgement_seconds_bucket", le="3.0")] == 1
    assert told[key("vpccidr_acknowledgement_seconds_count")] == 2


@pytest.mark.parametrize("word", ["", "Xyz", "a b", "a" * 41, "rm -rf", 'x"} 1\n', "<!channel>"])
def test_what_is_no_name_shares_one_series(meter: PrometheusMeter, word: str) -> None:
    """Each value of a label is a series that Prometheus keeps."""
    meter.count_slack_error(word)
    meter.count_command(word, "refused")
    told = scrape(meter)
    assert told[key("vpccidr_slack_errors_total", code="other")] == 1
    assert told[key("vpccidr_commands_total", verb="other", outcome="refused")] == 1


def test_runs_are_read_whenever_prometheus_reads() -> None:
    runs: dict[str, int] = {}
    meter = PrometheusMeter(lambda: runs)
    assert scrape(meter)[key("vpccidr_runs", state="submitted")] == 0
    runs["submitted"] = 3
    told = scrape(meter)
    assert [told[key("vpccidr_runs", state=state)] for state in ("submitted", "scanning", "delivering")] == [
        3,
        0,
        0,
    ]
    assert told[key("vpccidr_store_up")] == 1


def test_without_the_store_everything_else_is_still_read(caplog: pytest.LogCaptureFixture) -> None:
    """No number is better than a wrong one."""

    def read() -> Mapping[str, int]:
        raise StoreError("the store is away")

    meter = PrometheusMeter(read)
    meter.count_run("done")
    told = scrape(meter)
    assert told[key("vpccidr_store_up")] == 0
    assert not [name for name, _ in told if name == "vpccidr_runs"]
    assert told[key("vpccidr_runs_ended_total", outcome="done")] == 1
    assert "the store is away" in caplog.text


def test_two_meters_do_not_meet(meter: PrometheusMeter) -> None:
    """Neither each other, nor in the library's own registry."""
    meter.count_run("done")
    assert scrape(PrometheusMeter(dict))[key("vpccidr_runs_ended_total", outcome="done")] == 0
    assert not [family.name for family in REGISTRY.collect() if family.name.startswith("vpccidr")]


def test_making_a_meter_asks_nobody() -> None:
    """The store may be away when the bot begins."""

    def read() -> Mapping[str, int]:
        raise AssertionError

    PrometheusMeter(read)


@pytest.mark.parametrize("meter", [NoMeter(), PrometheusMeter(dict)], ids=["nothing", "prometheus"])
def test_either_is_a_meter(meter: Meter) -> None:
    meter.count_command("add", "accepted")
    meter.observe_stage("queued", 1.0)
    meter.count_run("done")
    meter.count_scanned(1, 0.0)
    meter.count_slack_error("ratelimited")
    meter.observe_acknowledgement(0.1)
