"""The errors that the bot raises on purpose.

    VpccidrError
    ├── RequestError      the person who asked can mend it; says what to type instead
    │   └── ExpiredError  the result is no longer kept; the same question can be asked again
    ├── LeaseLostError    another process has the run now; nobody is told
    └── OperatorError     whoever runs the bot must mend it
        ├── EngineError   the engine or the logs failed
        ├── StoreError    the store or the expansions' folder failed
        └── SlackError    Slack refused or could not be reached

Anything else that is raised is a bug: it gets a reference id where a person sees it and a traceback under
the same id in the log.
"""


class VpccidrError(Exception):
    """An error with a sentence that a person can read."""


class RequestError(VpccidrError):
    """The request cannot be answered as typed.

    `sentence` says what is wrong and where; `example` is a line that works, without the leading
    `/vpccidr`, or empty where no line would help.
    """

    def __init__(self, sentence: str, example: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.example = example


class ExpiredError(RequestError):
    """The result of an answer is no longer kept; its run's question can be asked again."""

    def __init__(self, run_id: str, line: str) -> None:
        super().__init__("The result of this answer is no longer kept: run it again.", line)
        self.run_id = run_id


class LeaseLostError(VpccidrError):
    """A run that this process drove belongs to another one, which goes on with it."""


class OperatorError(VpccidrError):
    """Something that the bot depends on failed."""


class EngineError(OperatorError):
    """The scan failed: the engine, or the logs that it reads."""


class StoreError(OperatorError):
    """What the bot keeps could not be read or written; `is_passing` tells that it may be later."""

    def __init__(self, sentence: str, *, is_passing: bool = False) -> None:
        super().__init__(sentence)
        self.is_passing = is_passing


class SlackError(OperatorError):
    """Slack refused a call, or could not be reached.

    `code` is Slack's own error name, e.g. `channel_not_found`; `sentence` says more than the name where
    there is more to say. `is_passing` tells that the same call may succeed later.
    """

    def __init__(self, code: str, sentence: str = "", *, is_passing: bool = False) -> None:
        super().__init__(sentence or f"Slack answered {code}")
        self.code = code
        self.is_passing = is_passing
