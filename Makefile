# Every target sets up what it needs; nothing has to be installed first but make and Python.
# Stamps in .venv say what it holds: .runtime and .dev the packages of the two locks, .project this project itself.

PYTHON ?= python3
SEEDS := $(or $(FACTS_SEEDS),seeds)
DATABASE := $(or $(FACTS_DATABASE),build/facts.db)
PIP := .venv/bin/python -m pip --quiet --disable-pip-version-check --no-input
ADDRESS = $(if $(PORT),--port "$(PORT)")
# Some shells export HOST with another meaning, so it counts on make's command line only.
ifeq ($(origin HOST),command line)
ADDRESS += --host "$(HOST)"
endif

.DEFAULT_GOAL := help
.PHONY: help serve build test check format lock openapi bench bench-quick clean FORCE
.PRECIOUS: $(DATABASE)
.NOTPARALLEL: # one environment, one dataset: nothing here is worth doing at the same time

help: ## List the targets.
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | while IFS='	' read -r target about; do \
		printf 'make %-11s %s\n' "$$target" "$$about"; done

serve: $(DATABASE) ## Build the dataset if anything changed, and serve it; PORT=8123 and HOST=0.0.0.0 choose the address.
	@exec .venv/bin/article-facts serve $(ADDRESS)

build: $(DATABASE) ## Build the dataset from the seeds if anything changed.

test: check ## Run the checks, then all tests; ARGS="-k readme" passes options to pytest.
	.venv/bin/python -m pytest -n auto --dist loadfile $(ARGS)

check: .venv/.dev .venv/.project ## Check format, lint, types, the import contract and that the lock fits.
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/python -m pip check

format: .venv/.dev ## Format the code and mend what the linter can mend.
	.venv/bin/ruff check --fix-only --quiet .
	.venv/bin/ruff format .

lock: .venv/.dev ## Write both lock files anew from pyproject.toml; UPGRADE=1 takes the newest versions.
	$(call compile,--group build,requirements.lock)
	$(call compile,--group dev --constraint requirements.lock,requirements-dev.lock)

openapi: $(DATABASE) ## Write openapi.json and the schema of facts files anew from the code and the dataset.
	.venv/bin/article-facts openapi --database $(DATABASE) > build/openapi.json
	mv build/openapi.json openapi.json
	.venv/bin/article-facts schema --output seeds/facts.schema.json

bench: .venv/.dev .venv/.project ## Measure this project against its peers, and write docs/benchmarks.md, in half an hour.
	.venv/bin/python -m tests.benchmarks

bench-quick: .venv/.dev .venv/.project ## The same on less data, in three minutes; writes build/bench/quick.md.
	.venv/bin/python -m tests.benchmarks --quick

clean: ## Remove everything that make has made.
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis *.egg-info
	find . -name .git -prune -o -name __pycache__ -prune -exec rm -rf {} +

# --- the dataset -----------------------------------------------------------------------------------------------------

$(DATABASE): build/.inputs .venv/.project
	.venv/bin/article-facts build

# What the dataset is made of, by content: it changes whenever a seed, the code or a migration changes, comes or goes.
build/.inputs: FORCE
	@mkdir -p build
	@find "$(SEEDS)" app migrations -name __pycache__ -prune -o -print -type f -exec cksum {} + | LC_ALL=C sort > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# --- the environment -------------------------------------------------------------------------------------------------

.venv/.created: requirements.lock requirements-dev.lock
	@found=$$("$(PYTHON)" -c 'import sys; print(sys.version.split()[0])' 2>/dev/null); \
	"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is $${found:-missing}." \
			"Name another: make PYTHON=/path/to/python3.12" >&2; exit 2; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) lacks venv; on Debian: apt-get install python3-venv" >&2; exit 2; }
	"$(PYTHON)" -m venv --clear .venv
	@touch $@

.venv/.runtime: .venv/.created
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

.venv/.dev: .venv/.runtime
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

.venv/.project: .venv/.runtime pyproject.toml
	$(PIP) --quiet install --no-deps --no-build-isolation --editable .
	@touch $@

# Written beside the lock and moved over it once it is whole and names no registry's address.
define compile
	@mkdir -p build
	@if [ -z "$(UPGRADE)" ]; then cp $(2) build/$(2); else rm -f build/$(2); fi
	.venv/bin/uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-annotate --no-header \
		$(1) --output-file build/$(2) > /dev/null
	@if grep -n -e '://' -e '^-' build/$(2); then echo "build/$(2) names an address; $(2) is left as it was" >&2; exit 1; fi
	@cmp -s build/$(2) $(2) || mv build/$(2) $(2)
endef
