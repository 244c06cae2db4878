"""What the Web API refuses, by the name that Slack gives it, asked by the real client."""

import http.client
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.local_slack import LocalSlack, RateLimit
from tests.local_slack.conftest import SILENT, Clock, Installed

FILES: dict[str, dict[str, str]] = {"a.csv": {}, "a.png": {"alt_txt": "Who depends on whom"}}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


@pytest.fixture
def slack(installed: Installed) -> LocalSlack:
    return installed.slack


@pytest.fixture
def client(installed: Installed) -> WebClient:
    return installed.client


def error_of(call: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def post(client: WebClient, **more: Any) -> str:
    return str(client.chat_postMessage(**{"channel": "network", "text": "hello"} | more)["ts"])


def test_tokens(slack: LocalSlack) -> None:
    """A wrong token is told apart from a missing one, and from one of the wrong kind."""
    url = slack.web_api_url
    assert error_of(WebClient("xoxb-other", base_url=url).auth_test) == "invalid_auth"
    assert error_of(WebClient(base_url=url).auth_test) == "not_authed"
    assert error_of(WebClient(slack.app_token, base_url=url).auth_test) == "not_allowed_token_type"
    client = WebClient(slack.bot_token, base_url=url)
    assert error_of(client.apps_connections_open, app_token=slack.bot_token) == "not_allowed_token_type"
    assert client.auth_test()["user"] == "vpccidr"


def test_unknown_method(client: WebClient) -> None:
    assert error_of(client.api_call, api_method="chat.postPoem") == "unknown_method"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat.postMessage", {"channel": "nowhere", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "network"}, "no_text"),
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "network", "blocks": [{"type": "x"}]}, "invalid_blocks"),
        ("chat.postMessage", {"channel": "network", "text": "x", "thread_ts": "abc"}, "invalid_thread_ts"),
        (
            "chat.postMessage",
            {"channel": "network", "text": "x", "thread_ts": "1.000001"},
            "thread_not_found",
        ),
        ("chat.postEphemeral", {"channel": "network", "user": "U1", "text": "x"}, "user_not_in_channel"),
        ("chat.update", {"channel": "network", "ts": "1.000001", "text": "x"}, "message_not_found"),
        ("chat.delete", {"channel": "network", "ts": "1.000001"}, "message_not_found"),
        ("chat.getPermalink", {"channel": "network", "message_ts": "1.000001"}, "message_not_found"),
        ("conversations.info", {"channel": "network"}, "channel_not_found"),
        ("conversations.replies", {"channel": "C0NETWORK0", "ts": "1.000001"}, "thread_not_found"),
        ("users.info", {"user": "U1"}, "user_not_found"),
        ("files.getUploadURLExternal", {"filename": "a.csv", "length": 0}, "invalid_arguments"),
        ("files.getUploadURLExternal", {"filename": "a.csv", "length": "many"}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": [{"id": "F1"}]}, "file_not_found"),
        ("files.info", {"file": "F1"}, "file_not_found"),
        ("views.open", {"trigger_id": "1.2", "view": {}}, "invalid_trigger_id"),
        ("views.publish", {"user_id": "U1", "view": {}}, "user_not_found"),
        ("views.update", {"view_id": "V1", "view": {}}, "not_found"),
        ("blocks.validate", {"blocks": [{"type": "x"}]}, "invalid_blocks"),
        ("blocks.validate", {}, "invalid_arguments"),
    ],
)
def test_refusals(client: WebClient, method: str, arguments: dict[str, Any], error: str) -> None:
    assert error_of(client.api_call, api_method=method, json=arguments) == error


def test_refused_blocks_say_which(client: WebClient, slack: LocalSlack) -> None:
    with pytest.raises(SlackApiError) as caught:
        post(client, blocks=[SECTION, {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}])
    messages = caught.value.response["response_metadata"]["messages"]
    assert messages == ["[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"]
    assert slack.messages() == []


def test_long_texts(client: WebClient, slack: LocalSlack) -> None:
    """A posted text is cut; an updated one is refused, unless blocks make it a fallback."""
    ts = post(client, text="x" * 40_001)
    assert len(slack.messages()[0]["text"]) == 40_000
    assert error_of(client.chat_update, channel="network", ts=ts, text="x" * 4001) == "msg_too_long"
    client.chat_update(channel="network", ts=ts, text="x" * 4001, blocks=[SECTION])


def test_update_replaces_what_is_shown(client: WebClient, slack: LocalSlack) -> None:
    """Text without blocks removes the blocks and counts as an edit; blocks do not show as edited."""
    ts = post(client, blocks=[SECTION])
    client.chat_update(channel="network", ts=ts, text="two", blocks=[SECTION, SECTION])
    assert "edited" not in slack.messages()[0]
    client.chat_update(channel="network", ts=ts, text="three")
    (message,) = slack.messages()
    assert (message["text"], "blocks" in message, "edited" in message) == ("three", False, True)


def test_messages_of_others(client: WebClient, slack: LocalSlack) -> None:
    ts = slack.say("hello")
    assert error_of(client.chat_update, channel="network", ts=ts, text="x") == "cant_update_message"
    assert error_of(client.chat_delete, channel="network", ts=ts) == "cant_delete_message"


def test_threads(client: WebClient, slack: LocalSlack) -> None:
    """Replies count on their parent, a reply has none of its own, and a deleted parent leaves a mark."""
    parent = post(client)
    reply = post(client, thread_ts=parent)
    assert error_of(client.chat_postMessage, channel="network", text="x", thread_ts=reply) == (
        "cannot_reply_to_message"
    )
    assert [m["ts"] for m in slack.messages()] == [parent]
    thread = client.conversations_replies(channel=slack.channel()["id"], ts=parent)["messages"]
    assert [m["ts"] for m in thread] == [parent, reply]
    client.chat_delete(channel="network", ts=parent)
    assert slack.messages()[0]["subtype"] == "tombstone"
    client.chat_delete(channel="network", ts=reply)
    assert "reply_count" not in slack.messages()[0]


def test_ephemeral_is_seen_by_one(client: WebClient, slack: LocalSlack) -> None:
    client.chat_postEphemeral(channel="network", user=slack.user_id("ben"), text="psst")
    assert [m["text"] for m in slack.ephemerals("ben")] == ["psst"]
    assert slack.ephemerals("ana") == []
    assert slack.messages() == []


def upload(client: WebClient, content: bytes, length: int | None = None, **more: Any) -> tuple[int, str]:
    told = client.files_getUploadURLExternal(**{"filename": "a.csv", "length": length or len(content)} | more)
    url = urlsplit(str(told["upload_url"]))
    connection = http.client.HTTPConnection(str(url.hostname), int(url.port or 0))
    connection.request("POST", url.path, content, {"Content-Type": "application/x-www-form-urlencoded"})
    status = connection.getresponse().status
    connection.close()
    return status, str(told["file_id"])


def test_upload_of_another_length(client: WebClient) -> None:
    status, file_id = upload(client, b"abc", length=4)
    assert status == 400
    files = [{"id": file_id, "title": None}]
    assert error_of(client.files_completeUploadExternal, files=files) == "file_not_found"


def test_upload_is_completed_once(client: WebClient, slack: LocalSlack) -> None:
    """Slack lets a file be completed once; a bot that repeats itself must look first."""
    _, file_id = upload(client, b"a,b\n")
    parent = post(client)
    shared = {"files": [{"id": file_id, "title": "T"}], "channel_id": slack.channel()["id"]}
    client.files_completeUploadExternal(**shared, thread_ts=parent, initial_comment="here")
    assert error_of(client.files_completeUploadExternal, **shared) == "file_not_found"
    (reply,) = slack.replies("network", parent)
    assert (reply["text"], reply["files"][0]["title"]) == ("here", "T")
    info = client.files_info(file=file_id)["file"]
    assert list(info["shares"]["public"]) == [slack.channel()["id"]]
    assert slack.download(file_id) == b"a,b\n"


def test_file_in_a_thread_tells_where_it_is_shared(client: WebClient, slack: LocalSlack) -> None:
    """So that a bot that died in between can see whether its file was shared."""
    _, file_id = upload(client, b"a,b\n")
    assert error_of(client.files_info, file=file_id) == "file_not_found"
    channel_id, parent = slack.channel()["id"], post(client)
    client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=channel_id, thread_ts=parent)
    (reply,) = slack.replies("network", parent)
    shares = client.files_info(file=file_id)["file"]["shares"]
    assert shares == {"public": {channel_id: [{"ts": reply["ts"], "thread_ts": parent}]}}


def test_several_files_come_in_one_message_images_with_their_words(
    client: WebClient, slack: LocalSlack
) -> None:
    sent = [upload(client, b"a,b\n", filename=name, **more) for name, more in FILES.items()]
    files = [{"id": file_id} for _, file_id in sent]
    parent = post(client)
    client.files_completeUploadExternal(files=files, channel_id=slack.channel()["id"], thread_ts=parent)
    (reply,) = slack.replies("network", parent)
    named = {file["name"]: {key: file[key] for key in ("alt_txt",) if key in file} for file in reply["files"]}
    assert named == FILES


def test_one_lost_file_keeps_all_of_a_call_back(client: WebClient, slack: LocalSlack) -> None:
    _, file_id = upload(client, b"a,b\n")
    both = [{"id": file_id}, {"id": "F0LOST"}]
    share = client.files_completeUploadExternal
    assert error_of(share, files=both, channel_id=slack.channel()["id"]) == "file_not_found"
    assert error_of(client.files_info, file=file_id) == "file_not_found"
    share(files=both[:1], channel_id=slack.channel()["id"])
    assert slack.download(file_id) == b"a,b\n"


def test_too_long_words_for_an_image_are_refused(client: WebClient) -> None:
    reserve = client.files_getUploadURLExternal
    reserve(filename="a.png", length=4, alt_txt="x" * 1_000)
    assert error_of(reserve, filename="a.png", length=4, alt_txt="x" * 1_001) == "alt_txt_too_large"


def test_too_large_file_is_refused(install: Callable[..., Installed]) -> None:
    client = install(largest_file_bytes=10).client
    client.files_getUploadURLExternal(filename="a.csv", length=10)
    refused = error_of(client.files_getUploadURLExternal, filename="a.csv", length=11)
    assert refused == "file_upload_size_restricted"


def test_users_of_a_user_group(install: Callable[..., Installed]) -> None:
    installed = install(user_groups={"network-engineers": ("ana", "ben"), "on-call": ()})
    slack, client = installed.slack, installed.client
    engineers = client.usergroups_users_list(usergroup=slack.user_group_id())
    assert engineers["users"] == [slack.user_id("ana"), slack.user_id("ben")]
    assert client.usergroups_users_list(usergroup=slack.user_group_id("on-call"))["users"] == []
    assert error_of(client.usergroups_users_list, usergroup="S0NOBODY00") == "no_such_subteam"


METADATA = {"event_type": "vpccidr_run", "event_payload": {"run": "1"}}


def read_metadata(client: WebClient, channel: str, ts: str, **more: Any) -> list[Any]:
    """The metadata of a message, from the channel's history and from its thread."""
    history = client.conversations_history(channel=channel, **more)["messages"]
    thread = client.conversations_replies(channel=channel, ts=ts, **more)["messages"]
    return [message.get("metadata") for message in (*history, *thread)]


def test_metadata_is_given_back_to_those_who_ask(client: WebClient, slack: LocalSlack) -> None:
    channel, ts = slack.channel()["id"], post(client, metadata=METADATA)
    assert read_metadata(client, channel, ts) == [None, None]
    assert read_metadata(client, channel, ts, include_all_metadata=True) == [METADATA, METADATA]


def test_metadata_stays_until_other_is_given(client: WebClient, slack: LocalSlack) -> None:
    channel, ts = slack.channel()["id"], post(client, metadata=METADATA)
    other = {"event_type": "vpccidr_answer", "event_payload": {}}
    for metadata, kept in ((None, METADATA), (other, other), (None, other), ({}, None)):
        client.chat_update(channel=channel, ts=ts, text="x", metadata=metadata)
        assert read_metadata(client, channel, ts, include_all_metadata=True) == [kept, kept]


def test_malformed_metadata_is_refused(client: WebClient, slack: LocalSlack) -> None:
    assert error_of(post, client=client, metadata={"event_type": "x"}) == "invalid_metadata_format"
    assert slack.messages() == []


def test_upload_needs_the_bot_in_the_channel(install: Callable[..., Installed]) -> None:
    """A bot may post anywhere with chat:write.public, but share files only where it is a member."""
    client = install(bot_channels=("network",)).client
    _, file_id = upload(client, b"x")
    files: list[dict[str, str | None]] = [{"id": file_id}]
    assert (
        error_of(client.files_completeUploadExternal, files=files, channel_id="C0RANDOM00")
        == "not_in_channel"
    )
    post(client, channel="random")


def test_rate_limit_of_a_channel(install: Callable[..., Installed]) -> None:
    """A burst is allowed, then 429 with the seconds to wait; each channel counts for itself."""
    clock = Clock()
    client = install(clock=clock, rate_limits={"chat.postMessage": RateLimit(2, 3)}).client
    post(client)
    post(client)
    with pytest.raises(SlackApiError) as caught:
        post(client)
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "3")
    post(client, channel="random")
    clock.now += 3
    post(client)


def test_default_rates_are_slacks(install: Callable[..., Installed]) -> None:
    """Without any setting, the fifty-first update of a minute is refused."""
    client = install(clock=Clock()).client
    ts = post(client)
    for _ in range(50):
        client.chat_update(channel="network", ts=ts, text="x")
    assert error_of(client.chat_update, channel="network", ts=ts, text="x") == "ratelimited"


def test_ordered_failures(slack: LocalSlack, client: WebClient) -> None:
    """What a test orders happens once each, and the call is on record all the same."""
    slack.fail_next("chat.postMessage", "invalid_blocks")
    slack.fail_next("chat.postMessage", 503)
    assert error_of(post, client=client) == "invalid_blocks"
    with pytest.raises(SlackApiError) as caught:
        post(client)
    assert caught.value.response.status_code == 503
    post(client)
    posts = [arguments["text"] for method, arguments in slack.calls if method == "chat.postMessage"]
    assert posts == ["hello"] * 3


def test_retry_handler_obeys_429(slack: LocalSlack) -> None:
    """The SDK's own handler waits as told; with 0 seconds it needs no patience here."""
    handlers = [RateLimitErrorRetryHandler(max_retry_count=1)]
    client = WebClient(slack.bot_token, base_url=slack.web_api_url, retry_handlers=handlers, logger=SILENT)
    slack.fail_next("chat.postMessage", "ratelimited", retry_after=0)
    assert post(client)


def test_lost_answers(slack: LocalSlack) -> None:
    """A broken connection leaves open whether the call was done: both can be had."""
    client = WebClient(slack.bot_token, base_url=slack.web_api_url, retry_handlers=[], logger=SILENT)
    slack.fail_next("chat.postMessage", "connection_lost")
    with pytest.raises((SlackRequestError, OSError, http.client.HTTPException)):
        post(client)
    assert slack.messages() == []
    slack.fail_next("chat.postMessage", "answer_lost")
    with pytest.raises((SlackRequestError, OSError, http.client.HTTPException)):
        post(client)
    assert len(slack.messages()) == 1


def test_action_before_a_call_decides_whether_it_is_done(slack: LocalSlack) -> None:
    client = WebClient(slack.bot_token, base_url=slack.web_api_url, retry_handlers=[], logger=SILENT)
    seen: list[int] = []
    slack.on_call("chat.postMessage", "before", lambda: seen.append(len(slack.messages())))  # answers None
    slack.on_call("chat.postMessage", "before", lambda: len(slack.messages()) == 0)
    with pytest.raises((SlackRequestError, OSError, http.client.HTTPException)):
        post(client)
    assert (seen, slack.messages()) == ([0], [])
    post(client)
    assert len(slack.messages()) == 1


def test_action_after_a_call_sees_what_it_did(slack: LocalSlack, client: WebClient) -> None:
    """It is done once, before the answer is sent, and at no other method's call."""
    seen: list[int] = []
    slack.on_call("chat.postMessage", "after", lambda: seen.append(len(slack.messages())))
    client.auth_test()
    assert seen == []
    post(client)
    post(client)
    assert seen == [1]
