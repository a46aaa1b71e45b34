# The project's commands. Everything lands in .venv, data/processed and reports; nothing else is touched.
#
#   make report              the 2020 assessment as HTML and PDF     (ROUND=2021 for another round)
#   make test                lint, types, tests
#
# Other interpreter: make report PYTHON=python3.12

PYTHON ?= python3
ROUND ?= 2020
OPTIONS ?=

VENV := .venv
PY := $(VENV)/bin/python
# a virtual environment made without ensurepip (Debian) is served by the pip outside it
PIP = $$($(PY) -m pip --version >/dev/null 2>&1 && echo "$(PY) -m pip" || echo "$(PYTHON) -m pip --python $(PY)")
INSTALL = @PIP=$(PIP); echo "installing $<" && $$PIP install $(QUIET)
QUIET = --disable-pip-version-check --quiet
CODE = src tests notebooks $(wildcard benchmarks)
PROJECT = --no-deps --no-build-isolation --editable .

.PHONY: help report test lint lab clean
.DEFAULT_GOAL := help

help:
	@echo "make report [ROUND=2020]   compute a round and publish its report in reports/<round>"
	@echo "                           (OPTIONS='--formats html --jobs 4' is passed on to assess run)"
	@echo "make test                  lint, types and tests"
	@echo "make lint                  ruff and mypy only"
	@echo "make lab                   open the notebooks in JupyterLab"
	@echo "make clean                 delete what can be made again: data/processed, reports, caches"

report: $(VENV)/run.stamp
	$(VENV)/bin/assess run $(ROUND) $(OPTIONS)

test: lint
	$(PY) -m pytest -n 2

lint: $(VENV)/dev.stamp
	$(VENV)/bin/ruff check $(CODE)
	$(VENV)/bin/ruff format --check $(CODE)
	$(VENV)/bin/mypy

lab: $(VENV)/lab.stamp
	$(VENV)/bin/jupyter lab notebooks

clean:
	find data/processed reports -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find src tests notebooks -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed; name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || $(PYTHON) -m venv --clear --without-pip $(VENV)

# two steps: pip refuses an editable project among hashed requirements
$(VENV)/run.stamp: requirements.lock pyproject.toml | $(PY)
	$(INSTALL) --require-hashes -r $< && $$PIP install $(QUIET) $(PROJECT)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml | $(PY)
	$(INSTALL) --require-hashes -r $< && $$PIP install $(QUIET) $(PROJECT)
	@touch $@

$(VENV)/lab.stamp: requirements-lab.lock pyproject.toml | $(PY)
	$(INSTALL) --require-hashes -r $< && $$PIP install $(QUIET) $(PROJECT)
	@touch $@
