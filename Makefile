# The two commands: make run, make test.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
INSTALL := umask 022 && $(BIN)/python -m pip install -qq --disable-pip-version-check \
	--require-hashes --only-binary :all:
LOCK := $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras \
	--no-emit-find-links --no-emit-index-url

# Enough of an environment for checks that only read the settings.
PRODUCTION := DATABASE_URL=postgres://viva@localhost/viva REDIS_URL=redis://localhost \
	VIVA_URL=https://viva.example.org \
	VIVA_SECRET_KEY=no-secret-but-as-long-and-varied-as-the-checks-want-one
ASIDE := VIVA_HOME="$${VIVA_TEST_HOME:-.viva/test}"

.PHONY: run setup test lint format lock
.DELETE_ON_ERROR:

run: $(BIN)/.runtime
	@$(BIN)/python -m config.run $(PORT)

setup: $(BIN)/.dev

test: $(BIN)/.dev
	@$(BIN)/python -m pytest $(ARGS)

lint: $(BIN)/.dev
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(PRODUCTION) $(BIN)/mypy
	$(BIN)/lint-imports
	find . -name '*.html' -path '*/templates/*' -not -path './.*' -exec $(BIN)/djade --check {} +
	$(ASIDE) $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

format: $(BIN)/.dev
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .
	find . -name '*.html' -path '*/templates/*' -not -path './.*' -exec $(BIN)/djade {} +

lock: $(BIN)/.dev
	$(LOCK) --output-file requirements/runtime.lock requirements/runtime.in
	$(LOCK) --output-file requirements/dev.lock requirements/dev.in

$(BIN)/.runtime: requirements/runtime.lock | $(BIN)/pip
	@echo "Installing what Viva runs on into .venv; the first time takes a minute."
	@$(INSTALL) -r requirements/runtime.lock
	@touch $@

$(BIN)/.dev: requirements/dev.lock $(BIN)/.runtime
	@echo "Installing what checks Viva into .venv."
	@$(INSTALL) -r requirements/dev.lock
	@touch $@

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Viva needs Python 3.11 \
	or later, and $(PYTHON) is %d.%d. Name a later one: make run PYTHON=python3.12" \
	% sys.version_info[:2])'
	@umask 022 && $(PYTHON) -m venv --clear .venv
