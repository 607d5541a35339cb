# Kaartenhuis. `make` lists the commands. Needs Python 3.12 or newer; PYTHON=... chooses one.
.DEFAULT_GOAL := help
.PHONY: help run ui test fuzz lint format docs setup lock golden clean
export PYTHON

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: setup ## run the reference scenario
	@.venv/bin/kaartenhuis run reference

ui: setup ## open the app in the browser
	@.venv/bin/kaartenhuis ui

test: setup ## all checks: lint, format, types, import directions, tests
	@.ci/check

fuzz: setup ## run random worlds: make fuzz N=20000 FIRST=0 JOBS=2; make fuzz SEED=123 replays one
	@PYTHONPATH=tests:. .venv/bin/python tests/fuzz_worlds.py $(if $(SEED),--seed $(SEED),\
	  --worlds $(or $(N),20000) --first $(or $(FIRST),0) --jobs $(or $(JOBS),2))

lint: setup ## the checks without the tests
	@.ci/check static

format: setup ## format the code and mend what ruff can mend
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

.PHONY: levers screenshots
screenshots: setup ## pictures of all pages at three widths, light and dark: build/screenshots
	@PYTHONPATH=. .venv/bin/python tests/browser/screens.py

levers: setup ## choose the levers of the app anew, by sensitivity (about four minutes)
	@PYTHONPATH=. .venv/bin/python .ci/levers

docs: setup ## build the API reference: build/docs/index.html
	@.venv/bin/python .ci/docs build/docs

setup: ## make or update .venv (the others do this by themselves)
	@.ci/setup

lock: ## refresh requirements.lock
	@.ci/lock

golden: setup ## refresh the golden series after a meant change of numbers
	@PYTHONPATH=. .venv/bin/python tests/regression/test_golden.py

clean: ## remove .venv, caches and builds
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
