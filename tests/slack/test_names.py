"""Names beside addresses, wherever Slack shows them: in the answer, in what would be cut off, in closer looks."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from bot import aws_parts
from bot.adapters.ec2_names import Ec2Names, Patience
from tests.conftest import WriteLog, record
from tests.slack.conftest import Channel, open_channel
from tests.slack.test_answers import texts
from tests.slack.test_looks import choose, values_of

TAG = "db <!channel>\n*primary*"
REGION = "eu-central-1"


def tag_host(address: str, name: str) -> None:
    ec2 = boto3.client("ec2", region_name=REGION)
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    tags = [{"ResourceType": "network-interface", "Tags": [{"Key": "Name", "Value": name}]}]
    ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress=address, TagSpecifications=tags)


@pytest.fixture
def named(
    write_log: WriteLog, logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Channel]:
    """The channel of a bot that asks EC2, and has AWS's list of ranges."""
    today = datetime.now(UTC).date()
    write_log(today, [record("10.1.0.9", "52.95.110.1", 40000, 443, 700, day=today)], "b")
    ranges = {"ip_prefix": "52.95.110.0/24", "region": REGION, "service": "S3"}
    file = tmp_path / "ip-ranges.json"
    file.write_text(json.dumps({"createDate": "2026-11-19-21-13-06", "prefixes": [ranges]}))
    monkeypatch.setattr(aws_parts, "Ec2Names", partial(Ec2Names, patience=Patience(deadline_s=60)))
    changes = {"aws_ranges": str(file), "ec2_regions": (REGION,)}
    with mock_aws():
        tag_host("10.1.0.9", TAG)
        with open_channel(logs, tmp_path / "state", changes) as channel:
            yield channel


def test_answer_and_what_would_be_cut_off_have_names(named: Channel) -> None:
    """A person's tag is text, and nothing else."""
    named.ask("add 10.1.0.0/16 as vpc-b")
    message = named.ask("disconnect vpc-b days=2")
    said = texts(message)
    assert "10.1.0.9 (vpc-b: db !channel primary) 5432/TCP postgresql is used by 10.0.0.5: " in said
    assert (
        "52.95.110.1 (S3 eu-central-1) 443/TCP https is used by 10.1.0.9 (vpc-b: db !channel primary)" in said
    )
    assert "'text': '10.1.0.9 (vpc-b: db !channel primary)'" in str(message["blocks"])


def test_closer_look_has_names(named: Channel) -> None:
    message = named.ask("peering 10.1.0.0/16 days=2")
    named.thread(message)
    look = choose(named, message, "view_look", values_of(message, "view_look")["Hosts in 10.1.0.0/16"])
    assert "10.1.0.9 (db !channel primary)" in str(look["blocks"])
