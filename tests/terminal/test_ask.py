"""The commands in a terminal: output, files, exit codes."""

import json
import os
import subprocess
import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import IO

import boto3
import pytest
from moto import mock_aws

from bot import aws_parts
from bot.__main__ import main
from bot.adapters.ec2_names import Ec2Names, Patience
from tests.conftest import WriteLog, record

DAY = date(2026, 11, 20)
NOW = "2026-11-20T18:00:00Z"


@pytest.fixture
def logs(write_log: WriteLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VPCCIDR_DATA_DIR", str(tmp_path / "state"))
    return write_log(DAY, [record("10.0.0.5", "10.1.0.9", 40000, 5432, 700, day=DAY)])


def ask(logs: Path, *arguments: str) -> int:
    return main(["ask", "--logs", str(logs), "--now", NOW, *arguments])


def test_json_is_the_contract(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs read this: compared whole."""
    assert ask(logs, "--json", "peering", "10.1.0.0/16", "days=1") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer.pop("cost")["usd"] == 0
    assert answer == {
        "scenario": "peering",
        "blocks": ["10.1.0.0/16"],
        "window": {"since": "2026-11-20T00:00:00Z", "until": "2026-11-21T00:00:00Z", "days": 1},
        "coverage": {"days_asked": 1, "days_present": 1, "ok": 1, "nodata": 0, "skipdata": 0},
        "totals": {"conversations": 1, "flows": 1, "packets": 10, "bytes": 700},
        "truncated": False,
        "verdict": {
            "code": "in_use",
            "text": (
                "In use: 1 accepted conversation with 10.1.0.0/16: 10.0.0.5 to 10.1.0.9 on 5432/TCP postgresql, "
                "700 B in all, no reply logged; last seen 5 hours ago (2026-11-20 12:00 UTC)."
            ),
        },
        "talkers": [
            {
                "client": "10.0.0.5",
                "server": "10.1.0.9",
                "service_port": 5432,
                "protocol": 6,
                "action": "ACCEPT",
                "flows": 1,
                "packets": 10,
                "bytes": 700,
                "bytes_to_server": 700,
                "bytes_to_client": 0,
                "first_seen": "2026-11-20T12:00:00Z",
                "last_seen": "2026-11-20T12:00:59Z",
            }
        ],
        "problems": [],
    }


def test_verdict_tells_of_more_than_is_listed(
    write_log: WriteLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Or else the sentence that people act on would be of the top ten."""
    talk = [record(f"10.0.0.{host}", "10.1.0.9", 40000, 5432, 1000, day=DAY) for host in range(1, 51)]
    assert ask(write_log(DAY, talk), "--json", "peering", "10.1.0.0/16", "days=1", "top=3") == 0
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["talkers"]) == 3
    assert "50 clients to 10.1.0.9 on 5432/TCP postgresql, 50.0 kB in all" in answer["verdict"]["text"]


def test_text_is_the_answer_and_notes_go_to_stderr(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe must get the answer and nothing else."""
    assert ask(logs, "peering", "10.1.2.3/16", "days=1") == 0
    out, err = capsys.readouterr()
    assert out.startswith("In use: 1 accepted conversation with 10.1.0.0/16")
    assert "10.0.0.5  10.1.0.9  5432/TCP postgresql  ACCEPT" in out
    assert err == (
        "10.1.2.3/16 has host bits set, so 10.1.0.0/16 is meant.\n"
        "10.1.0.0/16 is registered: 65,536 addresses in 10_1_0_0_16.csv.\n"
    )


RANGES = (
    '{"createDate": "2026-11-19-21-13-06", "prefixes": '
    '[{"ip_prefix": "52.95.110.0/24", "region": "eu-central-1", "service": "S3"}]}'
)


def test_ranges_of_aws_are_named_in_text_and_nowhere_else(
    write_log: WriteLog,
    logs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """JSON and CSV are the contract."""
    write_log(DAY, [record("10.1.0.9", "52.95.110.1", 40000, 443, 700, day=DAY)], "b")
    (tmp_path / "ip-ranges.json").write_text(RANGES)
    monkeypatch.setenv("VPCCIDR_AWS_RANGES", str(tmp_path / "ip-ranges.json"))
    assert ask(logs, "external", "10.1.0.0/16", "days=1") == 0
    assert "52.95.110.1 (S3 eu-central-1)" in capsys.readouterr().out
    csv = tmp_path / "o.csv"
    assert ask(logs, "--json", "--csv", str(csv), "external", "10.1.0.0/16", "days=1") == 0
    assert "eu-central-1" not in capsys.readouterr().out + csv.read_text()


def test_answer_does_without_ranges_that_are_missing(
    logs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VPCCIDR_AWS_RANGES", "nowhere.json")
    assert ask(logs, "peering", "10.1.0.0/16", "days=1") == 0
    assert capsys.readouterr().out.startswith("In use: 1 accepted conversation with 10.1.0.0/16")


@mock_aws
def test_hosts_are_named_by_ec2(
    logs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VPCCIDR_EC2_REGIONS", "eu-central-1")
    monkeypatch.setattr(aws_parts, "Ec2Names", partial(Ec2Names, patience=Patience(deadline_s=60)))
    ec2 = boto3.client("ec2", region_name="eu-central-1")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.1.0.9", Description="db-primary")
    assert ask(logs, "peering", "10.1.0.0/16", "days=1") == 0
    assert "10.0.0.5  10.1.0.9 (db-primary)  5432/TCP postgresql" in capsys.readouterr().out


def test_csv_has_the_columns_of_the_contract(logs: Path, tmp_path: Path) -> None:
    assert ask(logs, "--csv", str(tmp_path / "o.csv"), "peering", "10.1.0.0/16", "days=1") == 0
    assert (tmp_path / "o.csv").read_text() == (
        "day,client,server,service_port,protocol,action,flows,packets,bytes,bytes_to_server,bytes_to_client,"
        "first_seen,last_seen\n"
        "2026-11-20,10.0.0.5,10.1.0.9,5432,6,ACCEPT,1,10,700,700,0,2026-11-20T12:00:00Z,2026-11-20T12:00:59Z\n"
    )


def test_nothing_of_a_scan_is_left_behind(logs: Path, tmp_path: Path) -> None:
    """Results would fill the disk, question by question."""
    ask(logs, "peering", "10.1.0.0/16", "days=1")
    assert list((tmp_path / "state" / "results").iterdir()) == []


def test_registry_is_the_same_without_slack(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(logs, "add", "10.1.0.0/24", "as", "vpc-b") == 0
    assert ask(logs, "list") == 0
    assert ask(logs, "remove", "vpc-b") == 0
    out = capsys.readouterr().out
    assert "10.1.0.0/24 is registered as vpc-b: 256 addresses in 10_1_0_0_24.csv." in out
    assert "10.1.0.0/24          256  vpc-b" in out
    assert "The network vpc-b is gone, and with it 10.1.0.0/24." in out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("peering", "peering 10.1.0.0/16"),
        ("peering 10.1.0.0/33", "is not a CIDR block"),
        ("peering ::/0", "IPv6"),
        ("peering 0.0.0.0/0", "every address there is"),
        ("add 10.0.0.0/7", "largest block"),
        ("peering nobody", "There is no network named nobody"),
        ("remove 10.77.0.0/16", "10.77.0.0/16 is not registered."),
    ],
)
def test_wrong_request_is_one_line_and_exit_2(
    logs: Path, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    assert ask(logs, *line.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_missing_logs_are_one_line_and_exit_3(
    logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(tmp_path / "nowhere", "peering", "10.1.0.0/16") == 3
    err = capsys.readouterr().err.splitlines()
    assert err[-1] == f"vpccidr: There is no folder of flow logs at {tmp_path / 'nowhere'}."


def test_logs_must_be_named(
    logs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VPCCIDR_LOGS", raising=False)
    assert main(["ask", "peering", "10.1.0.0/16"]) == 3
    assert "set VPCCIDR_LOGS, or use --logs" in capsys.readouterr().err


def test_wrong_setting_is_named(
    logs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VPCCIDR_MAX_ROWS", "many")
    assert ask(logs, "list") == 3
    assert "VPCCIDR_MAX_ROWS must be a number from 1,000 to 10,000,000." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: command; see vpccidr --help"),
        (["sak"], "invalid choice: 'sak'"),
        (
            ["ask", "--now", "noon", "list"],
            "argument --now: noon is not a moment such as 2026-11-20T18:00:00Z",
        ),
    ],
)
def test_wrong_command_line_is_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_home_network_makes_the_pair_exact(
    logs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a home network, one block asks about it and home."""
    monkeypatch.setenv("VPCCIDR_HOME_NETWORK", "10.9.0.0/16")
    assert ask(logs, "--json", "peering", "10.1.0.0/16", "days=1") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["blocks"] == ["10.9.0.0/16", "10.1.0.0/16"]
    assert answer["verdict"]["code"] == "unused"


def test_truncated_expansion_is_written_again(
    logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half a list of addresses would make a peering look unused, wherever it is looked at next."""
    ask(logs, "add", "10.1.0.0/16")
    expansion = tmp_path / "state" / "expansions" / "10_1_0_0_16.csv"
    whole = expansion.read_bytes()
    expansion.write_bytes(whole[:50])
    capsys.readouterr()
    assert ask(logs, "--json", "peering", "10.1.0.0/16", "days=1") == 0
    assert json.loads(capsys.readouterr().out)["verdict"]["code"] == "in_use"
    assert expansion.read_bytes() == whole


def run_ask(logs: Path, output: int | IO[str]) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "bot", "ask", "--logs", str(logs), "--now", NOW, "peering", "10.1.0.0/16"]
    return subprocess.run(line, stdout=output, stderr=subprocess.PIPE, text=True, check=False)


def test_process_tells_its_answer_and_nothing_else(logs: Path) -> None:
    """A process that ends at once must not keep anything back, and one that does not must not complain."""
    done = run_ask(logs, subprocess.PIPE)
    assert (done.returncode, done.stderr) == (
        0,
        "10.1.0.0/16 is registered: 65,536 addresses in 10_1_0_0_16.csv.\n",
    )
    assert done.stdout.startswith("In use: ")
    assert done.stdout.endswith(" s\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="This system has no disk that is always full")
def test_answer_that_cannot_be_written_is_a_failure(logs: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = run_ask(logs, full)
    assert done.returncode == 3
    assert (
        done.stderr.splitlines()[-1] == "vpccidr: The answer could not be written: No space left on device."
    )


def test_reader_that_went_away_is_no_failure(logs: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        done = run_ask(logs, closed)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


def test_expand_writes_every_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "10_1_0_0_30.csv"
    assert main(["expand", "10.1.0.2/30", "-o", str(file)]) == 0
    assert file.read_text() == "".join(f"10.1.0.0/30,10.1.0.{n}\n" for n in range(4))
    assert capsys.readouterr().err == "10.1.0.2/30 has host bits set, so 10.1.0.0/30 is meant.\n"


def test_expand_streams_to_a_pipe_that_may_close() -> None:
    """`vpccidr expand ... | head -1` must end without a traceback."""
    line = f"{sys.executable} -m bot expand 10.0.0.0/8 | head -1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)  # noqa: S607
    assert done.stdout == "10.0.0.0/8,10.0.0.0\n"
    assert done.stderr == ""


def test_expand_into_a_folder_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["expand", "10.1.0.0/30", "-o", str(tmp_path / "no" / "x.csv")]) == 3
    assert "could not be written: No such file or directory." in capsys.readouterr().err


def test_what_changed_stands_beside_the_contract(
    logs: Path, write_log: WriteLog, capsys: pytest.CaptureFixture[str]
) -> None:
    """Programs that know nothing of it read on as before; what is told of changes says how sure it is."""
    before = date(2026, 11, 19)
    write_log(before, [record("10.0.0.4", "10.1.0.9", 40000, 5432, 300, day=before)])
    assert ask(logs, "--json", "peering", "10.1.0.0/16", "days=1") == 0
    alone = json.loads(capsys.readouterr().out)
    assert ask(logs, "--json", "peering", "10.1.0.0/16", "days=1", "compare=previous") == 0
    compared = json.loads(capsys.readouterr().out)
    changes = compared.pop("changes")
    assert compared | {"cost": 0} == alone | {"cost": 0}
    assert (changes["since"], changes["until"]) == ("2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z")
    assert changes["doubts"] == ["The last day was not over yet: what seems gone may still come."]
    assert [changes[name]["sure"] for name in ("new", "gone", "grown")] == [True, False, True]
    assert changes["gone"]["largest"] == [
        {
            "client": "10.0.0.4",
            "server": "10.1.0.9",
            "service_port": 5432,
            "protocol": 6,
            "action": "ACCEPT",
            "flows": 0,
            "packets": 0,
            "bytes": 0,
            "previous_flows": 1,
            "previous_packets": 10,
            "previous_bytes": 300,
            "first_seen": "2026-11-19T12:00:00Z",
            "last_seen": "2026-11-19T12:00:59Z",
        }
    ]
    assert changes["grown"] == {
        "sure": True,
        "conversations": 0,
        **dict.fromkeys(("flows", "packets", "bytes"), 0),
        **dict.fromkeys(("previous_flows", "previous_packets", "previous_bytes"), 0),
        "largest": [],
    }


def test_what_changed_is_said_in_text(
    logs: Path, write_log: WriteLog, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(logs, "peering", "10.1.0.0/16", "days=1", "compare=previous") == 0
    out = capsys.readouterr().out
    assert "Changes against the window before, 2026-11-19\n" in out
    assert "no logs of 1 of 1 day (2026-11-19)" in out
    assert "\n\n\n" not in out
    assert "Perhaps new: 1 conversation, 700 B\n- 10.0.0.5 to 10.1.0.9 on 5432/TCP postgresql: 700 B" in out
