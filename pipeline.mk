# What the workflows run, and anyone can: `make review STACK=prod` with credentials and PULUMI_BACKEND_URL.
STACK ?= prod
REVIEW := .local/review
GITLEAKS := github.com/zricethezav/gitleaks/v8@v8.30.0
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
IN_STACK = PATH="$(CURDIR)/.local/bin:$(CURDIR)/$(VENV):$$PATH" PULUMI_PARALLEL=64 \
  PULUMI_SKIP_UPDATE_CHECK=true PULUMI_EXPERIMENTAL=true PULUMI_DIY_BACKEND_ZSTD=true GOGC=400 LUNORA_STACK=$(STACK)
# A preview keeps no state, so it need not write one at every step (docs/explanation/speed.md).
PREVIEWING = PULUMI_SKIP_CHECKPOINTS=true

.PHONY: account engine validate reviewed-steps review backup deploy drift prices workflows secrets staged-secrets audit
account: setup ## set up the account for STACK and the workflows of REPOSITORY=owner/name (docs/how-to/setup.md)
	@test -n "$(REPOSITORY)" || { echo "say whose workflows: make account REPOSITORY=owner/name" >&2; exit 2; }
	@$(IN_STACK) lunora account "$(REPOSITORY)"

engine: setup ## the official engine and AWS plugin or an error, for a real account
	@$(VENV)/python -m offline.pulumi_engine --bin .local/bin --official

validate: setup ## check the destination files, without credentials
	@$(IN_STACK) lunora validate

reviewed-steps: setup ## fetch the steps that were reviewed with the pull request of this commit
	@$(VENV)/python -m lunora.plan.reviewed_run $(REVIEW)

review: setup ## preview this folder on STACK: plan.md and steps.json in .local/review
	@rm -rf $(REVIEW) && mkdir -p $(REVIEW)
	@$(IN_STACK) $(PREVIEWING) lunora pulumi preview --json --save-plan $(REVIEW)/steps.json \
	  > $(REVIEW)/preview.json || true # lunora plan reports the reason and fails
	@$(IN_STACK) lunora plan $(REVIEW)/preview.json $(if $(LUNORA_PLAN_PICTURES),--pictures $(REVIEW)/pictures) > $(REVIEW)/plan.md

backup: setup ## state, configuration and files of STACK into backups/
	@$(IN_STACK) lunora backup

deploy: setup ## deploy this folder to STACK, by the reviewed steps if present
	@$(IN_STACK) lunora pulumi up --yes --skip-preview --continue-on-error \
	  $(if $(wildcard $(REVIEW)/steps.json),--plan $(REVIEW)/steps.json)

drift: setup ## compare STACK with its files; .local/review/drift.md has the differences
	@mkdir -p $(REVIEW)
	@{ echo '```'; $(IN_STACK) COLUMNS=160 lunora doctor --strict | sed 's/```/` ` `/g' || found=$$?; echo '```'; exit $${found:-0}; } \
	  > $(REVIEW)/drift.md || { cat $(REVIEW)/drift.md; exit 1; }

prices: setup ## refresh the prices of STACK's region and the pages with prices
	@$(IN_STACK) lunora prices refresh
	@$(IN_STACK) lunora prices example
	@$(IN_LOCAL) UPDATE_GOLDEN=1 python -m pytest -q -m e2e tests/e2e/test_plan.py

workflows: setup ## lint .github/workflows
	@echo "workflows: zizmor, actionlint where there is Go"
	@$(VENV)/zizmor --quiet --offline --no-progress .github/workflows
	@if command -v go >/dev/null; then go run $(ACTIONLINT); else echo "workflows: no Go, so no actionlint" >&2; fi

secrets: ## scan every commit for secrets; needs Go
	@go run $(GITLEAKS) git . --no-banner --redact --verbose

staged-secrets: # what a commit would add; without Go CI finds it
	@if command -v go >/dev/null; then go run $(GITLEAKS) git . --no-banner --redact --pre-commit --staged; fi

audit: setup ## check the locked dependencies for known vulnerabilities
	@$(VENV)/pip-audit --requirement requirements.lock --require-hashes --disable-pip --strict
