"""The steps of a run. Before each outside effect its intent is committed, so that every step can be redone.

What makes each effect safe to repeat: the engine knows a scan by the run's token; a message is looked for by
its key before it is posted once more; an edit is the same however often it is made; a file that was sent is
shared only where it is not shared yet.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.domain.answer import Answer
from bot.domain.command import Add, Ask, parse_command
from bot.domain.conversation import Conversation
from bot.domain.cost import Cost
from bot.domain.dependency import doubt_dependencies, find_dependencies
from bot.domain.estimate import Estimate
from bot.domain.message import Message
from bot.domain.options import Limits
from bot.domain.run import Run, RunState, Scanned
from bot.domain.verdict import Code
from bot.domain.view import start_view
from bot.domain.watch import REMEMBERED
from bot.errors import EngineError, RequestError
from bot.render import disconnect
from bot.render.csv_file import name_csv, write_records, write_rows
from bot.render.estimates import build_consent, render_estimate
from bot.render.messages import (
    build_answer_message,
    build_csv_comment,
    build_failure,
    build_note,
)
from bot.render.plain_text import list_addresses
from bot.render.replies import render_added, render_notes
from bot.render.runs import build_cancelled, build_continuing, build_running, build_said
from bot.render.view_menu import build_view_menu
from bot.render.watches import build_news
from bot.services.answers import build_answer
from bot.services.csv_delivery import CsvDelivery
from bot.services.estimates import Estimates
from bot.services.names import Names
from bot.services.pictures import Galleries
from bot.services.ports import Engine, Outcome, Progress, Reports, Result, RunStore, Scan, State
from bot.services.posting import Posting
from bot.services.registry import Prepared, Registry
from bot.services.statements import build_raw, build_scan
from bot.services.views import find_choices
from bot.services.watches import News

_log = logging.getLogger(__name__)


class RunSteps:
    """What is done for a run, one step after another. Every step raises LeaseLostError and OperatorError."""

    def __init__(
        self,
        registry: Registry,
        engine: Engine,
        reports: Reports,
        store: RunStore,
        posting: Posting,
        csv: CsvDelivery,
        *,
        max_rows: int,
        limits: Limits,
        news: News,
        names: Names,
        estimates: Estimates | None = None,
    ) -> None:
        self._registry = registry
        self._engine = engine
        self._reports = reports
        self._store = store
        self._posting = posting
        self._csv = csv
        self._max_rows = max_rows
        self._galleries = Galleries(registry, reports, max_rows)
        self._limits = limits
        self._news = news
        self._names = names
        self._estimates = estimates

    # Beginning

    def begin(self, run: Run) -> Run:
        """From the line that was typed to a question whose message stands in the channel."""
        if run.question:
            return self._announce(run, ())
        command = parse_command(run.asked.line, run.asked.at, self._limits)
        if isinstance(command, Add):
            return self._register(run, command)
        if not isinstance(command, Ask):
            raise RequestError("This is no question; type it again.", "help")
        return self._prepare(run, self._registry.prepare(command))

    def scan(self, run: Run) -> str:
        """Start the scan that is due, or attach to it, and return its execution's id."""
        question = run.understood
        self._registry.mend(question.blocks)  # another process may have kept them elsewhere
        raw = run.is_for_records
        statement = build_raw(question, question.raw_rows) if raw else run.statement
        scan = Scan(statement, question, is_raw=raw, asked_by=run.asked.user_id)
        return self._engine.start(run.token, scan)

    def _register(self, run: Run, command: Add) -> Run:
        added = self._registry.add(command)
        # An earlier life may have registered it for this very run: that nothing changed would be false.
        said = render_added(replace(added, is_new=added.is_new or run.epoch > 0))
        run = self._posting.announce(run, build_said(said, run.asked.user_id))
        return self._end(run, RunState.DONE, "registered")

    def _prepare(self, run: Run, prepared: Prepared) -> Run:
        estimate = self._estimates.weigh(prepared.question.scanned) if self._estimates else None
        notes = render_notes(prepared.cleared, prepared.registered)
        if estimate and estimate.needs_consent and not run.asked.confirmed:
            self._posting.whisper(run, build_consent(run.asked.line, estimate.cost, notes))
            return self._end(run, RunState.DONE, "asked for consent")
        engine = self._engine
        statement = build_scan(
            prepared.question, self._max_rows + 1, engine.find_fields(), computes_once=engine.computes_once
        )
        run = replace(
            run, question=prepared.question, statement=statement, notes=notes, max_rows=self._max_rows
        )
        return self._announce(run, _expect(estimate))

    def _announce(self, run: Run, expected: tuple[str, ...]) -> Run:
        if run.asked.watch_id:  # which speaks only where it has news
            return self._save(replace(run, state=RunState.SCANNING))
        message = build_running(run, self._engine.name, expected)
        return self._save(replace(self._posting.announce(run, message), state=RunState.SCANNING))

    # Ending

    def finish(self, run: Run, execution_id: str, progress: Progress) -> Run:
        """From a scan that ended to a result that is kept here."""
        if progress.state is not State.SUCCEEDED:
            raise EngineError(progress.reason or "the scan was cancelled.")
        outcome = self._engine.fetch(execution_id)
        scanned = Scanned(str(outcome.result), datetime.now(UTC), outcome.cost, outcome.problems)
        run = replace(run, records=scanned) if run.is_for_records else replace(run, scanned=scanned)
        return self._save(replace(run, state=RunState.DELIVERING))

    def can_deliver(self, run: Run) -> bool:
        """Whether the result that is due is here; another process may have kept it elsewhere."""
        return run.due_result is not None and Path(run.due_result.result).is_file()

    def deliver(self, run: Run) -> Run:
        """Of a result, what is due next: the answer, then its CSV; or back to SCANNING for raw records."""
        scanned = run.due_result
        if scanned is None:
            raise ValueError(f"run {run.id} has no result")
        limit = run.understood.raw_rows if run.is_for_records else run.max_rows or self._max_rows
        with closing(self._reports.load(Path(scanned.result), limit)) as result:
            if run.is_for_records:
                return self._deliver_records(run, result)
            answer = self._build_answer(run, scanned, result)
            deliver = self._deliver_rows if run.is_answered else self._deliver_answer
            return deliver(run, answer, result)

    def share(self, run: Run) -> Run:
        """Share the file whose bytes were sent; back to SCANNING where Slack has lost them."""
        run = self._csv.share(run)
        if run.upload:
            return self._end(run, RunState.DONE, run.verdict)
        return self._save(replace(run, state=RunState.SCANNING))

    def _deliver_answer(self, run: Run, answer: Answer, result: Result) -> Run:
        run = replace(run, verdict=answer.verdict.code.value)
        if run.asked.watch_id and not run.is_posting:
            news = self._judge(run, answer, result)
            if not news:
                return self._end(run, RunState.DONE, f"{run.verdict}: nothing new")
            run = replace(run, news=news)
        message = self._build_message(run, answer, result)
        run = self._posting.show(self._save(run), message)
        is_refused = bool(message.charts) and not self._posting.takes_charts
        run = replace(run, is_answered=True, is_chart_refused=is_refused)
        self._remember(run, answer, result)
        if answer.question.raw_rows:
            return self._save(replace(run, state=RunState.SCANNING))
        if answer.totals.conversations:
            return self._save(run)
        return self._end(run, RunState.DONE, run.verdict)

    def _build_message(self, run: Run, answer: Answer, result: Result) -> Message:
        """The answer, with what the finished scan can show besides."""
        is_disconnect = answer.question.is_disconnect
        watched = self._read_watched(run, result) if is_disconnect else ()
        cut_off = find_dependencies(watched)
        labels = self._names.read_labels([*list_addresses(answer), *disconnect.list_addresses(cut_off)])
        doubt = doubt_dependencies(answer.question, watched, answer.totals, answer.coverage)
        story = disconnect.build_dependencies(cut_off, labels, doubt)
        message = build_answer_message(answer, run.asked.line, run.asked.user_id, run.notes, labels, story)
        choices = find_choices(answer.question, result, start_view(answer.question))
        menu = build_view_menu(run.id, answer.question, choices)
        offer = (disconnect.build_watch_offer(run.id),) if _is_worth_watching(run, answer) else ()
        has_looks = answer.totals.conversations > 0 or answer.comparison is not None
        return message.with_head(build_news(run.news, run.asked.watch_id)).with_foot(
            (*offer, *(menu if has_looks else menu[-1:]))
        )

    def _judge(self, run: Run, answer: Answer, result: Result) -> tuple[str, ...]:
        """What is new for a watch; where nothing is, that is remembered, too."""
        news = self._news.judge(run, answer, self._read_watched(run, result))
        if not news:
            self._remember(run, answer, result)
        return news

    def _remember(self, run: Run, answer: Answer, result: Result) -> None:
        if run.asked.watch_id:
            self._news.remember(run, answer, self._read_watched(run, result))

    def _read_watched(self, run: Run, result: Result) -> Sequence[Conversation]:
        return result.read_talkers(replace(run.understood, top=REMEMBERED))

    def _build_answer(self, run: Run, scanned: Scanned, result: Result) -> Answer:
        return build_answer(
            run.understood,
            Outcome(Path(scanned.result), scanned.cost, scanned.problems),
            result,
            statement=run.statement,
            engine=self._engine.name,
            elapsed_s=(scanned.at - run.asked.at).total_seconds(),
            now=scanned.at,
        )

    def _deliver_rows(self, run: Run, answer: Answer, result: Result) -> Run:
        comment = build_csv_comment(answer.question, cut=answer.truncated)
        name = name_csv(answer.question)
        gallery = self._galleries.open(run, answer)
        rows = gallery.watch(result.read_rows())
        run = self._csv.deliver(
            run, name, comment, lambda file: write_rows(file, rows), gallery.list_pictures
        )
        return self._end(run, RunState.DONE, run.verdict)

    def _deliver_records(self, run: Run, result: Result) -> Run:
        comment = build_csv_comment(run.understood, cut=False)
        name = name_csv(run.understood)
        rows = result.read_records()
        pictures = partial(self._galleries.revisit, run)
        run = self._csv.deliver(run, name, comment, lambda file: write_records(file, rows), pictures)
        return self._end(run, RunState.DONE, run.verdict)

    # Ending otherwise

    def refuse(self, run: Run, refusal: Message, sentence: str) -> Run:
        """End a run that cannot be answered as typed; only the person who asked is told."""
        self._posting.whisper(run, refusal)
        return self._end(run, RunState.FAILED, f"refused: {sentence}")

    def fail(self, run: Run, sentence: str) -> Run:
        """End a run with the reason where it was asked; an answer that stands is not taken away."""
        run = self._save(replace(run, reason=sentence, state=RunState.DELIVERING))
        if run.asked.watch_id and not run.is_answered:
            return self._fail_watch(run, sentence)
        if run.is_answered:
            self._posting.note(run, build_note(f"The CSV could not be delivered: {sentence}"))
        elif run.is_posting:
            run = self._posting.show(run, build_failure(sentence, run.asked.line, run.asked.user_id))
        else:
            self._posting.whisper(run, build_failure(sentence, run.asked.line, run.asked.user_id))
        return self._end(run, RunState.FAILED, f"failed: {sentence}")

    def _fail_watch(self, run: Run, sentence: str) -> Run:
        """Tell that a watch's look failed, once and not every day."""
        if run.is_posting or self._news.is_new_failure(run):
            run = self._posting.show(run, build_failure(sentence, run.asked.line, run.asked.user_id))
        self._news.remember_failure(run)
        return self._end(run, RunState.FAILED, f"failed: {sentence}")

    def cancel(self, run: Run, user_id: str) -> Run:
        """End a run that somebody cancelled, and say who."""
        run = replace(run, cancelled_by=user_id)
        if not run.is_answered:
            run = self._posting.show(run, build_cancelled(run))
        return self._end(run, RunState.CANCELLED, f"cancelled by {user_id}")

    def give_up(self, run: Run, sentence: str) -> Run:
        """End a run that cannot be told of where it was asked: only the store and the log know."""
        _log.error("nobody could be told: %s", sentence)
        return self._end(run, RunState.FAILED, f"not told: {sentence}")

    def postpone(self, run: Run) -> None:
        """Say that a run goes on when the bot is back."""
        if run.message_ts and not run.is_answered:
            self._posting.show(run, build_continuing(run))

    def _save(self, run: Run) -> Run:
        self._store.save(run)
        return run

    def _end(self, run: Run, state: RunState, outcome: str) -> Run:
        run = replace(run, state=state, ended_at=datetime.now(UTC))
        self._store.end(run, outcome)
        asked, cost = run.asked, run.scanned.cost if run.scanned else Cost(0, 0.0)
        about = (asked.user_id, asked.line, asked.channel, outcome, cost.scanned_bytes, cost.usd)
        _log.info("%s asked %r in %s: %s; %d bytes scanned, $%.4f", *about)
        return run


def _is_worth_watching(run: Run, answer: Answer) -> bool:
    """Whether somebody wants to disconnect what was not silent, or not for long, and no watch is at it."""
    is_silent = (
        answer.verdict.code is Code.UNUSED and len(answer.coverage.days_asked) > disconnect.SILENT_DAYS
    )
    return answer.question.is_disconnect and not run.asked.watch_id and not is_silent


def _expect(estimate: Estimate | None) -> tuple[str, ...]:
    return (render_estimate(estimate.cost),) if estimate else ()
