"""AWS's clients, and its errors as sentences that a person can act on.

Botocore's `standard` mode repeats a call after throttling, after a 5xx answer and after a lost connection,
and after nothing else: a refusal is never repeated. Every call of the bot may be repeated safely, for a
query's start carries its ClientRequestToken.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError

from bot.errors import EngineError

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_s3 import S3Client

AwsError = (ClientError, BotoCoreError)
"""Everything that a call to AWS raises."""

CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3},
    connect_timeout=5,
    read_timeout=30,
    user_agent_extra="vpccidr",
)

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
_UNKNOWN_KEYS = {
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "AuthFailure",
}
_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "AllAccessDisabled",
    "Forbidden",
    "403",
    "UnauthorizedOperation",
}
_THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
}
_SENTENCES = (
    (
        _EXPIRED,
        "The bot's AWS credentials have expired, so it could not {doing}; its operator must renew them.",
    ),
    (
        _UNKNOWN_KEYS,
        "AWS rejects the bot's credentials, so it could not {doing}; its operator must mend them.",
    ),
    ({"NoSuchBucket"}, "A bucket is missing, so the bot could not {doing}; vpccidr doctor names it."),
    (
        _THROTTLED,
        "AWS is asked too often just now, so the bot could not {doing}; ask again in a few minutes.",
    ),
)
_PERMISSIONS = {
    # Without s3:ListBucket an object that is not there is refused, and not missing.
    "HeadObject": "s3:GetObject and s3:ListBucket",
    "GetObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "HeadBucket": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "DescribeNetworkInterfaces": "ec2:DescribeNetworkInterfaces",
    "DescribeInstances": "ec2:DescribeInstances",
}
_GONE = {"NoSuchKey", "NotFound", "404"}
_SERVER_FAULT = 500
_ACTION = re.compile(r"to perform: ([\w:*]+)")
_LONGEST_REASON = 300


@dataclass(frozen=True)
class Place:
    """A bucket and a prefix in it, which is empty or ends with a slash."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


def parse_place(url: str) -> Place:
    """The place that `s3://bucket/prefix` names. Raises EngineError."""
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    if not url.startswith("s3://") or not bucket:
        raise EngineError(f"{url} is no place in S3: write s3://bucket/prefix.")
    prefix = prefix.strip("/")
    return Place(bucket, f"{prefix}/" if prefix else "")


def build_athena_client() -> AthenaClient:
    """A client for Athena, from AWS's own environment variables, profiles and roles. Raises EngineError."""
    try:
        return open_session().client("athena", config=CONFIG)
    except AwsError as error:
        raise EngineError(explain(error, "speak to Athena")) from error


def build_s3_client() -> S3Client:
    """A client for S3, from AWS's own environment variables, profiles and roles. Raises EngineError."""
    try:
        return open_session().client("s3", config=CONFIG)
    except AwsError as error:
        raise EngineError(explain(error, "speak to S3")) from error


def open_session() -> boto3.session.Session:
    """A session in AWS_REGION, which containers on AWS set and boto3 alone does not read."""
    return boto3.session.Session(region_name=os.environ.get("AWS_REGION"))


def code_of(error: BaseException) -> str:
    """AWS's name of an error, such as `NoSuchKey`; empty where AWS was not reached."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def is_gone(error: Exception) -> bool:
    """Whether the object that was asked for is not there."""
    return code_of(error) in _GONE


def is_throttled(error: Exception) -> bool:
    """Whether AWS asks to be asked less often."""
    return code_of(error) in _THROTTLED


def is_passing(error: Exception) -> bool:
    """Whether the same call may succeed a little later: throttling, AWS's own fault, a lost connection."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return is_throttled(error) or status >= _SERVER_FAULT
    return isinstance(error, (BotoConnectionError, HTTPClientError))


def explain(error: Exception, doing: str) -> str:
    """One sentence: what the bot could not do (`doing`: "start the scan"), why, and who mends it how."""
    if not isinstance(error, ClientError):
        return _explain_client(error, doing)
    code = code_of(error)
    if code in _DENIED:
        return _explain_denied(error, doing)
    for codes, sentence in _SENTENCES:
        if code in codes:
            return sentence.format(doing=doing)
    return f"The bot could not {doing}, because AWS answered {code}: {shorten(_message_of(error))}"


def shorten(text: str) -> str:
    """A reason on one line, cut where it is very long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"


def _message_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message", ""))


def _explain_denied(error: ClientError, doing: str) -> str:
    match = _ACTION.search(_message_of(error))
    needed = match[1] if match else _name_action(error.operation_name)
    return f"AWS does not let the bot {doing}; its role needs {needed} (vpccidr doctor checks everything)."


def _name_action(operation: str) -> str:
    """The permission behind a call whose refusal names none."""
    return _PERMISSIONS.get(operation, f"the permission for {operation}")


def _explain_client(error: Exception, doing: str) -> str:
    keys = (
        NoCredentialsError,
        PartialCredentialsError,
        CredentialRetrievalError,
        TokenRetrievalError,
        SSOError,
    )
    if isinstance(error, keys):
        return f"The bot has no AWS credentials, so it could not {doing}; its operator must give it some."
    if isinstance(error, NoRegionError):
        return f"The bot knows no AWS region, so it could not {doing}; its operator must set AWS_REGION."
    if isinstance(error, (BotoConnectionError, HTTPClientError)):
        return f"AWS could not be reached, so the bot could not {doing}; ask again in a few minutes."
    return f"The bot could not {doing}: {shorten(str(error))}"
