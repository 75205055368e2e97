# `make` alone lists what there is. Python 3.11 or newer, its venv module and a package index are all that is needed.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help report test lint check bench clean lock install

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10
	@echo "          PLAN=valmont DATE=2027-09-30 choose one plan and its cut-off date for make report"

report: $(STAMP) ## install, then bring every plan under inputs/ up to date
	@$(BIN)/pst run $(PLAN) $(if $(DATE),--date $(DATE))

test: $(STAMP) ## install, then run all tests
	@$(BIN)/python -m pytest -n auto

lint: $(STAMP) ## lint and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

check: lint test ## lint, types and tests

bench: $(STAMP) ## time and memory on a plan of 180 pages
	@$(BIN)/python -m tests.bench

install: $(STAMP) ## the virtual environment and the command .venv/bin/pst

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 ou plus récent est nécessaire ; installez-le (sous Debian : sudo apt install python3 python3-venv)." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Le module venv de Python manque ; installez-le (sous Debian : sudo apt install python3-venv)." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q pipeline
	@touch $@

lock: $(STAMP) ## make requirements.lock anew from pyproject.toml (needs uv)
	@sed -n '1p' requirements.lock > requirements.new
	@uv pip compile --generate-hashes --extra dev --python-version 3.11 --universal --upgrade --quiet \
		--no-header --no-emit-index-url --no-emit-find-links pyproject.toml >> requirements.new
	@mv requirements.new requirements.lock

clean: ## remove what is made: outputs, caches, the environment
	@find outputs -mindepth 1 ! -name .gitkeep -delete
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info
	@find pipeline tests -name __pycache__ -type d -prune -exec rm -rf {} +
