# Each target builds .venv once, from the pinned requirements.txt, on first use.
PYTHON ?= python3
WORKERS ?= 2
FOLDER ?= notebooks
DIR ?= handins
DATA_VERSION ?=
BIN := .venv/bin
PYTEST = $(BIN)/pytest -q -n $(WORKERS) --dist loadgroup
UV := 0.13.8
NOTEBOOKS := $(wildcard notebooks/M9_*.ipynb)

.PHONY: help lab ui grade quick quick-tests test prove lint pipeline verify handins bench outputs readability site pictures lock clean

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

.venv/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "expected Python 3.11 or newer; found $$($(PYTHON) --version 2>&1). Try: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "expected 'python -m venv' to work. On Debian or Ubuntu: apt install python3-venv"; exit 2; }
	@echo "Installing the pinned packages into .venv (once; a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --reinstall -e .
	@touch $@

lab: .venv/ready ## JupyterLab on the module page, with the MLflow UI as a tab and at http://localhost:5000
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/README.md --MLflowTab.early=True

ui: .venv/ready ## the MLflow UI on the store in FOLDER (notebooks, or data/pipeline), at http://localhost:5000
	$(BIN)/python -m grading.jupyter.mlflow_server $(FOLDER)

grade: .venv/ready ## run and grade the lessons with the reference solutions
	$(BIN)/grading grade $(NOTEBOOKS) --solution --html report --pass-mark 100

quick: .venv/ready ## a minute, while you work: lint, types, and each test that starts no kernel, server or browser
	@$(MAKE) --no-print-directory -j2 --output-sync=target lint quick-tests

test: .venv/ready lint ## the tests: everything but the exhaustive proofs
	$(PYTEST) -m "not exhaustive"

prove: .venv/ready ## the exhaustive proofs that `make test` leaves out: CI runs both
	$(PYTEST) -m exhaustive

lint: .venv/ready ## style, types, and which room may import from which
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/lint-imports --no-cache | tail -n 1
	$(BIN)/mypy

quick-tests: .venv/ready
	$(PYTEST) -m "not slow and not exhaustive"

pipeline: .venv/ready ## data/pipeline: run what has changed; DATA_VERSION=v1 or v2 changes the data
	$(BIN)/python data/pipeline/run.py $(if $(DATA_VERSION),--data-version $(DATA_VERSION))

verify: .venv/ready ## the curriculum proves itself, gallery included
	$(BIN)/grading verify --mutants

handins: .venv/ready ## how the grader takes the hand-ins in DIR, each a notebook with its case.json
	$(BIN)/grading verify --handins $(DIR)

bench: .venv/ready ## what grading costs on this machine
	$(BIN)/python -m grading.workshop.bench

outputs: .venv/ready ## run the lessons and keep the outputs that the prose quotes
	$(BIN)/grading verify --refresh

readability: .venv/ready ## docs/lessons/readability.md: how hard the lessons are to read, measured anew
	$(BIN)/python -m grading.workshop.readability

site: .venv/ready ## build/site: the lessons with their outputs, and every page, to read in a browser
	$(BIN)/python -m grading.workshop.site

pictures: .venv/ready ## docs/pictures: what the README shows, photographed anew
	$(BIN)/python -m grading.workshop.pictures

lock: .venv/ready ## write requirements.txt anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
	  --no-emit-index-url --no-annotate --no-header --quiet -o requirements.txt

clean: ## remove what was built
	rm -rf .venv report build
