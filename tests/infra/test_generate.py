"""What is written from code is what the code says now; else a table's columns drift from the bot's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.domain.flowlog import DEFAULT_FORMAT, FIELDS, NEEDED
from infra.generate import ROOT, TEMPLATE, _build_parts, build_files, fill_template, main, parse_log_format
from infra.tables import FORMATS

WRITTEN = build_files((ROOT / TEMPLATE).read_text())


@pytest.mark.parametrize("path", WRITTEN, ids=str)
def test_committed_file_is_the_generated_one(path: Path) -> None:
    """If this fails: python -m infra.generate."""
    assert (ROOT / path).read_text() == WRITTEN[path]


def test_every_part_has_its_place_in_the_template() -> None:
    """A marker with a typing error would leave its part as it is for ever."""
    template = (ROOT / TEMPLATE).read_text()
    begun, ended = (re.findall(rf"# {word} (.+)", template) for word in ("begin", "end"))
    assert begun == ended
    assert sorted(begun) == sorted(_build_parts())


def test_part_that_nobody_knows() -> None:
    with pytest.raises(KeyError, match="columns of nothing"):
        fill_template("  # begin columns of nothing\n  # end columns of nothing\n")


def test_template_is_small_enough_for_the_command_line() -> None:
    """CloudFormation takes 51,200 bytes of a template that is not in S3."""
    assert len((ROOT / TEMPLATE).read_bytes()) <= 51_200


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_what_the_scan_needs(name: str) -> None:
    assert set(NEEDED) <= set(FORMATS[name])
    assert set(FORMATS[name]) <= set(FIELDS)


def test_five_versions_are_29_fields() -> None:
    assert len(FORMATS["v5-all-fields"]) == 29
    assert FORMATS["v5-all-fields"][:14] == DEFAULT_FORMAT


def test_ddl_of_a_format_of_ones_own(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ddl", "--log-format", "${srcaddr} ${end} ${tcp-flags}", "--root", "s3://amzn-s3-demo-bucket/a/"])
    ddl = capsys.readouterr().out
    assert "(\n    `srcaddr` string,\n    `end` bigint,\n    `tcp_flags` int\n)\nPARTITIONED" in ddl
    assert "LOCATION 's3://amzn-s3-demo-bucket/a/AWSLogs/'" in ddl


def test_ddl_of_parquet_in_the_hive_layout(capsys: pytest.CaptureFixture[str]) -> None:
    main(["ddl", "--parquet", "--hive", "--accounts", "111122223333,444455556666", "--start", "2025/03/01"])
    ddl = capsys.readouterr().out
    assert "STORED AS PARQUET" in ddl
    assert "skip.header" not in ddl
    assert "'projection.year.range' = '2025,NOW'" in ddl
    assert "'111122223333,444455556666'" in ddl
    assert ddl.endswith(
        "aws_account_id, aws_region, year || '/' || month || '/' || day AS day FROM vpcflowlogshive;\n"
    )


@pytest.mark.parametrize("text", ["", "version account-id", "${srcadr}"])
def test_not_a_format(text: str) -> None:
    with pytest.raises(ValueError, match="not the format of a flow log"):
        parse_log_format(text)
