"""`vpccidr doctor`: a line for everything that the bot needs, and what to do where it is not there."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial

from bot.adapters.athena_catalog import AthenaCatalog
from bot.adapters.aws import build_s3_client, parse_place
from bot.adapters.ec2_names import try_names
from bot.adapters.probes import S3Objects, SlackTokens, try_folder
from bot.adapters.slack import build_client
from bot.app import build_estimator
from bot.aws_parts import build_athena_options
from bot.errors import OperatorError
from bot.parts import build_ranges
from bot.services.doctor import (
    Check,
    Finding,
    check_app_token,
    check_bot_token,
    check_host_names,
    check_logs,
    check_ranges,
    check_registry,
    check_renewal,
    check_scan,
    check_tables,
    check_work_group,
    examine,
    render_finding,
)
from bot.settings import ATHENA, Settings


def check_up(settings: Settings) -> bool:
    """Print a line for each finding, and tell whether everything is well."""
    # Every failure becomes a line of its own; the libraries' tracebacks beside it would help nobody.
    logging.basicConfig(level=logging.CRITICAL)
    is_well = True
    with ExitStack() as opened:
        for finding in examine(_build_checks(settings, opened)):
            print(render_finding(finding), flush=True)
            is_well = is_well and not finding.mend
    return is_well


def _build_checks(settings: Settings, opened: ExitStack) -> Iterator[Check]:
    now = datetime.now(UTC)
    yield "data folder", partial(_check_data_folder, settings)
    try:
        yield from _build_aws_checks(settings, opened, now)
    except OperatorError as error:
        yield "AWS", partial(_report, str(error))
    yield from _build_log_checks(settings, now)
    yield from _build_name_checks(settings, now)
    yield from _build_slack_checks(settings)


def _build_aws_checks(settings: Settings, opened: ExitStack, now: datetime) -> Iterator[Check]:
    if settings.cidr_bucket:
        s3 = opened.enter_context(closing(build_s3_client()))
        objects = S3Objects(s3, parse_place(settings.cidr_bucket))
        yield "expansions", partial(check_registry, objects)
    if settings.engine == ATHENA:
        options = build_athena_options(settings)
        catalog = opened.enter_context(closing(AthenaCatalog(options)))
        yield "work group", partial(check_work_group, catalog, options.output)
        yield "tables", partial(check_tables, catalog)
        yield "a scan", partial(check_scan, catalog, objects, now)


def _build_log_checks(settings: Settings, now: datetime) -> Iterator[Check]:
    try:
        estimator = build_estimator(settings)
    except OperatorError as error:
        yield "flow logs", partial(_report, str(error))
        return
    if settings.logs and estimator:
        yield "flow logs", partial(check_logs, estimator, now)
    else:
        yield "flow logs", partial(_report, "set VPCCIDR_LOGS to where they are.")


def _build_name_checks(settings: Settings, now: datetime) -> Iterator[Check]:
    ranges = build_ranges(settings)
    if ranges is not None:
        yield "AWS's ranges", partial(check_renewal, ranges.renew)
        yield "AWS's ranges", partial(check_ranges, ranges.load, now)
    for region in settings.ec2_regions:
        yield f"EC2's names in {region}", partial(check_host_names, region, partial(try_names, region))


def _build_slack_checks(settings: Settings) -> Iterator[Check]:
    tokens = SlackTokens(
        build_client(settings.slack_api_url, settings.slack_bot_token), settings.slack_app_token
    )
    if settings.slack_bot_token:
        yield "Slack's bot token", partial(check_bot_token, tokens)
    else:
        yield "Slack's bot token", partial(_report, "set SLACK_BOT_TOKEN (xoxb-…).")
    if settings.slack_app_token:
        yield "Slack's app-level token", partial(check_app_token, tokens)
    elif not settings.slack_signing_secret:
        sentence = "set SLACK_APP_TOKEN (xapp-…), or SLACK_SIGNING_SECRET for HTTP mode."
        yield "Slack's app-level token", partial(_report, sentence)


def _check_data_folder(settings: Settings) -> Iterator[Finding]:
    try_folder(settings.data_dir)
    yield Finding(f"data folder {settings.data_dir} can be written to")


def _report(sentence: str) -> tuple[Finding, ...]:
    raise OperatorError(sentence)
