# Everything a developer does; `make` alone explains it. Needs Python 3.11, make and the network to the package registries.

PYTHON ?= $(firstword $(foreach name,python3.11 python3 python,$(shell command -v $(name) 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BENCH_STAMP := $(VENV)/.bench
BROKER ?= embedded
DATA_DIR ?= .data
SERVICE ?= customer
TEST_PROCESSES ?= 2

# Without cached bytecode every process would compile its libraries anew, for seconds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run demo simulate-care kafka token psql bench bench-pipeline test lint format typecheck imports pytest lock contracts openapi audit footprint clean distclean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[1m%-14s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  BROKER=kafka runs on a real Apache Kafka; PORT_CUSTOMER=9001 and the like choose other ports."

## Running

setup: $(STAMP) ## Make .venv with everything pinned in requirements.lock (quick when nothing changed)
	@echo "$(VENV) is ready"

run: $(STAMP) ## Run the platform: four services, PostgreSQL, a broker, a token issuer, a mailbox (BROKER=, DATA_DIR=)
	@$(BIN)/python -m services --broker $(BROKER) --data-dir $(DATA_DIR)

demo: $(STAMP) ## Replay 18 months of real purchases and verify every one (BROKER=, ONCE=1, JSON=file)
	@$(BIN)/python -m deploy.local.demo --broker $(BROKER) --data-dir $(DATA_DIR) $(if $(ONCE),--once) $(if $(JSON),--json $(JSON))

simulate-care: $(STAMP) ## Greet made-up people for years, on birthdays and holidays, and judge every greeting (YEARS=2 PEOPLE=20000 SEED=1 JSON=file)
	@$(BIN)/python -m deploy.local.care $(if $(YEARS),--years $(YEARS)) $(if $(PEOPLE),--people $(PEOPLE)) \
		$(if $(SEED),--seed $(SEED)) $(if $(JSON),--json $(JSON))

kafka: $(STAMP) ## Run a real Apache Kafka alone, from its own jars (needs Java 17 and Maven; NODES=3)
	@$(BIN)/python -m deploy.local.kafka run --data-dir $(DATA_DIR) $(if $(NODES),--nodes $(NODES))

token: $(STAMP) ## Print a token for the platform that `make run` started
	@$(BIN)/python -m deploy.local.issuer token --data-dir $(DATA_DIR)

psql: $(STAMP) ## Look into a database of the running platform (SERVICE=customer, also broker)
	@$(BIN)/python -m deploy.local.postgres $(DATA_DIR)/postgres $(SERVICE)

footprint: $(STAMP) ## Measure start time and memory of the idle platform
	@$(BIN)/python -m deploy.local.footprint

## Measuring

bench: $(BENCH_STAMP) ## Measure door, relay and scoring beside their references: ten minutes at most (JSON=folder)
	@$(BIN)/python -m benchmarks selection $(if $(JSON),--json $(JSON))

bench-pipeline: $(BENCH_STAMP) ## Measure the whole chain on both brokers (JSON=file)
	@$(BIN)/python -m benchmarks chain $(if $(QUICK),--quick) $(if $(JSON),--json $(JSON))

## Checking

test: lint typecheck imports pytest ## Everything that must hold before a change is handed in

lint: $(STAMP) ## Style and formatting
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "run 'make format'"; exit 1; }
	@echo "lint: clean"

typecheck: $(STAMP) ## Types, strictly
	@$(BIN)/mypy .

imports: $(STAMP) ## Who may import whom
	@$(BIN)/lint-imports --no-logo

pytest: $(STAMP) ## The tests alone (TEST_PROCESSES=, ARGS="-k word")
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadgroup $(ARGS)

# B608 (SQL built from strings) is left to ruff's S608, where every exception carries its reason.
audit: $(STAMP) ## Known vulnerabilities in what is installed, and risky code
	@$(BIN)/bandit --quiet --recursive --severity-level medium --skip B608 shared services deploy
	@$(BIN)/pip-audit --progress-spinner off --disable-pip --require-hashes --requirement requirements.lock

## Changing

format: $(STAMP) ## Format, and fix what can be fixed safely
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format --quiet

lock: $(STAMP) ## Pin again after a change of pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --group bench \
		--no-annotate --no-header --output-file requirements.lock
	@$(MAKE) --no-print-directory setup

contracts: $(STAMP) ## Write the published JSON Schemas and docs/asyncapi.yaml from the event types
	@$(BIN)/python -m shared.contracts.generate

openapi: $(STAMP) ## Write the OpenAPI document of each service to .data/openapi
	@mkdir -p $(DATA_DIR)/openapi
	@for service in customer interaction scoring notification; do \
		$(BIN)/python -m services.$$service openapi > $(DATA_DIR)/openapi/$$service.json || exit 1; \
		echo "$(DATA_DIR)/openapi/$$service.json"; \
	done

clean: ## Remove all data of the laptop stack, and caches
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m deploy.local.clean --data-dir $(DATA_DIR); else rm -rf $(DATA_DIR); fi
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

distclean: clean ## Remove .venv too
	@rm -rf $(VENV)

# uv, itself pinned with hashes in the lock, comes by pip and installs the rest in seconds.
$(STAMP): pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed and no python3.11 is on the PATH"; exit 1; }
	@test -x $(BIN)/pip || "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Python 3.11 is needed; $(PYTHON) is $$("$(PYTHON)" --version). Say: make setup PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/pip || "$(PYTHON)" -m venv --clear $(VENV)
	@echo "installing into $(VENV)"
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(VENV)/uv.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --group dev --constraints requirements.lock
	@touch $@

# What the platform is measured against; nothing else needs it.
$(BENCH_STAMP): $(STAMP)
	@echo "installing what benchmarks compare with"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --group bench --constraints requirements.lock
	@touch $@
