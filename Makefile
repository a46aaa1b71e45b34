# The project's commands. Everything lands in .venv, data/processed and reports; nothing else is touched.
#
#   make report              the 2020 assessment as HTML and PDF     (ROUND=2021 for another round)
#   make test                lint, types, tests
#   make outputs             every output of the example round against the hashes on record
#   make bench               what a round costs, beside other ways to make it
#   make look                the pages, papers and notebooks seen with a browser, an office program and a PDF reader
#
# Other interpreter: make report PYTHON=python3.12; without a package index: make report WHEELS=wheels

PYTHON ?= python3
ROUND ?= 2020
OPTIONS ?=
# a folder filled by `make wheels`: everything is installed from it and no index is asked
WHEELS ?=
LOCKS ?= requirements.lock

VENV := .venv
PY := $(VENV)/bin/python
# a virtual environment made without ensurepip (Debian) is served by the pip outside it
PIP = $$($(PY) -m pip --version >/dev/null 2>&1 && echo "$(PY) -m pip" || echo "$(PYTHON) -m pip --python $(PY)")
INSTALL = @PIP=$(PIP); echo "installing $<" && $$PIP install $(QUIET)
QUIET = --disable-pip-version-check --quiet $(if $(WHEELS),--no-index --find-links $(WHEELS))
CODE = src tests notebooks $(wildcard benchmarks)
PROJECT = --no-deps --no-build-isolation --editable .

.PHONY: help report test fuzz audit sbom outputs bench look lint printed lab wheels pictures clean
.DEFAULT_GOAL := help

help:
	@echo "make report [ROUND=2020]   compute a round and publish its report in reports/<round>"
	@echo "                           (OPTIONS='--formats html --jobs 4' is passed on to assess run)"
	@echo "make test                  lint, types and tests"
	@echo "make fuzz [ROUNDS=50]      empty random cells of made-up rounds: never good news for the unit;"
	@echo "                           values counted row by row and points counted the plain way are the same; keeps tallies"
	@echo "make sbom                  what is installed, with versions and licences, into build/sbom.json"
	@echo "make audit                 the locked packages against the published advisories; needs pip-audit and a network"
	@echo "make outputs               every output of the example round, all editions, against the hashes on record"
	@echo "                           (OPTIONS=--record takes the present ones as the record)"
	@echo "make bench                 processor seconds of a round and of other ways to make it, with ratios and aims"
	@echo "                           (OPTIONS='full_run same_again' for some steps only)"
	@echo "make look                  pages, papers and notebooks in a browser and an office program; pictures in build/look"
	@echo "make printed               the pages of docs/ that are printed from the code: measures, checks, claims, presets, reliability"
	@echo "make lint                  ruff, mypy and import-linter only"
	@echo "make lab                   open the notebooks in JupyterLab"
	@echo "make wheels                packages into wheels/, for a machine without internet (LOCKS='requirements.lock …')"
	@echo "make pictures              renew docs/pictures, the pictures of the READMEs"
	@echo "make clean                 delete what can be made again: data/processed, reports, caches"

report: $(VENV)/run.stamp
	$(VENV)/bin/assess run $(ROUND) $(OPTIONS)

test: lint
	$(PY) -m pytest -n 2

fuzz: $(VENV)/dev.stamp
	$(PY) tests/blanks.py $(or $(ROUNDS),50)
	$(PY) tests/plain_counting.py $(or $(ROUNDS),50)
	$(PY) tests/plain_scoring.py $(or $(ROUNDS),50)

sbom: $(VENV)/run.stamp
	@mkdir -p build; PIP=$(PIP); $$PIP inspect --local > build/sbom.json && echo "build/sbom.json"

audit:
	@mkdir -p build; command -v pip-audit >/dev/null || { echo "pip-audit is not installed; nothing was asked."; exit 2; }
	@pip-audit --disable-pip --require-hashes -r requirements.lock 2>build/audit.log && exit 0; \
	  grep -q "ConnectionError\|ConnectTimeout\|ServiceError\|Failed to" build/audit.log \
	  && { echo "The advisories cannot be reached (build/audit.log); nothing was asked."; exit 3; } \
	  || { cat build/audit.log; exit 1; }

outputs: $(VENV)/dev.stamp
	$(PY) -m tests.outputs $(OPTIONS)

bench: $(VENV)/dev.stamp
	$(PY) benchmarks/whole_round.py $(OPTIONS)

look: $(VENV)/look.stamp
	$(PY) -m tests.look $(OPTIONS)

pictures: $(VENV)/look.stamp
	$(PY) -m tests.look.pictures $(OPTIONS)

lint: $(VENV)/dev.stamp
	$(VENV)/bin/ruff check $(CODE)
	$(VENV)/bin/ruff format --check $(CODE)
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

PRINTED = measures:analysis.indicators.naming checks:analysis.intake.checks \
  claims:analysis.report.claims.assertions presets:analysis.scoring.presets_page \
  reliability:tests.reliability
printed: $(VENV)/dev.stamp
	@mkdir -p build; for page in $(PRINTED); do $(PY) -m $${page#*:} > build/printed.md && mv build/printed.md docs/$${page%%:*}.md || exit 1; done

lab: $(VENV)/lab.stamp
	$(VENV)/bin/jupyter lab notebooks

# one lock after the other: they hold the same versions
wheels: $(VENV)/run.stamp
	rm -rf wheels
	@PIP=$(PIP); for lock in $(LOCKS); do echo "downloading $$lock"; \
	  $$PIP download $(QUIET) --only-binary :all: --require-hashes -r $$lock --dest wheels || exit 1; done; \
	$$PIP wheel $(QUIET) --no-deps --no-build-isolation --wheel-dir wheels .

clean:
	find data/processed reports -mindepth 1 -maxdepth 1 ! -name README.md ! -path reports/final -exec rm -rf {} +
	rm -rf .mypy_cache .ruff_cache .import_linter_cache .pytest_cache .hypothesis build dist
	find src tests notebooks -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed; name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || $(PYTHON) -m venv --clear --without-pip $(VENV)

# two steps: pip refuses an editable project among hashed requirements
$(VENV)/run.stamp: requirements.lock pyproject.toml | $(PY)
	$(INSTALL) --require-hashes -r $< && $$PIP install $(QUIET) $(PROJECT)
	@touch $@

$(VENV)/dev.stamp $(VENV)/lab.stamp $(VENV)/look.stamp: $(VENV)/%.stamp: requirements-%.lock pyproject.toml | $(PY)
	$(INSTALL) --require-hashes -r $< && $$PIP install $(QUIET) $(PROJECT)
	@touch $@
