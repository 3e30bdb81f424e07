# From a fresh clone, with Python 3.11 or newer and make: every target first installs what it needs into .venv.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$python; break; fi; done)

VENV := .venv
BIN := $(VENV)/bin
# Twice quiet: errors only.
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev

.PHONY: help demo run local test check lint format bench clean

help:
	@echo "make demo    two clips into demo/, from one Chinese and one English prompt"
	@echo "make run     the chat page and a worker, until Ctrl-C"
	@echo "make local   what open models on a GPU need, some gigabytes, into .venv"
	@echo "make test    every test (those that lack a tool on this machine say so)"
	@echo "make check   style, types, layers and the fast tests"
	@echo "make bench   measure, for some minutes; writes bench/results.json"
	@echo "make format  rewrite the code in the project's style"
	@echo "make clean   remove what the other targets made; clips and accounts in data/ stay"

demo: $(INSTALLED)
	@$(BIN)/piying generate --recipe standard \
		"一只橙色的小猫在雪地里向右奔跑，竖屏 4秒" \
		"two red cars racing left through a city at night in the rain, 3s" \
		-o demo/

run: $(INSTALLED)
	@exec $(BIN)/piying run

local: $(INSTALLED)
	@echo "Installing PyTorch and diffusers into $(VENV) ..."
	@$(PIP) install --editable '.[local]'

test: $(INSTALLED_DEV)
	$(BIN)/python -m pytest

check: lint
	$(BIN)/python -m pytest -m "not slow"

lint: $(INSTALLED_DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED_DEV)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(INSTALLED_DEV)
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV) build demo *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Editable, so that an edit is seen at once; again only when pyproject.toml has changed.
$(INSTALLED): pyproject.toml | $(BIN)/python
	@echo "Installing Piying into $(VENV) (once, about a minute) ..."
	@$(PIP) install --editable '.[safety]'
	@touch $@

$(INSTALLED_DEV): pyproject.toml | $(BIN)/python
	@echo "Installing Piying and its development tools into $(VENV) (once, some minutes: PyTorch is among them) ..."
	@$(PIP) install --editable '.[dev]'
	@touch $(INSTALLED) $@

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Piying needs Python 3.11 or newer, and found none: install one, or name it: make PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }
