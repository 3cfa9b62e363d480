# make run      install, build the index, open the chat page
# make eval     ask every question, and compare with the baseline
# make peers    measure what others would use, on the same questions
# make bench    measure the speed of this machine, which must be idle
# make screenshots  take a picture of every screen of the page
# make test     install what tests need and run them all
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run install test test-faults check eval peers bench screenshots format clean

run: install
	@$(BIN)/wolkwijzer chat

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=..."; exit 1; }
	@echo "Installing into $(VENV): about 1 GB, a minute or two" >&2
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@$(PIP) install --constraint constraints.txt --editable '.[test]'
	@touch $@

$(VENV)/.peers: $(VENV)/.installed
	@$(PIP) install --constraint constraints.txt --editable '.[peers]'
	@touch $@

# The browser tests drive Debian's Chromium; elsewhere, or without root, they skip and say so.
.PHONY: chromium
chromium:
	@command -v chromium >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 \
	  && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } \
	  || echo "No Chromium: the browser tests will be skipped" >&2

test: $(VENV)/.tested chromium
	@$(BIN)/python -m pytest

test-faults: $(VENV)/.tested
	@$(BIN)/python -m pytest -m faults

check: $(VENV)/.tested
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest tests/test_architecture.py

# The run exits with 1 where a gate of its own fails; whether that is worse than before, the comparison says.
eval: $(VENV)/.installed
	@mkdir -p build
	@$(BIN)/wolkwijzer eval run --out build/eval.json || test $$? = 1
	@$(BIN)/wolkwijzer eval compare build/eval.json

# Three runs of some minutes each, as every run builds our index and theirs anew.
peers: $(VENV)/.peers
	@mkdir -p build
	@$(BIN)/wolkwijzer eval peers --out build/peers.md

bench: $(VENV)/.installed
	@mkdir -p build
	@$(BIN)/wolkwijzer eval bench --out build/speed.md
	@cat build/speed.md

# Every screen of the page, with the index of this checkout, into build/screenshots; docs/screenshots keeps some.
screenshots: $(VENV)/.tested chromium
	@$(BIN)/python tests/screenshots.py

format: $(VENV)/.tested
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# What people wrote beside the index stays: sign-offs and cases of their own.
clean:
	rm -rf $(VENV) index/built/generations index/built/CURRENT index/built/lock build *.egg-info
