"""What a reviewer of the stacks would look for, looked for on every change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

INFRA = Path(__file__).parents[2] / "infra"

UNLIMITED = {"ecr:GetAuthorizationToken", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces"}
"""The actions for which AWS takes no resource but all."""

WILD_RESOURCE = re.compile(
    r"\$\{(?:Cidr|Results)Bucket\.Arn}/[a-z]+/\*|.*:s3:::.+/\$\{FlowLogsPrefix}AWSLogs/\*"
)
"""Objects below one prefix."""


class Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as the long ones."""


def _read_tag(loader: Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", _read_tag)  # type: ignore[no-untyped-call]


def load(name: str) -> dict[str, Any]:
    return dict(yaml.load((INFRA / name).read_text(), Loader))  # noqa: S506 - a SafeLoader


TEMPLATES = {name: load(name) for name in ("vpccidr.yaml", "bot.yaml")}
DATA, BOT = TEMPLATES.values()


def walk(value: object) -> Iterator[dict[str, Any]]:
    """Every mapping in the value."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from walk(each)
    elif isinstance(value, list):
        for each in value:
            yield from walk(each)


def statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in walk(template["Resources"]) if "Effect" in each]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def as_text(resource: Any) -> str:
    return resource if isinstance(resource, str) else str(next(iter(resource.values())))


ALLOWED = [
    each for template in TEMPLATES.values() for each in statements(template) if each["Effect"] == "Allow"
]


def test_statements_are_found() -> None:
    assert len(ALLOWED) >= 18


@pytest.mark.parametrize("statement", ALLOWED, ids=lambda each: each.get("Sid", "trust"))
def test_allowed_statement_names_its_actions_and_resources(statement: dict[str, Any]) -> None:
    actions = as_list(statement["Action"])
    assert not [action for action in actions if "*" in action]
    if "Principal" in statement:
        assert actions == ["sts:AssumeRole"]
        return
    wild = [as_text(each) for each in as_list(statement["Resource"]) if "*" in as_text(each)]
    assert set(actions) <= UNLIMITED or not [each for each in wild if not WILD_RESOURCE.fullmatch(each)]


def resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: each for name, each in template["Resources"].items() if each["Type"] == kind}


BUCKETS = resources(DATA, "AWS::S3::Bucket")


@pytest.mark.parametrize("name", BUCKETS)
def test_bucket_is_closed(name: str) -> None:
    properties = BUCKETS[name]["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["BucketEncryption"]
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


@pytest.mark.parametrize("name", BUCKETS)
def test_bucket_is_reached_over_tls_only(name: str) -> None:
    policies = resources(DATA, "AWS::S3::BucketPolicy").values()
    [policy] = [each["Properties"] for each in policies if each["Properties"]["Bucket"] == {"Ref": name}]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert [as_text(each) for each in statement["Resource"]] == [f"{name}.Arn", f"${{{name}.Arn}}/*"]


@pytest.mark.parametrize("name", BUCKETS)
def test_half_finished_uploads_go(name: str) -> None:
    rules = BUCKETS[name]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert any(rule["AbortIncompleteMultipartUpload"] for rule in rules)


def test_results_expire_and_expansions_do_not() -> None:
    rules = {name: each["Properties"]["LifecycleConfiguration"]["Rules"][0] for name, each in BUCKETS.items()}
    assert rules["ResultsBucket"]["ExpirationInDays"] == {"Ref": "ResultDays"}
    assert "ExpirationInDays" not in rules["CidrBucket"]


def test_only_the_bots_tables_are_read() -> None:
    [statement] = [each for each in ALLOWED if each.get("Sid") == "ReadTheCatalogue"]
    tables = [text for each in statement["Resource"] if ":table/" in (text := as_text(each))]
    names = {text.rsplit("/", maxsplit=1)[1] for text in tables}
    assert names == {"vpcflowlogstable", "vpcflowlogshive", "cidrtable"}
    assert {action.split(":")[1][:3] for action in statement["Action"]} == {"Get"}


def test_bot_imports_what_the_data_stack_exports() -> None:
    exported = {as_text(each["Export"]["Name"]) for each in DATA["Outputs"].values() if "Export" in each}
    imported = {as_text(each["Fn::ImportValue"]) for each in walk(BOT) if "Fn::ImportValue" in each}
    assert {name.replace("DataStack", "AWS::StackName") for name in imported} == exported


def settings_of_output() -> dict[str, str]:
    """The lines of the environment file, what is substituted still in braces."""
    text = DATA["Outputs"]["Environment"]["Value"]["Fn::Sub"][0]
    return dict(line.split("=", maxsplit=1) for line in text.splitlines())


def test_each_setting_has_an_output_of_its_own() -> None:
    """A person copies one of them by hand, and the bot's stack takes it from the export."""
    described = {each["Description"].split(",")[0] for each in DATA["Outputs"].values()}
    named = {name for name in described if name.startswith("VPCCIDR_")}
    assert named == set(settings_of_output()) - {"VPCCIDR_ENGINE"}


def test_bot_gets_every_setting_of_the_data_stack() -> None:
    [container] = BOT["Resources"]["Task"]["Properties"]["ContainerDefinitions"]
    given = {each["Name"] for each in container["Environment"]}
    assert set(settings_of_output()) <= given


def test_ec2_is_asked_only_where_somebody_wants_names() -> None:
    """By nothing but the policy of a parameter that is empty by default, and in its Regions alone."""
    assert BOT["Parameters"]["HostNameRegions"]["Default"] == ""
    assert BOT["Conditions"]["NamesHosts"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "HostNameRegions"}, ""]}],
    }
    asking = [
        name
        for template in TEMPLATES.values()
        for name, each in template["Resources"].items()
        if "ec2:" in str(each)
    ]
    assert asking == ["HostNamesPolicy"]
    policy = BOT["Resources"]["HostNamesPolicy"]
    [statement] = statements({"Resources": {"HostNamesPolicy": policy}})
    assert policy["Condition"] == "NamesHosts"
    assert statement["Action"] == ["ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces"]
    regions = {"Fn::Split": [",", {"Ref": "HostNameRegions"}]}
    assert statement["Condition"] == {"StringEquals": {"aws:RequestedRegion": regions}}


def test_secrets_are_never_plain() -> None:
    """A token in a parameter or a variable stands in the console for all to read."""
    [container] = BOT["Resources"]["Task"]["Properties"]["ContainerDefinitions"]
    plain = [each["Name"] for each in container["Environment"]]
    assert not [name for name in plain if re.search("TOKEN|SECRET|PASSWORD|STORE", name)]
    assert {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"} <= {each.get("Name") for each in container["Secrets"]}


def test_nothing_can_call_the_bot() -> None:
    group = BOT["Resources"]["SecurityGroup"]["Properties"]
    [container] = BOT["Resources"]["Task"]["Properties"]["ContainerDefinitions"]
    assert "SecurityGroupIngress" not in group
    assert "PortMappings" not in container
    assert resources(BOT, "AWS::ElasticLoadBalancingV2::LoadBalancer") == {}


def test_every_parameter_says_what_it_is() -> None:
    for template in TEMPLATES.values():
        grouped = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        assert sorted(name for group in grouped for name in group["Parameters"]) == sorted(
            template["Parameters"]
        )
        assert all(each["Description"] for each in template["Parameters"].values())


PATTERNS = {
    "FlowLogsBucket": (["amzn-s3-demo-bucket"], ["s3://amzn-s3-demo-bucket", "amzn-s3-demo-bucket/", ""]),
    "AwsRanges": (
        ["", "https://ip-ranges.amazonaws.com/ip-ranges.json"],
        ["http://a.example/b", "https:// a"],
    ),
    "HostNameRegions": (["", "us-east-1", "us-east-1,us-gov-west-1"], ["us-east-1, eu-west-1", "us-east-1,"]),
    "FlowLogsPrefix": (["", "network/", "a/b/"], ["network", "/network/", "/"]),
    "Accounts": (["", "111122223333", "111122223333,444455556666"], ["111122223333, 444455556666", "1234"]),
    "Regions": (["", "us-east-1", "us-east-1,us-gov-west-1"], ["us-east-1, eu-west-1", "useast1"]),
    "StartDate": (["2024/01/01", "2026/12/31"], ["2024-01-01", "01/01/2024", "2024/13/01", "2024/1/1"]),
}


@pytest.mark.parametrize("name", PATTERNS)
def test_parameter_takes_and_refuses(name: str) -> None:
    """Refused in the console, before a table is made that finds nothing."""
    pattern = (DATA["Parameters"] | BOT["Parameters"])[name]["AllowedPattern"]
    good, bad = PATTERNS[name]
    assert [text for text in good if not re.fullmatch(pattern, text)] == []
    assert [text for text in bad if re.fullmatch(pattern, text)] == []


def test_slack_app_may_do_what_the_bot_does_and_no_more() -> None:
    manifest = load("slack-manifest.yaml")
    assert manifest["oauth_config"]["scopes"]["bot"] == [
        "app_mentions:read",
        "channels:history",
        "chat:write",
        "chat:write.public",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "im:history",
        "mpim:history",
        "usergroups:read",
        "users:read",
    ]
    assert "user" not in manifest["oauth_config"]["scopes"]
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == ["app_home_opened", "app_mention"]


def test_slack_app_is_reached_over_a_socket() -> None:
    """With Socket Mode no address of the bot stands in the manifest."""
    manifest = load("slack-manifest.yaml")
    [command] = manifest["features"]["slash_commands"]
    assert (command["command"], command["usage_hint"]) == ("/vpccidr", "peering 10.1.0.0/16 days=10")
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"] == {"is_enabled": True}
    assert manifest["features"]["app_home"]["home_tab_enabled"] is True
    assert "url" not in command


def test_slack_takes_texts_of_this_length() -> None:
    """A short description of 140 characters, a long one of 175 to 4,000."""
    information = load("slack-manifest.yaml")["display_information"]
    assert len(information["name"]) <= 35
    assert len(information["description"]) <= 140
    assert 175 <= len(information["long_description"]) <= 4000
