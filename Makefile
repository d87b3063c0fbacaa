# Reception needs Python 3.11 or newer and make; everything else comes from the lock files.

BIN := .venv/bin
UV ?= uv
LOCK := $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url

.PHONY: help run open serve test machine check messages bench bench-large recall chaos hands evenings pictures lock
.NOTPARALLEL:

help:
	@echo 'make run     start Reception with a demonstration day'
	@echo 'make open    open a real operation: asks for its name, an administrator and the first sites'
	@echo 'make serve   start Reception with what was opened'
	@echo 'make test    the whole suite'
	@echo 'make machine installs what the tests need beside Python, as root: Chromium, Caddy, fonts'
	@echo 'make check   lint, layers, types, templates, translations, migrations'
	@echo 'make messages  bring the catalogues of translations up to the messages of today'
	@echo 'make bench   the benchmark table at 120,000 people; bench-large at 1 and 10 million'
	@echo '             with BASE=<commit>: its ratios to the bench of that commit, run in turns'
	@echo 'make hands   keys and seconds of a family of five at the desk, on lines of 0, 300 and 800 ms'
	@echo 'make chaos   200 processes killed while eight desks work: what was lost, doubled, does not add up'
	@echo 'make evenings  three evenings of the replay, planned by turn and searched for'
	@echo 'make recall  how many misspelt names find their bearer among 120,000'
	@echo 'make pictures  take the pictures of the help pages anew, or SCENES="tonight plan"'
	@echo 'make lock    bring both lock files up to date'

run: .venv/run
	@$(BIN)/python manage.py serve --demo

open: .venv/run
	@$(BIN)/python manage.py open $(ARGS)

serve: .venv/run
	@$(BIN)/python manage.py serve $(ARGS)

test: machine .venv/dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

machine:
	@tools/machine.sh

check: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python manage.py messages --check
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

messages: .venv/dev
	$(BIN)/python manage.py messages

bench: .venv/dev
	$(BIN)/python -m tests.bench $(if $(BASE),--base $(BASE))

bench-large: .venv/dev
	$(BIN)/python -m tests.bench --large

recall: .venv/dev
	$(BIN)/python -m tests.recall

chaos: .venv/dev
	DJANGO_SETTINGS_MODULE=reception.settings $(BIN)/python -m tests.chaos

hands: .venv/dev
	$(BIN)/python -m tests.bench.hands

evenings: .venv/dev
	DJANGO_SETTINGS_MODULE=reception.settings $(BIN)/python -m tests.bench.evenings

pictures: .venv/dev
	$(BIN)/python -m tools.pictures $(SCENES)

lock:
	$(LOCK) --output-file requirements.lock
	$(LOCK) --group dev --output-file requirements-dev.lock

# What is installed, by the lock file it came from: a second run has nothing to do

.venv/run: requirements.lock | $(BIN)/python
	@$(BIN)/python tools/install.py requirements.lock
	@touch $@

.venv/dev: requirements-dev.lock | $(BIN)/python
	@$(BIN)/python tools/install.py requirements-dev.lock
	@touch $@ .venv/run

$(BIN)/python:
	@for python in "$(PYTHON)" python3 python3.14 python3.13 python3.12 python3.11; do \
		if test -n "$$python" && "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			"$$python" -m venv .venv && exit 0; \
			rm -rf .venv; \
			echo "$$python cannot make an environment; on Debian and Ubuntu install python3-venv." >&2; \
			exit 1; \
		fi; \
	done; \
	echo 'Reception needs Python 3.11 or newer, and none was found; name one with make PYTHON=/path/to/python.' >&2; \
	exit 1
