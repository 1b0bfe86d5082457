# Type `make help` to see what there is. All of it happens inside this folder, in .venv and node_modules.

PYTHON ?= python3
HOST   ?= 127.0.0.1
PORT   ?= 8000
export PIP_DISABLE_PIP_VERSION_CHECK = 1

# Installing is remembered in an empty file, and done again only when the dependencies have changed.
PINS    := pyproject.toml constraints.txt
INSTALL  = $(PYTHON) -m venv .venv && .venv/bin/python -m pip install -c constraints.txt -e

# One process of tests for each core; a thread each, so that they do not wait for one another.
PYTEST = OMP_NUM_THREADS=1 .venv/bin/python -m pytest -n auto --dist worksteal

.PHONY: help run test test-all lint lint-scripts fix strings wheel clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

run: .venv/installed ## start ConvLens on http://127.0.0.1:8000 (another place: make run PORT=9000)
	@.venv/bin/convlens serve --host $(HOST) --port $(PORT)

test: .venv/installed-test ## run the tests, in a real browser too where one can be had
	.venv/bin/python -m tests.browser.chromium
	$(PYTEST)

test-all: .venv/installed-test ## run the tests, the long ones as well
	.venv/bin/python -m tests.browser.chromium
	$(PYTEST) -m ""

lint: .venv/installed-dev ## check the Python code: style, types, imports, dependencies
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/deptry .

lint-scripts: node_modules/installed ## check the scripts and style sheets (needs Node)
	npx tsc -p tsconfig.json
	npx biome check static

fix: .venv/installed-dev ## put the Python code, and with Node the scripts, into shape
	.venv/bin/ruff check --fix
	.venv/bin/ruff format
	@if command -v npm >/dev/null; then $(MAKE) node_modules/installed && npx biome check --write static; fi

strings: .venv/installed ## collect the texts of the interface into app/locale, for translation
	.venv/bin/pybabel -q extract -F app/locale/babel.cfg -k N_ -k t -k FileError -k RangeError -k ShapeError -k TensorError \
	  --add-location file --sort-by-file --no-wrap --ignore-dirs ".* node_modules" --project ConvLens -o .venv/messages.pot .
	.venv/bin/pybabel -q update -l zh -i .venv/messages.pot -d app/locale \
	  --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

wheel: .venv/installed ## build a package for pip, into dist
	.venv/bin/python -m pip wheel --no-deps -w dist .

clean: ## remove everything that make has made
	rm -rf .venv node_modules build dist

.venv/installed: $(PINS)
	$(INSTALL) .
	@touch $@

.venv/installed-test: $(PINS)
	$(INSTALL) ".[test]"
	@touch .venv/installed $@

.venv/installed-dev: $(PINS)
	$(INSTALL) ".[test,dev,bench]"
	@touch .venv/installed .venv/installed-test $@

node_modules/installed: package.json
	npm install --no-audit --no-fund --no-package-lock
	@touch $@
