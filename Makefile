# Fairdue. `make demo` to look, `make test` to trust, `make help` for the rest.
PYTHON ?= python3
BIN := .venv/bin
ACCOUNTS ?= 30000
SERVE ?= 1
WORKERS ?= 3
CONFORMANCE ?= ../shared/conformance
# a test starts a hundred processes; where this is set, each would compile the whole program anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test check lint types contracts conform docs lock bench clean
.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.base ## prepare .venv and the embedded database
	$(BIN)/fairdue setup

demo: .venv/.base ## set up, load the demo book, run a day, serve it (ACCOUNTS=2000 SERVE=0 for a quick one)
	$(BIN)/fairdue demo --accounts $(ACCOUNTS) $(if $(filter 0,$(SERVE)),--no-serve)

test: .venv/.dev .venv/.spark ## run every test on a real PostgreSQL, a real browser and a Spark cluster of two workers
	@tools/system-packages chromium fonts-noto-cjk openjdk-17-jre-headless
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: lint types contracts ## lint, types, import contracts, packs, migrations (with -j2 beside each other)

contracts: .venv/.dev
	$(BIN)/lint-imports
	$(BIN)/fairdue packs check
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy fairdue benchmarks

conform: .venv/.dev ## run the published conformance cases
	$(BIN)/fairdue conform $(CONFORMANCE)/law $(CONFORMANCE)/money
	@test ! -d $(CONFORMANCE)/dmn || $(BIN)/fairdue dmn tck $(CONFORMANCE)/dmn

docs: .venv/.base ## generate the reference pages from code and packs
	$(BIN)/fairdue docs

bench: .venv/.dev ## time import, night and desk against bare database work (JSON)
	$(BIN)/fairdue bench import
	$(BIN)/fairdue bench cycle
	$(BIN)/fairdue bench web

lock: .venv/.dev ## resolve the requirements again
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe --output-file=requirements/base.txt requirements/base.in
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe --output-file=requirements/dev.txt requirements/base.in requirements/dev.in
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe --output-file=requirements/spark.txt requirements/spark.in

clean: ## stop the embedded database and delete everything that was generated, the demo book too
	-$(BIN)/fairdue stop
	rm -rf var

.venv/bin/python:
	@tools/make-venv $(PYTHON)

.venv/.base: requirements/base.txt pyproject.toml | .venv/bin/python
	@test -e .venv/.dev || $(BIN)/python tools/install requirements/base.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements/dev.txt pyproject.toml | .venv/bin/python
	@$(BIN)/python tools/install requirements/dev.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@touch $@

.venv/.spark: requirements/spark.txt | .venv/.dev
	@if $(BIN)/python tools/install requirements/spark.txt; then touch $@; else \
	  echo "NOTICE: PySpark could not be installed; its test is skipped and reported as skipped." >&2; fi
