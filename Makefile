# The project's commands. Needs Python 3.11 or newer and make; `make test` uses the programs of .ci/programs if installed.

PYTHON ?= python3
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header
GATES := tests/test_flow.py tests/test_routes.py tests/test_house.py tests/test_migrations.py \
	tests/test_versions.py tests/test_workflows.py

# Keep compiled modules: otherwise every process that a test starts compiles all of Govern again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-long test-all check bench mutants lock vendor generate picture dist image clean

run: .venv/run.done ## Start Govern with demo content, and print its address
	$(BIN)/govern run --demo

test: .venv/dev.done ## Run all but the long tests
	$(BIN)/pytest -n auto --dist worksteal $(ARGS)

test-long: .venv/dev.done ## Run the long tests; those that measure time run last and one at a time
	$(BIN)/pytest -n auto --dist worksteal --long -m "long and not alone" -o faulthandler_timeout=3600 $(ARGS)
	$(BIN)/pytest -n 1 --long -m "long and alone" -o faulthandler_timeout=3600 -o cache_dir=.pytest_cache/alone $(ARGS)

test-all: test test-long ## Run every test

check: .venv/dev.done ## Format, lint, types, imports, rights, house rules, migrations
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/pytest -q -n auto --dist worksteal $(GATES)

bench: .venv/dev.done ## Run the benchmarks, each against a baseline from the same run
	$(BIN)/python -m bench $(ARGS)

mutants: .venv/dev.done ## Make small faults in the code of legal rules, a daily sample, and check that tests fail
	$(BIN)/python -m tests.mutants $(ARGS)

lock: .venv/dev.done ## Write the lock files from pyproject.toml; UPGRADE=--upgrade takes newer versions
	$(LOCK) $(UPGRADE) pyproject.toml --output-file requirements.txt
	$(LOCK) $(UPGRADE) --group build --output-file requirements-build.txt
	$(LOCK) $(UPGRADE) pyproject.toml --group dev --output-file requirements-dev.txt

vendor: ## Rebuild the editor's script (needs Node)
	@if [ -f frontend/build.sh ]; then bash frontend/build.sh; else echo "there is no frontend/ to build"; fi

generate: .venv/dev.done picture ## Generate files from the code: the record's schema, settings, rights, the picture
	$(BIN)/python -m tests.record_schema
	$(BIN)/python -m tests.settings_table
	$(BIN)/python -m tests.rights

picture: .venv/dev.done ## Draw the imports between the slices, docs/imports.svg
	$(BIN)/python -m tests.picture

dist: .venv/dev.done ## Build a release's files into dist/; TAG=v0.2.0 checks the version
	$(BIN)/python -m tests.release $(TAG)
	$(BIN)/python -m build --no-isolation

image: ## Build the container image, start it with PostgreSQL and a proxy, and request a page (needs Docker)
	deploy/try-image

clean: ## Remove the files that these commands created
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache

# The package itself is built by the locked hatchling, so that nothing unlocked is downloaded.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
SELF = $(INSTALL) --no-deps --no-build-isolation --editable .

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Govern needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv

.venv/run.done: .venv/pyvenv.cfg requirements.txt requirements-build.txt pyproject.toml
	$(INSTALL) --require-hashes -r requirements.txt -r requirements-build.txt
	$(SELF)
	@touch $@

.venv/dev.done: .venv/pyvenv.cfg requirements-dev.txt pyproject.toml
	$(INSTALL) --require-hashes -r requirements-dev.txt
	$(SELF)
	@touch $@ .venv/run.done
