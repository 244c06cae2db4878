"""Nothing may be lost that nobody was told of: run against an `aws` that only writes down its calls."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from infra.destroy import main

STUB = """#!{python}
import json, pathlib, sys
here = pathlib.Path(__file__).parent
line = " ".join(sys.argv[1:])
with (here / "calls").open("a") as calls:
    calls.write(line + "\\n")
for start, (code, out, err) in json.loads((here / "answers").read_text()).items():
    if line.startswith(start):
        sys.stdout.write(out)
        sys.stderr.write(err)
        sys.exit(code)
"""

Answer = tuple[int, str, str]


class Aws:
    """The stub, and what it has been asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "aws").write_text(STUB.format(python=sys.executable))
        (folder / "aws").chmod(0o755)
        (folder / "calls").touch()
        self.answer({})

    def answer(self, answers: dict[str, Answer]) -> None:
        (self._folder / "answers").write_text(json.dumps(answers))

    def changes(self) -> list[str]:
        """The calls that change something, or wait for it."""
        calls = (self._folder / "calls").read_text().splitlines()
        return [call for call in calls if not call.startswith(("cloudformation describe", "s3 ls"))]


def describe(stack: str) -> str:
    return f"cloudformation describe-stack-resources --stack-name {stack} "


def holds(*buckets: str) -> Answer:
    found = [{"ResourceType": "AWS::S3::Bucket", "PhysicalResourceId": name} for name in buckets]
    others = [{"ResourceType": "AWS::Glue::Database", "PhysicalResourceId": "vpcflowlogscidrdb"}]
    return 0, json.dumps({"StackResources": [*others, *found]}), ""


def summary(objects: int, size: int) -> Answer:
    return int(not objects), f"\nTotal Objects: {objects}\n   Total Size: {size}\n", ""


NO_STACK = (254, "", "An error occurred (ValidationError): Stack with id x does not exist")
BOTH = {
    describe("vpccidr-bot"): holds(),
    describe("vpccidr"): holds("cidr-bucket", "results-bucket"),
    "s3 ls s3://cidr-bucket": summary(3, 1_234_567),
    "s3 ls s3://results-bucket": summary(0, 0),
}
DELETED = [
    "cloudformation delete-stack --stack-name vpccidr-bot",
    "cloudformation wait stack-delete-complete --stack-name vpccidr-bot",
    "s3 rm s3://cidr-bucket --recursive --only-show-errors",
    "cloudformation delete-stack --stack-name vpccidr",
    "cloudformation wait stack-delete-complete --stack-name vpccidr",
]


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Aws:
    monkeypatch.setenv("PATH", str(tmp_path))
    return Aws(tmp_path)


def say(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_tells_of_full_buckets_and_asks(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.answer(BOTH)
    say(monkeypatch, "yes\n")
    assert main(["vpccidr-bot", "vpccidr"]) == 0
    assert capsys.readouterr().out == (
        "stack vpccidr-bot\n"
        "stack vpccidr\n"
        "  bucket cidr-bucket: 3 objects, 1,234,567 bytes, NOT EMPTY\n"
        "  bucket results-bucket: empty\n"
        "This deletes these stacks and everything in their buckets. Flow logs are not touched. "
        "Type yes to go on:\n"
        "Deleting vpccidr-bot\n"
        "Emptying cidr-bucket\n"
        "Deleting vpccidr\n"
    )
    assert aws.changes() == DELETED


@pytest.mark.parametrize("typed", ["", "\n", "no\n", "y\n", "vpccidr\n"])
def test_anything_but_yes_deletes_nothing(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    """The empty text is a closed standard input, as in a pipeline."""
    aws.answer(BOTH)
    say(monkeypatch, typed)
    assert main(["vpccidr-bot", "vpccidr"]) == 1
    assert capsys.readouterr().out.endswith("Nothing was deleted.\n")
    assert aws.changes() == []


def test_yes_beforehand_tells_all_the_same(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.answer(BOTH)
    assert main(["--yes", "vpccidr-bot", "vpccidr"]) == 0
    assert "cidr-bucket: 3 objects, 1,234,567 bytes, NOT EMPTY" in capsys.readouterr().out
    assert aws.changes() == DELETED


def test_stack_that_is_not_there_is_passed_over(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.answer(BOTH | {describe("vpccidr-bot"): NO_STACK})
    assert main(["--yes", "vpccidr-bot", "vpccidr"]) == 0
    assert capsys.readouterr().out.startswith("stack vpccidr-bot: there is none\nstack vpccidr\n")
    assert aws.changes() == DELETED[2:]


def test_no_stack_at_all(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.answer({"cloudformation describe": NO_STACK})
    assert main(["vpccidr-bot", "vpccidr"]) == 0
    assert capsys.readouterr().out.endswith("stack vpccidr: there is none\nNothing was deleted.\n")


REFUSED = {
    "no credentials": (describe("vpccidr-bot"), (253, "", "Unable to locate credentials")),
    "a bucket that may not be listed": ("s3 ls s3://cidr-bucket", (1, "", "AccessDenied")),
    "an answer without a summary": ("s3 ls s3://cidr-bucket", (0, "", "")),
}


@pytest.mark.parametrize(("call", "answer"), REFUSED.values(), ids=REFUSED)
def test_nothing_is_deleted_where_not_everything_is_known(
    aws: Aws, capsys: pytest.CaptureFixture[str], call: str, answer: Answer
) -> None:
    aws.answer(BOTH | {call: answer})
    assert main(["--yes", "vpccidr-bot", "vpccidr"]) == 1
    assert capsys.readouterr().err == f"{answer[2] or 'What is in the bucket cidr-bucket cannot be told.'}\n"
    assert aws.changes() == []


def test_bucket_that_cannot_be_emptied_keeps_its_stack(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.answer(BOTH | {"s3 rm": (1, "", "delete failed")})
    assert main(["--yes", "vpccidr"]) == 1
    assert capsys.readouterr().err == "delete failed\n"
    assert aws.changes() == ["s3 rm s3://cidr-bucket --recursive --only-show-errors"]


def test_no_aws_cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["vpccidr"]) == 1
    assert "there is no `aws` on this machine" in capsys.readouterr().err
