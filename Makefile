# 社区事务门户：make run 运行，make test 检验。只需要 Python 3.11 以上和 make。
SHELL := /bin/sh
VENV := .venv/bin
PY := $(VENV)/python
TEST_VAR := $(CURDIR)/var/test
ARGS ?=
WORKERS ?= 2
SIZES ?= 10000 100000
HOUSEHOLDS ?= 20000
ADDRESSES ?=
PETITIONS ?= 1000000

.PHONY: help run env env-test test lint bench bench-figures bench-classifier bench-addresses bench-households shots clean-data

help:
	@echo "make run         运行门户（PORT、HOST、DATABASE_URL、REDIS_URL 可选）"
	@echo "make test        检查代码并运行全部测试（ARGS=... 传给 pytest）"
	@echo "make lint        只检查代码"
	@echo "make bench       测速（SIZES=\"10000 100000\"）"
	@echo "make bench-addresses  测地址识别（ADDRESSES=带标注的文件）"
	@echo "make bench-households 测导入户和居民（HOUSEHOLDS=20000）"
	@echo "make bench-figures  测统计（PETITIONS=1000000）"
	@echo "make bench-classifier FILE=标好类别的.csv   类别判断的准和快"
	@echo "make shots       重拍 docs/ 里的页面截图"
	@echo "make clean-data  删除 var/ 里的全部数据（会先询问）"

env:
	@sh community_portal/local/bootstrap.sh run

env-test:
	@sh community_portal/local/bootstrap.sh test

run: env
	@exec $(PY) -m community_portal.local.runner

test: lint
	$(PY) -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(ARGS)

lint: env-test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/djlint --lint templates
	find templates -name '*.html' -exec $(VENV)/djade --check --target-version 5.2 {} +
	$(VENV)/lint-imports
	PORTAL_MODE=local PORTAL_VAR=$(TEST_VAR) $(PY) manage.py makemigrations --check --dry-run

bench: env-test
	$(PY) -m benchmarks $(SIZES)

bench-addresses: env-test
	$(PY) -m benchmarks.addresses $(ADDRESSES)

bench-households: env-test
	$(PY) -m benchmarks.household_files $(HOUSEHOLDS)

bench-figures: env-test
	$(PY) -m benchmarks.figures $(PETITIONS)

bench-classifier: env-test
	PORTAL_MODE=local PORTAL_VAR=$(TEST_VAR) DJANGO_SETTINGS_MODULE=community_portal.settings $(PY) -m benchmarks.classifier $(FILE)

shots: env-test
	$(PY) -m docs.shots

clean-data: env
	@$(PY) -m community_portal.local.clean
