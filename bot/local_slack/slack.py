"""A local Slack as a Python object: start it, do what people do, look at what they see."""

import copy
import time
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from bot.local_slack.directory_api import describe_channel
from bot.local_slack.errors import NothingThereError, SlackTimeoutError
from bot.local_slack.faults import Fault
from bot.local_slack.hooks import Action, Moment
from bot.local_slack.identifiers import user_group_id_of
from bot.local_slack.inputs import elements_of
from bot.local_slack.interactions import Deed
from bot.local_slack.page import open_home
from bot.local_slack.server import Server
from bot.local_slack.settings import LocalSlackSettings
from bot.local_slack.workspace import Channel, Message, User
from bot.local_slack.world import World

T = TypeVar("T")
_MARGIN_S = 5.0


class LocalSlack:
    """A Slack workspace on 127.0.0.1, with one app installed.

    A context manager: it listens inside the `with`. All methods may be called from any thread, except the
    server's own. Users and channels are named by name or id. Where something does not exist they raise
    NothingThereError, where it does not come in time SlackTimeoutError.
    """

    def __init__(self, settings: LocalSlackSettings | None = None) -> None:
        self.settings = settings or LocalSlackSettings()
        self._world = World(self.settings)
        self._server = Server(self._world)

    def start(self) -> None:
        """Listen; raises LocalSlackError when the port is taken."""
        self._server.start()

    def stop(self) -> None:
        """End every connection; nothing is kept."""
        self._server.stop()

    def __enter__(self) -> Self:
        """Start, and answer itself."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    @property
    def url(self) -> str:
        """The address that a person opens, without a slash at its end."""
        return self._world.base_url

    @property
    def web_api_url(self) -> str:
        """The base URL of the Web API, for `WebClient(base_url=...)`."""
        return f"{self._world.base_url}/api/"

    @property
    def bot_token(self) -> str:
        """The made-up bot token."""
        return self._world.bot_token

    @property
    def app_token(self) -> str:
        """The made-up app-level token, for Socket Mode."""
        return self._world.app_token

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        """Every Web API call so far, refused ones too: the method, and its arguments without the token."""
        return self._server.ask(lambda: copy.deepcopy(self._world.calls))

    @property
    def socket_count(self) -> int:
        """How many sockets of the app take envelopes."""
        return self._server.ask(lambda: self._world.sockets.count)

    @property
    def unacked_count(self) -> int:
        """How many commands, deeds and events wait to be acknowledged."""
        return self._server.ask(lambda: self._world.sockets.unacked_count)

    @property
    def ack_latencies(self) -> list[float]:
        """How many seconds each command and deed waited for its acknowledgement, in the order of these."""
        return self._server.ask(lambda: list(self._world.sockets.latencies))

    # What people do.

    def type_command(
        self, text: str, channel: str = "network", user: str = "ana", thread_ts: str | None = None
    ) -> None:
        """Type a command; returns when the app acknowledged it or the person was told that it did not.

        Many people may type at once, each in a thread; `ack_latencies` has how long they waited.
        """
        self._do(self._server.composer.run_command(self._user(user), self._channel(channel), text, thread_ts))

    def say(
        self, text: str, channel: str = "network", user: str = "ana", thread_ts: str | None = None
    ) -> str:
        """Post a message as a person and answer its ts; a `@vpccidr` in it is a mention of the app."""
        who, where = self._user(user), self._channel(channel)
        message = self._server.ask(lambda: self._server.composer.say(who, where, text, thread_ts))
        return str(message["ts"])

    def click(
        self,
        message_ts: str,
        action_id: str,
        user: str = "ana",
        value: Any = None,
        *,
        block_id: str | None = None,
        entered: dict[str, dict[str, Any]] | None = None,
    ) -> None:
        """Press a button of a message, or choose in a menu; returns when the app acknowledged it.

        `value` is what is chosen: an option's value, a list of them, a date or a text. `entered` are the
        values of the elements around it: block id, then action id.
        """
        who = self._user(user)
        channel, message = self._server.ask(lambda: self._find_message(message_ts, who))
        deed = Deed(action_id, block_id, value, entered or {})
        self._do(self._server.interactions.act_on_message(who, channel, message, deed))

    def click_view(
        self,
        view_id: str,
        action_id: str,
        user: str = "ana",
        value: Any = None,
        *,
        block_id: str | None = None,
        entered: dict[str, dict[str, Any]] | None = None,
    ) -> None:
        """Press a button of a modal or of the Home tab; as `click`."""
        who, view = self._user(user), self._view(view_id)
        deed = Deed(action_id, block_id, value, entered or {})
        self._do(self._server.interactions.act_on_view(who, view, deed))

    def submit_view(self, values: dict[str, Any] | None = None, user: str = "ana") -> dict[str, str]:
        """Submit the topmost modal; answer the errors under its inputs by block id, empty when accepted.

        `values` are by action id, or by block id and then action id. What is left out keeps its preset.
        """
        who, view = self._user(user), self._top_view(user)
        entered = self._server.ask(lambda: _by_block(view, values or {}))
        return self._do(self._server.interactions.submit(who, view, entered))

    def close_view(self, user: str = "ana", *, everything: bool = False) -> None:
        """Close the topmost modal, or all."""
        view = self._top_view(user)
        self._do(self._server.interactions.close(self._user(user), view, everything=everything))

    def open_home(self, user: str = "ana") -> None:
        """Open the app's Home tab; the app gets app_home_opened."""
        who = self._user(user)
        self._server.ask(lambda: open_home(self._world, self._server.composer, who))

    def use_shortcut(self, message_ts: str, callback_id: str, user: str = "ana") -> None:
        """Use a shortcut on a message."""
        who = self._user(user)
        channel, message = self._server.ask(lambda: self._find_message(message_ts, who))
        self._do(self._server.interactions.use_shortcut(who, channel, message, callback_id))

    def use_global_shortcut(self, callback_id: str, channel: str = "network", user: str = "ana") -> None:
        """Use a shortcut of the composer, while this channel is in view."""
        who, where = self._user(user), self._channel(channel)
        self._do(self._server.interactions.use_global_shortcut(who, callback_id, where))

    # What people see.

    def messages(self, channel: str = "network") -> list[Message]:
        """Answer the channel's messages, oldest first; replies are only in their threads."""
        where = self._channel(channel)
        return self._server.ask(lambda: copy.deepcopy(self._world.workspace.history(where.id)))

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """Answer the replies of a thread without its parent, oldest first."""
        where = self._channel(channel)
        return self._server.ask(lambda: copy.deepcopy(self._world.workspace.replies(where.id, thread_ts)[1:]))

    def ephemerals(self, user: str = "ana", channel: str = "network") -> list[Message]:
        """Answer what only this user sees in the channel, oldest first."""
        who, where = self._user(user), self._channel(channel)
        return self._server.ask(lambda: copy.deepcopy(self._world.workspace.ephemerals(who.id, where.id)))

    def views(self, user: str = "ana") -> list[dict[str, Any]]:
        """Answer the modals this user has open, the topmost last."""
        who = self._user(user)
        return self._server.ask(lambda: copy.deepcopy(self._world.views.stack(who.id)))

    def home(self, user: str = "ana") -> dict[str, Any] | None:
        """Answer this user's Home tab, None while none was published."""
        who = self._user(user)
        return self._server.ask(lambda: copy.deepcopy(self._world.views.home(who.id)))

    def channel(self, name: str = "network") -> dict[str, Any]:
        """Answer a channel as `conversations.info` gives it."""
        where = self._channel(name)
        return describe_channel(self._world, where)

    def user_id(self, name: str = "ana") -> str:
        """Answer the id of a user."""
        return self._user(name).id

    def user_group_id(self, handle: str = "network-engineers") -> str:
        """Answer the id of a user group, whether there is one or not."""
        return user_group_id_of(handle)

    def download(self, file_id: str) -> bytes:
        """Answer the bytes of a file that the app has shared."""
        file = self._server.ask(lambda: self._world.files.find(file_id))
        if file is None or file.content is None:
            raise NothingThereError(f"there is no completed file {file_id}")
        return file.content

    def wait_for(self, predicate: Callable[["LocalSlack"], T], timeout_s: float = 10.0) -> T:
        """Answer the first true value of `predicate(self)`, asked again whenever something changes."""
        deadline = time.monotonic() + timeout_s
        while True:
            seen = self._world.feed.changes
            value = predicate(self)
            if value:
                return value
            if not self._world.feed.wait_past(seen, deadline):
                raise SlackTimeoutError(f"nothing of the kind within {timeout_s:g} s; {self._summary()}")

    def wait_connected(self, sockets: int = 1, timeout_s: float = 10.0) -> None:
        """Wait until the app has this many open sockets."""
        self.wait_for(lambda slack: slack.socket_count >= sockets, timeout_s)

    def _summary(self) -> str:
        workspace = self._world.workspace
        counts = self._server.ask(
            lambda: {channel.name: len(workspace.everything(channel.id)) for channel in self._channels()}
        )
        told = ", ".join(f"#{name} has {count} messages" for name, count in counts.items())
        last = [method for method, _ in self.calls[-5:]]
        return f"{told}; the last calls: {', '.join(last) or 'none'}"

    # What goes wrong.

    def fail_next(
        self, method: str, error: str | int = "ratelimited", times: int = 1, retry_after: int = 1
    ) -> None:
        """Let the next calls of a method fail.

        `error` is Slack's name for a refusal, or an HTTP status. "ratelimited" is a 429 with `retry_after`
        seconds. "connection_lost" breaks the connection before anything is done, "answer_lost" afterwards.
        """
        self._server.ask(lambda: self._world.faults.add(method, Fault(error, retry_after), times))

    def on_call(self, method: str, when: Moment, action: Action) -> None:
        """Do something once, at a moment of the next call of a method; a thread of its own does it.

        "before": the request has arrived and nothing is done yet. It is done where `action` answers true;
        else it never is, and the connection breaks. "after": it is done and not answered yet; whatever
        `action` answers, the answer is sent then. A call that is refused has no "after".
        """
        self._server.ask(lambda: self._world.hooks.add(method, when, action))

    def refresh_sockets(self) -> None:
        """Ask the app to connect its sockets anew, as Slack does every few hours."""
        self._server.ask(self._world.sockets.refresh_all)

    def drop_sockets(self) -> None:
        """Break all connections without a word, as a broken network does."""
        self._server.ask(self._world.sockets.drop_all)

    # Finding things.

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return self._server.run(work, self.settings.ack_timeout_s + _MARGIN_S)

    def _channels(self) -> list[Channel]:
        return list(self._world.workspace.channels.values())

    def _user(self, name: str) -> User:
        user = self._world.workspace.find_user(name)
        if user is None:
            known = ", ".join(each.name for each in self._world.workspace.users.values())
            raise NothingThereError(f"there is no user {name!r}; there are: {known}")
        return user

    def _channel(self, name: str) -> Channel:
        channel = self._world.workspace.find_channel(name)
        if channel is None:
            known = ", ".join(each.name for each in self._channels())
            raise NothingThereError(f"there is no channel {name!r}; there are: {known}")
        return channel

    def _find_message(self, ts: str, user: User) -> tuple[Channel, Message]:
        workspace = self._world.workspace
        for channel in self._channels():
            own = [m for m in workspace.ephemerals(user.id, channel.id) if m["ts"] == ts]
            message = workspace.message(channel.id, ts) or next(iter(own), None)
            if message is not None:
                return channel, message
        raise NothingThereError(f"{user.name} sees no message {ts}")

    def _view(self, view_id: str) -> dict[str, Any]:
        view = self._server.ask(lambda: self._world.views.find(view_id=view_id))
        if view is None:
            raise NothingThereError(f"no view {view_id} is open")
        return view

    def _top_view(self, user: str) -> dict[str, Any]:
        who = self._user(user)
        stack = self._server.ask(lambda: list(self._world.views.stack(who.id)))
        if not stack:
            raise NothingThereError(f"{user} has no modal open")
        return stack[-1]


def _by_block(view: dict[str, Any], values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    block_of = {element["action_id"]: block["block_id"] for block, element in elements_of(view["blocks"])}
    entered: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        if name in block_of:
            entered.setdefault(block_of[name], {})[name] = value
        elif isinstance(value, dict):
            entered.setdefault(name, {}).update(value)
        else:
            raise NothingThereError(f"there is no input {name!r}; there are: {', '.join(block_of)}")
    return entered
