"""The parts that speak to AWS, built from the settings: loaded where the settings ask for them."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.athena_engine import AthenaEngine, AthenaOptions
from bot.adapters.aws import build_athena_client, build_s3_client, parse_place
from bot.adapters.ec2_names import Ec2Names
from bot.adapters.s3_expansions import S3Expansions
from bot.settings import Settings, SettingsError


def build_athena_engine(settings: Settings, results: Path) -> AthenaEngine:
    """Athena, whose results are copied to the folder `results`. Raises SettingsError and EngineError."""
    options = build_athena_options(settings)
    return AthenaEngine(build_athena_client(), build_s3_client(), options, results)


def build_athena_options(settings: Settings) -> AthenaOptions:
    """How queries run on Athena. Raises SettingsError where something that it needs is missing."""
    needed = {
        "VPCCIDR_ATHENA_DATABASE": settings.athena_database,
        "VPCCIDR_ATHENA_WORKGROUP": settings.athena_workgroup,
        "VPCCIDR_CIDR_BUCKET": settings.cidr_bucket,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise SettingsError(f"Athena needs {' and '.join(missing)}; the stack's outputs name them.")
    return AthenaOptions(
        database=settings.athena_database,
        work_group=settings.athena_workgroup,
        catalog=settings.athena_catalog,
        output=settings.athena_output,
        reuse_minutes=settings.athena_reuse_minutes,
        queries_at_once=settings.athena_queries_at_once,
        usd_per_tb=settings.usd_per_tb,
    )


def build_s3_expansions(settings: Settings) -> S3Expansions:
    """The expansions in the bucket of the settings. Raises EngineError."""
    return S3Expansions(build_s3_client(), parse_place(settings.cidr_bucket))


def build_host_names(settings: Settings) -> Ec2Names:
    """What EC2 calls hosts in the regions of the settings."""
    return Ec2Names(settings.ec2_regions)
