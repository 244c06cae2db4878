"""Looks at the outside world that change nothing in it: for the doctor."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.adapters.aws import AwsError, Place, explain, parse_place
from bot.adapters.slack import explain_silence
from bot.errors import SlackError, StoreError
from bot.services.doctor import Identity

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# Athena takes no object for data whose name begins with an underscore.
_NAME = "_vpccidr_doctor"
_ADVICE = {
    "invalid_auth": "the token is not valid: copy it again from the app's page.",
    "not_authed": "there is no token: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN.",
    "token_revoked": "the token was revoked: install the app again.",
    "token_expired": "the token has expired: install the app again.",
    "account_inactive": "the app was removed from the workspace: install it again.",
    "not_allowed_token_type": "this is the wrong kind of token: xoxb-… is the bot's, xapp-… the app's.",
    "missing_scope": "the token lacks a scope: the app-level one needs connections:write.",
}


class S3Objects:
    """Tries what the bot does with S3; `place` is where expansions are kept."""

    def __init__(self, s3: S3Client, place: Place) -> None:
        self._s3 = s3
        self._place = place

    def try_writing(self) -> str:
        """Write, read, list and delete an object that Athena does not see. Raises StoreError."""
        bucket, key = self._place.bucket, self._place.prefix + _NAME
        try:
            self._s3.put_object(Bucket=bucket, Key=key, Body=b"")
            self._s3.head_object(Bucket=bucket, Key=key)
            self._s3.list_objects_v2(Bucket=bucket, Prefix=self._place.prefix, MaxKeys=1)
            self._s3.delete_object(Bucket=bucket, Key=key)
        except AwsError as error:
            raise StoreError(explain(error, f"keep expansions in {self._place}")) from error
        return str(self._place)

    def try_reading(self, url: str) -> None:
        """Open an object. Raises StoreError, or EngineError where the URL is none of S3's."""
        place = parse_place(url)
        try:
            self._s3.get_object(Bucket=place.bucket, Key=place.prefix.rstrip("/"))["Body"].close()
        except AwsError as error:
            raise StoreError(explain(error, f"read results in s3://{place.bucket}")) from error


class SlackTokens:
    """Tries the bot's two tokens."""

    def __init__(self, client: WebClient, app_token: str) -> None:
        self._client = client
        self._app_token = app_token

    def read_identity(self) -> Identity:
        """Who the bot token belongs to, and its scopes. Raises SlackError with what to do."""
        try:
            response = self._client.auth_test()
        except (SlackClientError, OSError) as error:
            raise _explain(error) from error
        scopes = next(
            (text for name, text in response.headers.items() if name.lower() == "x-oauth-scopes"), ""
        )
        if isinstance(scopes, list):
            scopes = ",".join(scopes)
        names = tuple(filter(None, map(str.strip, scopes.split(","))))
        return Identity(str(response["team"]), str(response["user"]), names)

    def try_socket(self) -> None:
        """Ask for a socket's address, and leave it unused. Raises SlackError with what to do."""
        try:
            self._client.apps_connections_open(app_token=self._app_token)
        except (SlackClientError, OSError) as error:
            raise _explain(error) from error


def try_folder(folder: Path) -> None:
    """Write a file into a folder, which is made if need be, and take it away. Raises StoreError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be written to ({error.strerror}): set VPCCIDR_DATA_DIR."
        ) from error


def _explain(error: Exception) -> SlackError:
    if not isinstance(error, SlackApiError):
        return explain_silence(error)
    code = str(error.response.get("error", "unknown_error"))
    return SlackError(f"{code}: {_ADVICE[code]}" if code in _ADVICE else code)
