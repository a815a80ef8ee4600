# The front door. Each target does its own set-up on a fresh Debian 12.
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
FORMAT ?= clang-format-16
SOURCES = $(shell git ls-files '*.cpp' '*.hpp')

.PHONY: build test demo bench install format check clean
.DEFAULT_GOAL := build

build:
	@scripts/install-deps build
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS)
	@ln -sf release/civitai-downloader build/civitai-downloader
	@echo "built build/civitai-downloader"

test:
	@scripts/install-deps test
	@cmake --preset test --log-level=WARNING
	@cmake --build --preset test --parallel $(JOBS)
	@ctest --preset test

demo: build
	@scripts/install-deps test
	@scripts/demo

bench: build
	@scripts/install-deps bench
	@bench/run --write

install: build
	@install -D -m 0755 build/release/civitai-downloader $(DESTDIR)$(PREFIX)/bin/civitai-downloader
	@install -D -m 0644 config.toml.example $(DESTDIR)$(PREFIX)/share/doc/civitai-downloader/config.toml.example
	@echo "installed $(DESTDIR)$(PREFIX)/bin/civitai-downloader"

format:
	@scripts/install-deps lint
	@$(FORMAT) -i $(SOURCES)

# What CI checks beside the tests: formatting, lints, sanitizers, the second compiler.
check:
	@scripts/install-deps test lint
	@scripts/check

clean:
	@rm -rf build
