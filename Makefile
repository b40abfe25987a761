# Modelarium. `make help` lists what there is.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 7860
TORCH  ?= torch==2.13.0
OLD    := .venv-oldest
SPACE  ?=
SECONDS_OF_CLASS ?=

.DEFAULT_GOAL := help
.PHONY: help run real test test-all oldest check load bench models train space format clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run ## install what the page needs and serve it on http://127.0.0.1:7860 (PORT=… for another)
	$(BIN)/python -m app serve --port $(PORT)

real: $(VENV)/run ## fetch published models for the pages that read text (177 MB; NAMES=… for some, UNDO=1 to remove)
	$(BIN)/python -m app real $(NAMES) $(if $(UNDO),--remove)

test: $(VENV)/dev $(VENV)/browser ## install everything, a browser too, and run all tests; five seeds for what changed
	$(BIN)/python -m pytest -n 2 --dist loadgroup

test-all: $(VENV)/dev $(VENV)/browser ## the same with every entry at five seeds and every switch in the browser
	$(BIN)/python -m pytest -n 2 --dist loadgroup --all

oldest: $(OLD)/dev ## the fast tests on the oldest torch that the code runs on, in an environment of its own
	$(OLD)/bin/python -m pytest tests/models tests/glossary tests/visualizers tests/app -m 'not browser and not parity and not slow'

check: $(VENV)/dev ## lint, formatting, types, import contracts, entries against the code, approved terms, known vulnerabilities
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m app.binding
	$(BIN)/python -m tests.terms
	$(BIN)/python -m tests.advisories

load: $(VENV)/dev ## play thirty trainings at once, a class of six minutes and one of ten (SECONDS_OF_CLASS=… for others)
	$(BIN)/python -m tests.load.crowd $(if $(SECONDS_OF_CLASS),--seconds $(SECONDS_OF_CLASS))

bench: $(VENV)/dev $(VENV)/browser ## measure start-up, every entry, every figure, page against bare Gradio
	$(BIN)/python -m tests.load.bench

models: $(VENV)/run ## measure every checkpoint on held-out data beside its card
	$(BIN)/python -m models.training.report

train: $(VENV)/run ## train every checkpoint again (hours on a CPU)
	$(BIN)/python -m models.training

space: $(VENV)/dev ## assemble what a Hugging Face Space is given into build/space (SPACE=owner/name), and say how to push it
	$(BIN)/python -m app.export.space build/space $(SPACE)

format: $(VENV)/dev ## put all code into the agreed form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove the virtual environment and every cache
	rm -rf $(VENV) $(OLD) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info build

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Modelarium needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV) || { \
	  echo "Python has no venv here; trying Debian's python3-venv"; rm -rf $(VENV); \
	  apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv $(VENV); }

# Of equal versions pip prefers one with a local label, so an index with 2.13.0+cpu gives the CPU build.
PIP   := pip install --quiet --disable-pip-version-check
TOOK  := import torch; print("torch", torch.__version__, f"for CUDA {torch.version.cuda}" if torch.version.cuda else "a CPU build")

$(VENV)/run: pyproject.toml | $(BIN)/python
	$(BIN)/python -m $(PIP) '$(TORCH)' --editable .
	@$(BIN)/python -c '$(TOOK)'
	@touch $@

$(VENV)/dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m $(PIP) '$(TORCH)' --editable '.[dev,parity]'
	@$(BIN)/python -c '$(TOOK)'
	@touch $@ $(VENV)/run

$(OLD)/dev: pyproject.toml
	$(PYTHON) -m venv $(OLD)
	$(OLD)/bin/python -m $(PIP) torch==2.8.0 --editable '.[dev]'
	@$(OLD)/bin/python -c '$(TOOK)'
	@touch $@

# A browser that is there is used; else Debian's own as root; else the one that Playwright brings.
$(VENV)/browser: | $(VENV)/dev
	@command -v chromium || command -v chromium-browser || command -v google-chrome || { \
	  if [ "$$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release; \
	  then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; \
	  else $(BIN)/python -m playwright install --with-deps chromium; fi; }
	@touch $@
