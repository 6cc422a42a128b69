# Twotrack: everything one does with it. `make` alone lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
export TWOTRACK_BASE_URL ?= http://localhost:$(PORT)

.PHONY: help run setup password test journey lint format check migrate import seed publish-due lock bench clean

help: ## List every target.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/base.stamp ## Start the publication; the first time, also fill it. PORT=8000
	@$(MANAGE) serve --first-run --port $(PORT)

setup: .venv/dev.stamp ## Install all that running and testing needs.

password: .venv/base.stamp ## Set another password for the editor and print it.
	@$(MANAGE) password

test: .venv/dev.stamp ## Run the test suite: on SQLite, or where DATABASE_URL points.
	@$(BIN)/python -m pytest -n 2 $(ARGS)

journey: .venv/dev.stamp ## Walk through the running product in Chromium, as its users do.
	@$(BIN)/python -m pytest tests/journeys -n 2 $(ARGS)

lint: .venv/dev.stamp ## Check style, format and the layers between modules.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djade --target-version 5.2 --check $$(git ls-files 'templates/*.html')
	@PYTHONPATH=.:site $(BIN)/lint-imports

format: .venv/dev.stamp ## Put code and templates into shape.
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/djade --target-version 5.2 $$(git ls-files 'templates/*.html')

check: .venv/base.stamp ## Find settings that are wrong together, and missing migrations.
	@$(MANAGE) check
	@$(MANAGE) makemigrations --check --dry-run
	@SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	  TWOTRACK_BASE_URL=https://publication.example DJANGO_SETTINGS_MODULE=twotrack.settings.base \
	  $(MANAGE) check --deploy --fail-level WARNING

migrate: .venv/base.stamp ## Bring the database up to date.
	@$(MANAGE) migrate

import: .venv/base.stamp ## Import documents as drafts: make import DOCUMENTS="path …"
	@$(MANAGE) import_posts $(DOCUMENTS)

seed: .venv/base.stamp ## Import the demo publication, published; does nothing twice.
	@$(MANAGE) import_posts --publish blog/demo home/demo

publish-due: .venv/base.stamp ## Publish and expire what is due, once.
	@$(MANAGE) publish_due

lock: .venv/dev.stamp ## Pin every dependency anew, with hashes.
	@for part in base dev; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-header requirements/$$part.in -o requirements/$$part.txt; done

bench: .venv/dev.stamp ## Measure time and memory beside what we compare with.
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean: ## Remove what was installed and built; the publication in var/ stays.
	rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache

.venv/pip.stamp:
	@command -v $(PYTHON) >/dev/null || { echo "Twotrack needs Python 3.11 or later: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Twotrack needs Python 3.11 or later; this is $$($(PYTHON) -V). Name another: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv module is incomplete here. Install it first: apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/base.stamp: .venv/pip.stamp requirements/base.txt
	@echo "Installing Twotrack…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

.venv/dev.stamp: .venv/base.stamp requirements/dev.txt
	@echo "Installing what the tests need…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
