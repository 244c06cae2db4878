"""Deletes stacks and what is in their buckets, after saying what that is.

    python3 -m infra.destroy [--yes] STACK...

The stacks go in the order given, each when the one before it is gone. CloudFormation deletes no bucket with
objects in it, so they are emptied first. Needs the AWS CLI and nothing else.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_TOTALS = re.compile(r"Total Objects: (\d+)\s+Total Size: (\d+)")
_GONE = "does not exist"


class AwsCliError(Exception):
    """The AWS CLI failed; the text is what it said."""


@dataclass(frozen=True)
class Bucket:
    """A bucket, and how much is in it."""

    name: str
    objects: int
    size: int

    def __str__(self) -> str:
        if not self.objects:
            return f"  bucket {self.name}: empty"
        what = "1 object" if self.objects == 1 else f"{self.objects:,} objects"
        return f"  bucket {self.name}: {what}, {self.size:,} bytes, NOT EMPTY"


def main(arguments: Sequence[str] | None = None) -> int:
    """Tell, ask, delete. Exit code 0 deleted, 1 not: nobody agreed, or AWS refused."""
    options = _build_parser().parse_args(arguments)
    try:
        found = {stack: buckets for stack in options.stacks if (buckets := find_buckets(stack)) is not None}
        _say(_describe(options.stacks, found))
        if not found or not (options.yes or _is_agreed(found)):
            _say("Nothing was deleted.")
            return int(bool(found))
        for stack, buckets in found.items():
            _delete(stack, buckets)
    except AwsCliError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def find_buckets(stack: str) -> list[Bucket] | None:
    """The stack's buckets, or None where there is no such stack. Raises AwsCliError."""
    try:
        text = call_aws(
            "cloudformation", "describe-stack-resources", "--stack-name", stack, "--output", "json"
        )
    except AwsCliError as error:
        if _GONE in str(error):
            return None
        raise
    resources = json.loads(text)["StackResources"]
    names = [each["PhysicalResourceId"] for each in resources if each["ResourceType"] == "AWS::S3::Bucket"]
    return [_measure(name) for name in names]


def _measure(name: str) -> Bucket:
    """`aws s3 ls` ends with 1 in an empty bucket too: its summary tells more."""
    text = call_aws("s3", "ls", f"s3://{name}", "--recursive", "--summarize", accepted=(0, 1))
    totals = _TOTALS.search(text)
    if totals is None:
        raise AwsCliError(f"What is in the bucket {name} cannot be told.")
    return Bucket(name, int(totals[1]), int(totals[2]))


def _describe(stacks: Iterable[str], found: dict[str, list[Bucket]]) -> str:
    lines = []
    for stack in stacks:
        lines.append(f"stack {stack}" if stack in found else f"stack {stack}: there is none")
        lines += [str(bucket) for bucket in found.get(stack, [])]
    return "\n".join(lines)


def _is_agreed(found: dict[str, list[Bucket]]) -> bool:
    full = any(bucket.objects for buckets in found.values() for bucket in buckets)
    what = "these stacks and everything in their buckets" if full else "these stacks"
    _say(f"This deletes {what}. Flow logs are not touched. Type yes to go on:")
    return sys.stdin.readline().strip() == "yes"


def _delete(stack: str, buckets: Iterable[Bucket]) -> None:
    for bucket in buckets:
        if bucket.objects:
            _say(f"Emptying {bucket.name}")
            call_aws("s3", "rm", f"s3://{bucket.name}", "--recursive", "--only-show-errors")
    _say(f"Deleting {stack}")
    call_aws("cloudformation", "delete-stack", "--stack-name", stack)
    call_aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", stack)


def call_aws(*arguments: str, accepted: tuple[int, ...] = (0,)) -> str:
    """What the AWS CLI prints. Raises AwsCliError where it ends with another code than those accepted."""
    try:
        done = subprocess.run(["aws", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607
    except FileNotFoundError:
        raise AwsCliError("The AWS CLI is needed, and there is no `aws` on this machine.") from None
    if done.returncode not in accepted or (done.returncode and done.stderr.strip()):
        raise AwsCliError(done.stderr.strip() or f"aws {' '.join(arguments)} ended with {done.returncode}.")
    return done.stdout


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python3 -m infra.destroy", description="Deletes stacks and their data.")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("stacks", nargs="+", metavar="STACK")
    return parser


if __name__ == "__main__":
    sys.exit(main())
