# Everything works on a machine that has Python 3.11 or newer with venv, and a network that reaches PyPI.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
export DAGSTER_HOME := $(CURDIR)

.PHONY: setup demo demo-aws test test-slow lint serve clean

setup: .venv/.ready

.venv/.ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[voice,dev]'
	touch $@

# The S3 emulator pins its own botocore, so it lives in an environment of its own.
.ministack/.ready:
	$(PYTHON) -m venv .ministack
	.ministack/bin/python -m pip install --quiet --disable-pip-version-check ministack==1.5.33
	touch $@

demo: setup ## make the demo episode and turn it into clips in out/demo
	$(BIN)/python -m shortform_assets.demo demo
	$(BIN)/shortform run demo/episode.mp4 --genre podcast --title "Slow Orbit" --count 6 --out out/demo

demo-aws: setup .ministack/.ready ## the same with its store on S3 and its renders on Lambda, both emulated, in out/demo-aws; checked
	$(BIN)/python -m shortform_assets.demo demo
	$(BIN)/python benchmarks/demo_aws.py

test: setup .ministack/.ready ## the test suite, without the slow tests
	$(BIN)/pytest -n 2 -m "not slow"

test-slow: setup .ministack/.ready ## all tests
	$(BIN)/pytest -n 2

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/dagster definitions validate -w workspace.yaml

serve: setup ## the Dagster UI on http://127.0.0.1:3000
	$(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1 -p 3000

clean: ## forget all state; the environments stay
	rm -rf demo out storage media_store history schedules logs .logs_queue .nux .telemetry
