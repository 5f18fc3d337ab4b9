.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENTS := @anthropic-ai/claude-code@2.1.329 @openai/codex@0.169.0 @github/copilot@1.0.102

.PHONY: help docs demo demo-claude test reliability fuzz bench lint types client check clean

help: ## list what can be made
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-12s %s\n", $$1, $$2}'

$(BIN)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --group dev --editable .
	@touch $@

demo: $(BIN)/ready ## work through a gated workflow in a temporary project, no agent needed
	@$(BIN)/python -m tests.demo.hook

demo-claude: $(BIN)/ready client ## the same with the real Claude Code and a scripted model
	@$(BIN)/python -m tests.demo.claude

test: $(BIN)/ready ## run the tests
	$(BIN)/python -m pytest -n auto

.PHONY: e2e
e2e: $(BIN)/ready client ## run the tests with the real clients, whose models are scripted
	$(BIN)/python -m pytest -n auto tests/e2e

reliability: $(BIN)/ready ## crash, kill and starve every command; RELIABILITY=full tries all
	RELIABILITY=$${RELIABILITY:-long} $(BIN)/python -m pytest -n auto -m reliability tests/reliability

bench: $(BIN)/ready ## measure what the hook costs, as docs/benchmarks.md shows it
	@$(BIN)/python -m tests.bench

docs: $(BIN)/ready ## write what is generated in docs/: the command reference, tables, output of examples
	@$(BIN)/python -m tests.pages

fuzz: $(BIN)/ready ## feed the readers mutated files, SECONDS=600 for each
	@for name in log header document payload; do \
		$(BIN)/python -m tests.reliability.fuzz $$name $${SECONDS:-600} || exit 1; done

lint: $(BIN)/ready ## check style and form
	$(BIN)/python -m ruff check
	$(BIN)/python -m ruff format --check

types: $(BIN)/ready ## check the types
	$(BIN)/python -m mypy

check: lint types test ## style, types and tests

client: ## fetch Claude Code, Codex CLI and Copilot CLI for the end-to-end tests (npm)
	@echo "$(CLIENTS)" | cmp --silent - node_modules/.fetched || { \
		npm install --no-save --no-package-lock --no-audit --no-fund --silent $(CLIENTS) && \
		echo "$(CLIENTS)" > node_modules/.fetched; }

clean: ## remove what was built
	rm -rf $(VENV) build dist .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
