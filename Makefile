# make up      set up and run: API, pages and scheduler on http://127.0.0.1:8000 (PORT=… for another)
# make test    set up, check and test        make check   format, lint, types, layers
# make release audit dependencies, bill of materials, sdist, wheel; into dist/
# make versions  the main job on Python 3.11, 3.12 and 3.13 (needs uv)
# make bench   measure against named baselines             make fuzz    a minute of fuzzing a format
# make mutants  put faults into the code and see the tests find them (MUTANTS="--most 10 numbers")
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
# One more than there are cores: tests wait for browsers and other processes a third of their time.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# uv reads the same lock, ten times faster; pip where there is none.
INSTALLER := $(if $(shell command -v uv),uv (some seconds),pip (two minutes; with uv, some seconds))
INSTALL := $(if $(shell command -v uv),uv pip install --python $(BIN)/python,$(BIN)/python -m pip --disable-pip-version-check install)

# Compiled once and not in every process that a test starts (a second each), whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

VERSIONS ?= 3.11 3.12 3.13

.PHONY: up test check versions bench fuzz mutants release format clean
.DELETE_ON_ERROR:

up: $(VENV)/.run
	@exec $(BIN)/suanbei up

# The libraries are compiled by one process on the core that the checks leave idle, and not by each worker.
test: $(VENV)/.dev
	@sh tests/setup_debian.sh
	@$(BIN)/python -m pytest -q --collect-only >/dev/null 2>&1 & \
	$(MAKE) --no-print-directory check && wait
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# VERSIONS may name interpreters by their paths.
versions:
	sh deploy/try_versions.sh $(VERSIONS)

bench: $(VENV)/.bench
	$(BIN)/python -m bench

fuzz: $(VENV)/.dev
	$(BIN)/python -m tests.fuzz

mutants: $(VENV)/.dev
	$(BIN)/python -m tests.mutants $(MUTANTS)

# --strict: a dependency that could not be audited fails the release, it is not passed over.
release: check
	rm -rf dist build suanbei.egg-info && mkdir dist
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.lock
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible -o dist/suanbei.cdx.json requirements.lock
	$(BIN)/python -c "from setuptools.build_meta import build_sdist; build_sdist('dist')"
	$(PIP) wheel --no-deps --no-build-isolation -w dist dist/suanbei-*.tar.gz
	cd dist && sha256sum * > SHA256SUMS

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is missing or older than 3.11: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	@echo "1/3 a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: apt-get install python3-venv" >&2; exit 1; }

# The project itself is installed last, editable, without asking any index.
define install
	@echo "2/3 the libraries of $(1), by $(INSTALLER)"
	@$(INSTALL) --require-hashes -r $(1)
	@echo "3/3 Suanbei itself"
	@$(INSTALL) -q --no-deps --no-build-isolation -e .
	@touch $@
endef

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(call install,requirements.lock)

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(call install,requirements-dev.lock)
	@touch $(VENV)/.run

$(VENV)/.bench: requirements-bench.lock pyproject.toml | $(VENV)/bin/python
	$(call install,requirements-bench.lock)

clean:
	rm -rf $(VENV) build dist *.egg-info
