# Two commands do everything: `make demo` and `make test`. Both need Python 3.11+ and git, nothing else.
# A Python to use can be named: make demo PYTHON=python3.12

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test test-services lint bench docs requirements clean

demo: $(VENV)/run.stamp
	$(BIN)/netplan plan data/schools/harbor-county --out out/harbor-county

test: $(VENV)/dev.stamp lint
	$(BIN)/python -m pytest -n auto

test-services: $(VENV)/dev.stamp
	@ls tests/services/test_*.py >/dev/null 2>&1 || { echo "no test needs a server yet"; exit 0; } && $(BIN)/python -m pytest tests/services

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m netplan.inputs.reference --check

bench: $(VENV)/dev.stamp
	$(PIP) install --quiet --require-hashes -r requirements/bench.txt
	$(BIN)/python -m benchmarks

docs: $(VENV)/dev.stamp
	$(BIN)/python -m netplan.inputs.reference --write

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "netplan needs Python 3.11 or later on the PATH (or: make PYTHON=/path/to/python)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: $(VENV)/bin/python requirements/run.txt pyproject.toml
	$(PIP) install --quiet --require-hashes -r requirements/run.txt -r requirements/build.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	touch $@

# Pins every package by version and hash, for all platforms; names no registry.
requirements:
	uv pip compile pyproject.toml $(UV) -o requirements/run.txt
	uv pip compile requirements/build.in $(UV) -o requirements/build.txt
	uv pip compile pyproject.toml --group test --group lint $(UV) -c requirements/run.txt -o requirements/dev.txt
	uv pip compile --group bench $(UV) -c requirements/dev.txt -o requirements/bench.txt
UV := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

clean:
	rm -rf $(VENV) out build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
