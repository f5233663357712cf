# All that a developer runs.  Users run the command `safeground`.  Longer things are Python in tools/.
PY = $(shell command -v python3.11 || command -v python3)
BIN = .venv/bin
.PHONY: demo test setup check test-all e2e campaign bench docs serve format constraints clean

demo:  ## set up, then run the main job on the bundled scenario
	@$(PY) tools/setup.py && $(BIN)/safeground demo
test:  ## set up, then run every test that this machine can run
	@$(PY) tools/setup.py --dev && $(BIN)/python tools/test.py
setup:  ## make .venv with everything a developer needs
	@$(PY) tools/setup.py --dev
check: setup  ## lint, types, house rules, fresh docs
	@$(BIN)/python tools/check.py
test-all: setup  ## the long campaigns too: kills, power cuts, state machine
	@$(BIN)/python tools/test.py --long
e2e: setup  ## the browser tests alone
	@$(BIN)/python -m pytest tests/e2e
campaign: setup  ## sixty areas, 120 days, from returns to certificates, audited every day (SEED=1)
	@$(BIN)/safeground simulate --campaign campaign-60 --seed $(or $(SEED),1)
bench: setup  ## every benchmark, small sizes
	@$(BIN)/python tools/bench.py
docs: setup  ## write the generated reference pages anew
	@$(BIN)/python tools/reference.py
serve: setup  ## the map of the demo's project
	@$(BIN)/safeground serve out/kursk-2025/kursk-2025.gpkg --open
format: setup  ## order imports, apply lint fixes
	@$(BIN)/ruff check --fix src tests tools benchmarks
constraints: setup  ## pin the newest versions that fit
	@$(BIN)/python tools/constraints.py
clean:  ## remove what was built, never a project
	@rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis src/safeground/web/ui ui/node_modules
