"""A template that only looks right does not make a stack: this one is created, used and deleted."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from bot.domain.cidr import expand, parse_block
from bot.domain.flowlog import DEFAULT_FORMAT, FIELDS, PARTITIONS, Type
from infra.tables import HIVE_PARTITIONS, FlowTable, build_view

TEMPLATE = Path(__file__).parents[2] / "infra" / "vpccidr.yaml"
pytestmark = pytest.mark.ministack

DEFAULTS = {"FlowLogsBucket": "amzn-s3-demo-bucket"}
HIVE = {
    "FlowLogsBucket": "amzn-s3-demo-bucket",
    "FlowLogsPrefix": "network/",
    "FlowLogsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "Accounts": "111122223333,444455556666",
    "Regions": "us-east-1,eu-west-1",
    "StartDate": "2025/03/01",
    "FileFormat": "parquet",
    "Layout": "hive",
    "DatabaseName": "hivedb",
    "WorkGroupName": "hive",
    "FunctionName": "hive",
}


class Stack:
    """A stack of infra/vpccidr.yaml on MiniStack."""

    def __init__(self, aws: Any, name: str, parameters: dict[str, str]) -> None:
        self.aws, self.name = aws, name
        aws("cloudformation").create_stack(
            StackName=name,
            TemplateBody=TEMPLATE.read_text(),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        self._wait("stack_create_complete")

    def _wait(self, waiter: str) -> None:
        pace = {"Delay": 1, "MaxAttempts": 60}
        try:
            self.aws("cloudformation").get_waiter(waiter).wait(StackName=self.name, WaiterConfig=pace)
        except WaiterError:
            events = self.aws("cloudformation").describe_stack_events(StackName=self.name)["StackEvents"]
            pytest.fail(
                str(
                    [event["ResourceStatusReason"] for event in events if "FAILED" in event["ResourceStatus"]]
                )
            )

    def outputs(self) -> dict[str, str]:
        stack = self.aws("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def table(self, name: str) -> dict[str, Any]:
        table = self.aws("glue").get_table(DatabaseName=self.outputs()["AthenaDatabase"], Name=name)
        return dict(table["Table"])

    def expand(self, event: dict[str, object]) -> dict[str, Any]:
        called = self.aws("lambda").invoke(
            FunctionName=self.outputs()["FunctionName"], Payload=json.dumps(event)
        )
        return dict(json.loads(called["Payload"].read()))

    def bucket(self, output: str) -> str:
        return self.outputs()[output].split("/")[2]

    def delete(self) -> None:
        self.aws("cloudformation").delete_stack(StackName=self.name)
        self._wait("stack_delete_complete")


@pytest.fixture(scope="module")
def stack(aws: Any) -> Iterator[Stack]:
    made = Stack(aws, "vpccidr", DEFAULTS)
    yield made
    made.delete()


@pytest.fixture(scope="module")
def hive_stack(aws: Any) -> Iterator[Stack]:
    made = Stack(aws, "hive", HIVE)
    yield made
    made.delete()


def columns_of(columns: list[dict[str, str]]) -> dict[str, str]:
    return {column["Name"]: column["Type"] for column in columns}


def typed(names: tuple[str, ...]) -> dict[str, Type]:
    return {name: FIELDS[name] for name in names}


def test_flow_table(stack: Stack) -> None:
    """In the order of the default format: text maps by position."""
    table = stack.table("vpcflowlogstable")
    assert list(columns_of(table["StorageDescriptor"]["Columns"]).items()) == list(
        typed(DEFAULT_FORMAT).items()
    )
    assert columns_of(table["PartitionKeys"]) == PARTITIONS
    assert table["Parameters"] == FlowTable().properties
    assert table["StorageDescriptor"]["Location"] == "s3://amzn-s3-demo-bucket/AWSLogs/"


def test_hive_table(hive_stack: Stack) -> None:
    """Parquet maps by name, so every field has its column."""
    table = hive_stack.table("vpcflowlogshive")
    declared = FlowTable(
        parquet=True,
        hive=True,
        root="s3://amzn-s3-demo-bucket/network/",
        start="2025/03/01",
        accounts=("111122223333", "444455556666"),
        regions=("us-east-1", "eu-west-1"),
    )
    assert columns_of(table["StorageDescriptor"]["Columns"]) == FIELDS
    assert columns_of(table["PartitionKeys"]) == HIVE_PARTITIONS
    assert table["Parameters"] == declared.properties


def test_hive_view(hive_stack: Stack) -> None:
    """What the scans read has the same name and columns in both layouts."""
    view = hive_stack.table("vpcflowlogstable")
    text = view["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")
    assert json.loads(base64.b64decode(text)) == json.loads(build_view(tuple(FIELDS), "hivedb"))
    assert columns_of(view["StorageDescriptor"]["Columns"]) == FIELDS | PARTITIONS


def test_no_view_over_the_plain_layout(stack: Stack) -> None:
    tables = stack.aws("glue").get_tables(DatabaseName=stack.outputs()["AthenaDatabase"])["TableList"]
    assert sorted(table["Name"] for table in tables) == ["cidrtable", "vpcflowlogstable"]


def test_cidr_table_has_a_prefix_of_its_own(stack: Stack) -> None:
    """Anything else below the table's location would be read as rows."""
    table = stack.table("cidrtable")
    assert columns_of(table["StorageDescriptor"]["Columns"]) == {"cidr": "string", "ip": "string"}
    assert table["StorageDescriptor"]["Location"] == stack.outputs()["Expansions"]
    assert stack.outputs()["Expansions"].endswith("/cidr/")


def test_work_group_enforces_its_settings(stack: Stack) -> None:
    group = stack.aws("athena").get_work_group(WorkGroup=stack.outputs()["AthenaWorkGroup"])["WorkGroup"]
    results = group["Configuration"]["ResultConfiguration"]
    assert group["Configuration"]["EnforceWorkGroupConfiguration"] is True
    assert int(group["Configuration"]["BytesScannedCutoffPerQuery"]) == 100 * 2**30
    assert results["OutputLocation"] == stack.outputs()["AthenaOutput"]
    assert results["EncryptionConfiguration"] == {"EncryptionOption": "SSE_S3"}


def test_outputs_are_the_bots_settings(hive_stack: Stack) -> None:
    """As an environment file, and one by one."""
    outputs = hive_stack.outputs()
    assert outputs["Environment"].splitlines() == [
        "VPCCIDR_ENGINE=athena",
        "VPCCIDR_LOGS=s3://amzn-s3-demo-bucket/network/AWSLogs/",
        "VPCCIDR_ATHENA_DATABASE=hivedb",
        "VPCCIDR_ATHENA_WORKGROUP=hive",
        f"VPCCIDR_ATHENA_OUTPUT={outputs['AthenaOutput']}",
        f"VPCCIDR_CIDR_BUCKET={outputs['Expansions']}",
        "VPCCIDR_LOG_ACCOUNTS=111122223333,444455556666",
        "VPCCIDR_LOG_REGIONS=us-east-1,eu-west-1",
    ]
    assert outputs["Logs"] == "s3://amzn-s3-demo-bucket/network/AWSLogs/"


EXPANDED = ["10.1.2.3/16", "192.0.2.7", "198.51.100.128/25", "255.255.255.254/31", "10.16.0.0/12"]


@pytest.mark.parametrize("cidr", EXPANDED)
def test_lambda_writes_what_the_bot_would_write(stack: Stack, cidr: str) -> None:
    """The last block takes several parts of an upload."""
    block = parse_block(cidr).block
    assert stack.expand({"cidr": cidr})["statusCode"] == 200
    bucket, key = stack.bucket("Expansions"), f"cidr/{block.expansion_name}"
    s3 = stack.aws("s3")
    written = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.delete_object(Bucket=bucket, Key=key)
    assert written == b"".join(expand(block))


def test_lambda_refuses_what_the_bot_refuses(stack: Stack) -> None:
    refused = stack.expand({"cidr": "2001:db8::/32"})
    assert refused["errorMessage"] == (
        "“2001:db8::/32” is an IPv6 block, and only IPv4 blocks can be asked about so far."
    )


LOGS = "arn:aws:s3:::amzn-s3-demo-bucket"
LOG_FILE = f"{LOGS}/AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/01/a.log.gz"
ATHENA, GLUE = "arn:aws:athena:us-east-1:123456789012", "arn:aws:glue:us-east-1:123456789012"

MAY = [
    ("athena:StartQueryExecution", f"{ATHENA}:workgroup/vpccidr"),
    ("athena:BatchGetQueryExecution", f"{ATHENA}:workgroup/vpccidr"),
    ("athena:GetTableMetadata", f"{ATHENA}:datacatalog/AwsDataCatalog"),
    ("glue:GetTable", f"{GLUE}:table/vpcflowlogscidrdb/vpcflowlogstable"),
    ("glue:GetTable", f"{GLUE}:table/vpcflowlogscidrdb/cidrtable"),
    ("s3:GetObject", LOG_FILE),
    ("s3:PutObject", "CIDR/cidr/10_1_0_0_16.csv"),
    ("s3:DeleteObject", "CIDR/cidr/10_1_0_0_16.csv"),
    ("s3:AbortMultipartUpload", "CIDR/cidr/10_1_0_0_16.csv"),
    ("s3:PutObject", "RESULTS/results/1.csv"),
    ("s3:GetObject", "RESULTS/results/1.csv"),
    ("s3:ListBucket", "CIDR"),
]
MAY_NOT = [
    ("athena:StartQueryExecution", f"{ATHENA}:workgroup/primary"),
    ("athena:UpdateWorkGroup", f"{ATHENA}:workgroup/vpccidr"),
    ("glue:GetTable", f"{GLUE}:table/vpcflowlogscidrdb/salaries"),
    ("glue:GetTable", f"{GLUE}:table/otherdb/cidrtable"),
    ("glue:DeleteTable", f"{GLUE}:table/vpcflowlogscidrdb/cidrtable"),
    ("s3:PutObject", LOG_FILE),
    ("s3:DeleteObject", LOG_FILE),
    ("s3:GetObject", f"{LOGS}/payroll.csv"),
    ("s3:ListBucket", LOGS),
    ("s3:PutObject", "CIDR/10_1_0_0_16.csv"),
    ("s3:DeleteObject", "RESULTS/results/1.csv"),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
]


def is_allowed(stack: Stack, action: str, resource: str) -> bool:
    """Whether the bot's policy, as the stack made it, allows the action, its conditions' keys unset."""
    buckets = {"CIDR": stack.bucket("Expansions"), "RESULTS": stack.bucket("AthenaOutput")}
    first, _, rest = resource.partition("/")
    arn = f"arn:aws:s3:::{buckets[first]}" + ("/" + rest if rest else "") if first in buckets else resource
    iam, policy = stack.aws("iam"), stack.outputs()["BotPolicyArn"]
    document = iam.get_policy_version(PolicyArn=policy, VersionId="v1")["PolicyVersion"]["Document"]
    simulated = iam.simulate_custom_policy(
        PolicyInputList=[json.dumps(document)], ActionNames=[action], ResourceArns=[arn]
    )
    return bool(simulated["EvaluationResults"][0]["EvalDecision"] == "allowed")


@pytest.mark.parametrize(("action", "resource"), MAY)
def test_bot_may(stack: Stack, action: str, resource: str) -> None:
    assert is_allowed(stack, action, resource)


@pytest.mark.parametrize(("action", "resource"), MAY_NOT)
def test_bot_may_not(stack: Stack, action: str, resource: str) -> None:
    """Neither what is not its own, nor anything to the flow logs but reading them."""
    assert not is_allowed(stack, action, resource)


def test_key_of_the_flow_logs_may_be_used_where_it_is_named(hive_stack: Stack) -> None:
    assert is_allowed(hive_stack, "kms:Decrypt", HIVE["FlowLogsKeyArn"])


def test_nothing_is_left_of_a_deleted_stack(aws: Any) -> None:
    parameters = DEFAULTS | {
        "DatabaseName": "shortlived",
        "WorkGroupName": "shortlived",
        "FunctionName": "shortlived",
    }
    stack = Stack(aws, "shortlived", parameters)
    stack.delete()
    assert "shortlived" not in [each["Name"] for each in aws("glue").get_databases()["DatabaseList"]]
    assert not [each for each in aws("s3").list_buckets()["Buckets"] if each["Name"].startswith("shortlived")]
    assert not [
        each for each in aws("lambda").list_functions()["Functions"] if each["FunctionName"] == "shortlived"
    ]
