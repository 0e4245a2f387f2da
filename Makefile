# Two commands do everything: `make serve` and `make test`. The rest are their parts.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
SOURCES := pyproject.toml constraints.txt hatch_build.py $(wildcard imagestolive/languages/*.po)

.PHONY: serve test lint types tests words clean

serve: $(VENV)/.serve
	$(BIN)/imagestolive serve

test: lint types tests

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

tests: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term $(PYTEST)

# Finds the sentences in the code and writes those that a catalogue lacks into it, untranslated.
words: $(VENV)/.test
	mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg --no-location --omit-header -k N_ -k say -k count:1,2 -o build/words.pot .
	$(BIN)/pybabel -q update -N --no-wrap -l pt_BR -i build/words.pot -o imagestolive/languages/pt-BR.po

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.serve: $(SOURCES) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[starter,plan]'
	touch $@

$(VENV)/.test: $(SOURCES) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[starter,test]'
	touch $@ $(VENV)/.serve

clean:
	rm -rf $(VENV) build dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
