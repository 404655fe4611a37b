# make run    start the page            make test   lint and run all tests
# make bench  compare and measure       make clean  remove what these made
# make soak   play many runs for a quarter of an hour: does the server grow?
# make portable  train 500 runs as on three processors, and count those that are the same

PYTHON ?= python3
ADDRESS ?= 127.0.0.1
PORT ?= 8501
# Streamlit would watch every file below this folder, .venv too, which takes up to a whole core. To have
# the page follow your changes of the code: make run WATCH=auto
WATCH ?= none

# The matrices are small: more threads for BLAS make it slower, and the order of its sums unsure.
export OPENBLAS_NUM_THREADS = 1
export MKL_NUM_THREADS = 1
export OMP_NUM_THREADS = 1

.PHONY: run test lint bench soak portable clean

run: .venv/run
	.venv/bin/streamlit run app.py --server.address $(ADDRESS) --server.port $(PORT) \
	  --server.fileWatcherType $(WATCH)

test: lint
	.venv/bin/python -m pytest -n 2 --dist loadgroup

lint: .venv/test
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

bench: .venv/bench
	.venv/bin/python -m benchmarks.agreement
	.venv/bin/python -m benchmarks.speed
	.venv/bin/python -m benchmarks.epoch
	.venv/bin/python -m benchmarks.sweep
	.venv/bin/python -m benchmarks.marking
	.venv/bin/python -m benchmarks.landscape
	.venv/bin/python -m benchmarks.page
	.venv/bin/python -m benchmarks.load

soak: .venv/test
	.venv/bin/python -m benchmarks.soak

portable: .venv/test
	.venv/bin/python -m benchmarks.portable

clean:
	rm -rf .venv *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run: requirements.txt | .venv/bin/python
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/bench: pyproject.toml requirements.txt | .venv/bin/python
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -e '.[test,bench]'
	touch $@

.venv/test: pyproject.toml requirements.txt | .venv/bin/python
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	touch $@
