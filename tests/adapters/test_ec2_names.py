"""What EC2 calls hosts: on an emulated EC2, on one that says what a test says, and on one that hangs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from moto import mock_aws

from bot.adapters.ec2_names import Ec2Names, Patience, build_ec2_client, read_names, try_names
from bot.errors import EngineError

HERE, THERE = "eu-central-1", "us-east-1"


def interface(
    *addresses: str, id_: str = "eni-1", instance: str = "", about: str = "", tag: str = ""
) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": id_,
        "Description": about,
        "PrivateIpAddress": addresses[0],
        "PrivateIpAddresses": [{"PrivateIpAddress": each} for each in addresses],
        "TagSet": [{"Key": "Name", "Value": tag}] if tag else [],
        **({"Attachment": {"InstanceId": instance}} if instance else {}),
    }


def match(row: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    (wanted,) = request["Filters"]
    assert 0 < len(wanted["Values"]) <= 200
    return any(each["PrivateIpAddress"] in wanted["Values"] for each in row["PrivateIpAddresses"])


@dataclass
class Ec2:
    """A region's EC2 with these interfaces, and instances by their ids with their Name tags."""

    interfaces: Sequence[Mapping[str, Any]] = ()
    instances: Mapping[str, str] = field(default_factory=dict)
    error: Exception | None = None
    page: int = 1_000
    asked: list[dict[str, Any]] = field(default_factory=list)

    def describe_network_interfaces(self, **request: Any) -> Mapping[str, Any]:
        self.asked.append(request)
        if self.error:
            raise self.error
        found = [row for row in self.interfaces if match(row, request)]
        start = int(request.get("NextToken", 0))
        rest = {"NextToken": str(start + self.page)} if start + self.page < len(found) else {}
        return {"NetworkInterfaces": found[start : start + self.page], **rest}

    def describe_instances(self, **request: Any) -> Mapping[str, Any]:
        (wanted,) = request["Filters"]
        known = [id_ for id_ in wanted["Values"] if id_ in self.instances]
        rows = [{"InstanceId": id_, "Tags": [{"Key": "Name", "Value": self.instances[id_]}]} for id_ in known]
        return {"Reservations": [{"Instances": [row]} for row in rows]}


@dataclass
class Stage:
    """The names of some regions, and a clock that a test moves."""

    now: float = 1000.0

    def open(self, patience: Patience = Patience(deadline_s=60), **regions: Ec2) -> Ec2Names:  # noqa: B008
        by_name = {name.replace("_", "-"): ec2 for name, ec2 in regions.items()}
        return Ec2Names(list(by_name), lambda region: by_name[region], patience, lambda: self.now)


def refuse(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeNetworkInterfaces")


@pytest.fixture
def stage() -> Stage:
    return Stage()


# What a host is called


@mock_aws
def test_names_on_an_emulated_ec2() -> None:
    """The filters' names are right, and an instance that is gone is no error."""
    ec2: Any = build_ec2_client(HERE)
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "db-primary"}]}]
    ec2.run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        PrivateIpAddress="10.1.0.9",
        TagSpecifications=tags,
    )
    balancer = "ELB app/web/50dc6c495c0c9188"
    ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.1.0.20", Description=balancer)
    found = Ec2Names([HERE], patience=Patience(deadline_s=60)).find(["10.1.0.9", "10.1.0.20", "10.1.0.99"])
    assert found == {"10.1.0.9": "db-primary", "10.1.0.20": "ELB app/web"}
    try_names(HERE)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (interface("10.1.0.9", instance="i-1", tag="eni", about="x"), "db-primary"),
        (interface("10.1.0.8", "10.1.0.9", instance="i-1"), "db-primary"),
        (interface("10.1.0.9", instance="i-2", about="x"), "i-2"),
        (interface("10.1.0.9", instance="i-2", tag="eni"), "eni"),
        (interface("10.1.0.9", instance="i-3"), "i-3"),  # whose tag says nothing that can be shown
        (interface("10.1.0.9", tag="nat", about="x"), "nat"),
        (interface("10.1.0.9", about="ELB net/edge/0123456789abcdef"), "ELB net/edge"),
        (interface("10.1.0.9", about="AWS Lambda VPC ENI-a-b"), "AWS Lambda VPC ENI-a-b"),
        (interface("10.1.0.9"), "eni-1"),
        (interface("10.1.0.9", tag="<!channel> *x*\x00"), "!channel x"),
    ],
)
def test_the_first_that_says_anything_is_the_name(row: dict[str, Any], expected: str) -> None:
    ec2 = Ec2([row], {"i-1": "db-primary", "i-3": " *** "})
    assert read_names(ec2, ["10.1.0.9"]) == {"10.1.0.9": frozenset({expected})}


def test_many_addresses_are_asked_in_batches_and_page_by_page(stage: Stage) -> None:
    addresses = [f"10.1.{number // 250}.{number % 250}" for number in range(450)]
    rows = [interface(each, instance=f"i-{each}", id_=f"eni-{each}") for each in addresses]
    ec2 = Ec2(rows, {f"i-{each}": f"host-{each}" for each in addresses}, page=70)
    found = stage.open(here=ec2).find([*addresses, *addresses])
    assert found == {each: f"host-{each}" for each in addresses}
    assert len(ec2.asked) == 3 + 3 + 1


# What is not said


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ([interface("10.1.0.9", tag="web")], [], {"10.1.0.9": "web"}),
        ([interface("10.1.0.9", tag="web")], [interface("10.1.0.9", tag="web")], {"10.1.0.9": "web"}),
        ([interface("10.1.0.9", tag="web")], [interface("10.1.0.9", tag="db")], {}),
        ([interface("10.1.0.9", tag="web"), interface("10.1.0.9", tag="db")], [], {}),
        ([interface("10.1.0.9", tag="web")], [interface("10.1.0.9")], {}),
        ([], [], {}),
    ],
)
def test_nothing_is_said_where_several_have_an_address(
    here: list[Any], there: list[Any], expected: dict[str, str], stage: Stage
) -> None:
    """A false name would have the wrong machine's owner asked."""
    assert stage.open(here=Ec2(here), there=Ec2(there)).find(["10.1.0.9"]) == expected


def test_nothing_is_said_where_one_region_cannot_be_asked(stage: Stage) -> None:
    """It might know the address, too."""
    here, there = Ec2([interface("10.1.0.9", tag="web")]), Ec2(error=refuse("UnauthorizedOperation"))
    assert stage.open(here=here, there=there).find(["10.1.0.9"]) == {}
    assert stage.open(here=here).find(["10.1.0.9"]) == {"10.1.0.9": "web"}


def test_only_private_ipv4_addresses_are_asked_about(stage: Stage) -> None:
    """A public one is somebody else's, whoever uses it privately; and logs hold what is no address."""
    ec2 = Ec2([interface("52.95.110.1", tag="web")])
    assert stage.open(here=ec2).find(["52.95.110.1", "2001:db8::1", "fd00::1", "-", "", "10.1.0.0/24"]) == {}
    assert ec2.asked == []


# What is remembered


def test_what_is_known_is_not_asked_again_for_a_while(stage: Stage) -> None:
    """Neither a name, nor that there is none."""
    ec2 = Ec2([interface("10.1.0.9", tag="web")])
    names = stage.open(Patience(deadline_s=60, ttl_s=300), here=ec2)
    for _ in range(3):
        assert names.find(["10.1.0.9", "10.1.0.10"]) == {"10.1.0.9": "web"}
    assert len(ec2.asked) == 1
    names.find(["10.1.0.11", "10.1.0.9"])
    assert ec2.asked[1]["Filters"][0]["Values"] == ["10.1.0.11"]
    stage.now += 301
    ec2.interfaces = [interface("10.1.0.9", tag="db")]
    assert names.find(["10.1.0.9"]) == {"10.1.0.9": "db"}


def test_memory_is_bounded(stage: Stage) -> None:
    ec2 = Ec2(
        [interface("10.1.0.1", tag="a"), interface("10.1.0.2", tag="b"), interface("10.1.0.3", tag="c")]
    )
    names = stage.open(Patience(deadline_s=60, most_known=2), here=ec2)
    for address in ("10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.3"):
        assert len(names.find([address])) == 1
    assert len(ec2.asked) == 3
    names.find(["10.1.0.1"])
    assert len(ec2.asked) == 4


# What goes wrong

FAILURES: dict[str, tuple[Exception, str]] = {
    "denied": (
        refuse("UnauthorizedOperation"),
        "AWS does not let the bot name hosts in here; its role needs ec2:DescribeNetworkInterfaces (vpccidr "
        "doctor checks everything).",
    ),
    "throttled": (refuse("RequestLimitExceeded"), "AWS is asked too often just now"),
    "no keys": (NoCredentialsError(), "The bot has no AWS credentials, so it could not name hosts in here"),
    "wrong keys": (refuse("AuthFailure"), "AWS rejects the bot's credentials"),
    "a bug": (KeyError("Reservations"), "hosts in here cannot be named: KeyError('Reservations')"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_failure_leaves_names_out_and_is_told_once(
    case: str, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """It is not asked again at once, so that not every answer waits for it; later it is."""
    error, sentence = FAILURES[case]
    ec2 = Ec2([interface("10.1.0.9", tag="web")], error=error)
    names = stage.open(Patience(deadline_s=60, pause_s=60), here=ec2)
    assert names.find(["10.1.0.9"]) == names.find(["10.1.0.9"]) == {}
    assert len(ec2.asked) == 1
    stage.now += 61
    assert names.find(["10.1.0.9"]) == {}
    assert [line.startswith(f"hosts are shown without names: {sentence}") for line in caplog.messages] == [
        True
    ]
    stage.now += 61
    ec2.error = None
    assert names.find(["10.1.0.9"]) == {"10.1.0.9": "web"}


def test_client_that_cannot_be_built_fails_nobody(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    def fail(region: str) -> Ec2:
        raise EngineError(f"The bot could not name hosts in {region}.")

    assert Ec2Names([HERE], fail, Patience(deadline_s=60)).find(["10.1.0.9"]) == {}
    assert caplog.messages == ["hosts are shown without names: The bot could not name hosts in eu-central-1."]


def test_doctor_is_told_what_to_do() -> None:
    with pytest.raises(EngineError, match="its role needs ec2:DescribeNetworkInterfaces"):
        try_names("here", lambda _: Ec2(error=refuse("UnauthorizedOperation")))


@contextmanager
def hang(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """An EC2 that takes a request and says nothing until it is told to, and then that it has a fault."""
    may_go_on = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert may_go_on.wait(60)
            self.send_response(400)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", f"http://127.0.0.1:{server.server_port}")
        try:
            yield may_go_on.set
        finally:
            may_go_on.set()
            server.shutdown()
            thread.join()


def test_answer_does_not_wait_for_an_ec2_that_hangs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Over a real connection; what it says in the end is not lost."""
    caplog.set_level(logging.WARNING)
    with hang(monkeypatch) as go_on:
        names = Ec2Names([HERE], patience=Patience(deadline_s=0.05))
        assert names.find(["10.1.0.9"]) == {}
        (lookup,) = [each for each in threading.enumerate() if each.name == "ec2-names"]
        assert lookup.daemon  # so that a terminal does not wait for it either
        go_on()
        lookup.join(60)
    assert len(caplog.messages) == 1


def test_machine_without_a_thread_left_fails_nobody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    names = stage.open(here=Ec2([interface("10.1.0.9", tag="web")]))
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        assert names.find(["10.1.0.9"]) == {}
    assert len(caplog.messages) == 1
    stage.now += 61
    assert names.find(["10.1.0.9"]) == {"10.1.0.9": "web"}


def test_late_names_are_there_for_the_next_answer(stage: Stage) -> None:
    ec2, may_go_on = Ec2([interface("10.1.0.9", tag="web")]), threading.Event()

    def connect(region: str) -> Ec2:
        assert may_go_on.wait(60)
        return ec2

    names = Ec2Names([HERE], connect, Patience(deadline_s=0.0))
    assert names.find(["10.1.0.9"]) == {}
    (lookup,) = [each for each in threading.enumerate() if each.name == "ec2-names"]
    may_go_on.set()
    lookup.join(60)
    assert names.find(["10.1.0.9"]) == {"10.1.0.9": "web"}


def test_an_ec2_that_hangs_holds_no_more_than_a_few_threads() -> None:
    may_go_on = threading.Event()

    def connect(region: str) -> Ec2:
        assert may_go_on.wait(60)
        return Ec2()

    names = Ec2Names([HERE], connect, Patience(deadline_s=0.0))
    for number in range(50):
        names.find([f"10.1.0.{number}"])
    lookups = [each for each in threading.enumerate() if each.name == "ec2-names"]
    assert len(lookups) <= 8
    may_go_on.set()
    for each in lookups:
        each.join(60)
