# `make` lists what there is. Everything works in a fresh clone with Python 3.11 or newer: the first target sets up .venv.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
LOCK_TOOLS := .cache/lock-tools
UV_VERSION := 0.13.9
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	"$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$name"; break; }; \
	done)
PIP_INSTALL := pip install --quiet --disable-pip-version-check --no-input
COMPILE := $(LOCK_TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --no-build --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help setup demo test integration bench eval lint types format generate ci lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## .venv with every dependency, as locked (done once; the other targets call it)

# The second install adds this project alone: its dependencies are in the lock, and so is what builds it. All are wheels,
# but for Faust on Linux on ARM: there pip builds it, in Python alone if there is no compiler.
$(STAMP): requirements.lock
	@[ -n "$(PYTHON)" ] || { echo "make: no Python 3.11 or newer with its venv module was found (tried python3.13, 3.12, 3.11, python3; on Debian the module is the package python3-venv). Install one, or say where it is: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON): about a minute, once"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@echo "  installing the locked dependencies"
	@$(BIN)/python -m $(PIP_INSTALL) --require-hashes -r requirements.lock
	@echo "  installing ledgerwatch"
	@$(BIN)/python -m $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## a simulated bank, an embedded broker, a worker, and the alerts as they come
	@$(BIN)/ledgerwatch demo

test: $(STAMP) ## every test that needs only Python, the embedded broker's included
	@$(BIN)/python -m pytest -m "not kafka and not slow"

integration: $(STAMP) ## the rest: Apache Kafka (needs Java 17 and Maven), and what takes minutes
	@$(BIN)/python -m pytest -m "kafka or slow" tests

bench: $(STAMP) ## how fast, beside the stock Faust agent, on this machine
	@$(BIN)/python -m tests.bench

eval: $(STAMP) ## how well: every detector over labelled tables and a simulated bank, to tests/eval/RESULTS.md
	@$(BIN)/python -m tests.eval

lint: $(STAMP) ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMP) ## mypy --strict, over the tests too
	@$(BIN)/mypy

format: $(STAMP) ## put the code in the form that lint asks for
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

generate: $(STAMP) ## what is written from the code: JSON Schemas, the page of the detectors, the table of settings
	@$(BIN)/python -m agents.generate

ci: ## exactly what CI runs
	@CI=true bash .ci/run

lock: ## choose versions anew from pyproject.toml, with hashes
	@[ -n "$(PYTHON)" ] || { echo "make: no Python 3.11 or newer with its venv module was found" >&2; exit 1; }
	@[ -x $(LOCK_TOOLS)/bin/uv ] || { "$(PYTHON)" -m venv $(LOCK_TOOLS) && $(LOCK_TOOLS)/bin/$(PIP_INSTALL) uv==$(UV_VERSION); }
	@$(COMPILE) --upgrade --all-extras --output-file requirements.lock pyproject.toml
	@$(COMPILE) --constraint requirements.lock --output-file requirements-runtime.lock pyproject.toml
	@printf 'hatchling\ncython\nsetuptools\n' | $(COMPILE) --constraint requirements.lock --output-file requirements-build.lock -
	@echo "requirements.lock, requirements-runtime.lock and requirements-build.lock are written"

clean: ## remove the environment and the caches
	@rm -rf $(VENV) .cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
