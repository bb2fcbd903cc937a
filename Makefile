# Yima: what one types. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# How fast `make demo` goes: 1 pauses four seconds after each step.
SPEED ?= 1
# Three workers for two cores, since part of a test's time is waiting; more than six wait for the one PostgreSQL and Kafka.
# Slow tests lie side by side: who has none left takes from who has many.
WORKERS ?= --dist worksteal -n $(shell $(PYTHON) -c 'import os; print(min(6, 3 * (os.cpu_count() or 1) // 2 or 1))')
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --generate-hashes

.DEFAULT_GOAL := help
.PHONY: help up down test test-all lint types contracts migrate demo story clocks bench lock

help: ## 列出命令 · list these commands
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

up: $(VENV)/.app ## 启动平台 · start the platform; Ctrl-C stops it
	@$(BIN)/yima up

down: $(VENV)/.app ## 停止平台 · stop a platform that runs in the background or was left over
	@$(BIN)/yima down

demo: $(VENV)/.app ## 演示 · import the pilot month into the running platform and play one ticket (SPEED=5: faster)
	@$(BIN)/yima status >/dev/null 2>&1 || $(BIN)/yima up --detach
	@$(BIN)/yima demo --speed $(SPEED)

story: $(VENV)/.dev ## 故事 · play both stories of the pilot at everybody's phone and by JSON, on a fresh platform; into build/story
	@$(BIN)/yima fetch
	@$(BIN)/python -m tests.story

clocks: $(VENV)/.dev ## 时限核对 · working time against Boston's 905 requests, two official years and the properties; fails where one differs
	@$(BIN)/python -m tests.clocks

migrate: $(VENV)/.app ## 更新数据库结构 · bring the tables up to date without starting the services
	@$(BIN)/yima migrate

test: $(VENV)/.dev ## 测试 · all tests but the long ones (at most five minutes)
	@$(BIN)/yima fetch
	@$(BIN)/pytest $(WORKERS) -m "not faults and not long"

# One after the other: each has servers of its own, and takes its time from how fast they come back.
test-all: $(VENV)/.dev ## 故障与长测试 · the tests that kill servers, and the long ledgers
	@$(BIN)/yima fetch
	@$(BIN)/pytest -m "faults or long" --durations=10

lint: $(VENV)/.dev ## 风格 · style and format
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(VENV)/.dev ## 类型 · types
	@$(BIN)/mypy

contracts: $(VENV)/.dev ## 依赖方向与事件契约 · who may import whom, and that events only grow
	@$(BIN)/lint-imports
	@$(BIN)/python -m shared.contracts.documents --check
	@$(BIN)/python -m services.documents --check
	@$(BIN)/python -m deploy.grafana --check
	@$(BIN)/python deploy/k8s/monitoring.py --check
	@$(BIN)/pytest -q tests/contracts

bench: $(VENV)/.dev ## 性能 · measure, into bench/results.json and docs/performance.md
	@$(BIN)/python -m bench

lock: $(VENV)/.dev ## 锁定依赖 · resolve requirements/*.in anew
	@$(COMPILE) requirements/app.in -o requirements/app.lock.txt
	@$(COMPILE) requirements/trace.in -o requirements/trace.lock.txt
	@$(COMPILE) requirements/parquet.in -o requirements/parquet.lock.txt
	@$(COMPILE) requirements/dev.in -o requirements/dev.lock.txt

$(VENV)/.app: requirements/app.lock.txt requirements/environment.py
	@$(PYTHON) requirements/environment.py $(VENV) requirements/app.lock.txt
	@touch $@

$(VENV)/.dev: requirements/dev.lock.txt requirements/environment.py
	@$(PYTHON) requirements/environment.py $(VENV) requirements/dev.lock.txt
	@touch $@ $(VENV)/.app
