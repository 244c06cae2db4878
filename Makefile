# Everything needs only Python 3.11 or later, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What the bot is measured against, apart: its libraries would slow the bot's own start.
BENCH_VENV := .venv-bench

.PHONY: help demo check fmt lint test browser bench lock clean
.DEFAULT_GOAL := help

include infra/deploy.mk
include tests/trino/trino.mk
include tests/faults/faults.mk

help:
	@echo "make demo     the bot, sample logs and a local Slack, in your browser"
	@echo "make check    format, lint, types, import rules, all tests"
	@echo "make fmt      format the code"
	@echo "make browser  the tests that drive the demo in Chromium"
	@echo "make trino    the statements on a real Trino server, against the embedded engine and the oracle"
	@echo "make load     200 questions at once, with the acknowledgements' latencies"
	@echo "make endurance  300 kills at random moments, and 100,000 lines that nobody should type"
	@echo "make bench    every figure of docs/performance.md, measured here (BENCH_RECORDS=10000000: on more)"
	@echo "make deploy | deploy-bot | settings | destroy    on AWS, see docs/install.md"

demo: $(VENV)/.run
	$(BIN)/vpccidr demo

check: lint lint-infra test

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(VENV)/.dev ministack
	$(BIN)/pytest -q -n auto -m "not browser and not trino and not endurance"

browser: $(VENV)/.dev
	$(BIN)/pytest -q -m browser

bench: $(VENV)/.run $(BENCH_VENV)/.made
	BENCH_RIVALS_PYTHON=$(BENCH_VENV)/bin/python $(BIN)/python -m tests.bench

fmt: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(VENV)/.run: requirements.lock pyproject.toml infra/build_lines.py bot/adapters/flowlog_lines.c
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

$(BENCH_VENV)/.made: tests/bench/requirements.lock
	$(PYTHON) -m venv --clear $(BENCH_VENV)
	$(BENCH_VENV)/bin/pip install -q --disable-pip-version-check --require-hashes -r tests/bench/requirements.lock
	touch $@

# The newest versions that pyproject.toml allows, with their hashes and without any index's address.
LOCK := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links
lock:
	$(LOCK) -o requirements.lock pyproject.toml
	$(LOCK) -c requirements.lock -o requirements-dev.lock pyproject.toml --group dev
	$(LOCK) -o tests/bench/requirements.lock --group bench

clean:
	rm -rf $(VENV) $(BENCH_VENV) $(LINT_VENV) $(MINISTACK_VENV) .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
