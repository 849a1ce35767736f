# Every target is explained by make help.
GO ?= go
BIN := bin
# The linter is built from the module proxy and kept beside the program, pinned here.
GOLANGCI_VERSION := v2.15.0
GOLANGCI := $(BIN)/golangci-lint-$(GOLANGCI_VERSION)
# What kubectl has of kustomize depends on its version; this is the same everywhere.
KUSTOMIZE_VERSION := v5.7.1
KUSTOMIZE := $(BIN)/kustomize-$(KUSTOMIZE_VERSION)
# Tests make many small values; a collector that waits longer takes a quarter less of the processor.
export GOGC ?= 400
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: help run test test-all check race unit whole month faults pages suite lint load selftest openapi book fuzz vulnerabilities foreign soak-suite bench cluster mock build clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

# Without -trimpath, which releases are built with: tests then find all packages compiled.
build: ## build bin/kobcheck
	@$(GO) build -ldflags "-X main.version=$(VERSION)" -o $(BIN)/kobcheck ./cmd/kobcheck

run: build ## the main job: the whole suite against the mock inside; ends with a report's path
	@$(BIN)/kobcheck run

test: unit race whole ## all tests, those of many cases by a sample (TEST_SEED picks it)

test-all: export TEST_ALL := 1
test-all: test suite soak-suite ## nothing sampled: every fault, every freedom alone, every page; for the night

check: build ## what one runs while working: each package's own tests, lint of the features, the suite in one style
	@$(GO) test -vet=off -p 4 $(OWN)
	@$(BIN)/kobcheck lint
	@$(BIN)/kobcheck run --out reports/out/check

# The detector looks at what works side by side, where it takes five times the processor, the whole suite among it; of
# the mock, at the tests of many callers. Each package is tested once, with it or without; make lint vets.
OWN = $(shell $(GO) list ./... | grep -v /cmd/)
CONCURRENT = $(shell $(GO) list ./client/... ./load/... ./steps/suite)
AT_ONCE = AtOnce|ManyCallers|Deliver|Stops

unit: ## each package's own tests, but of those that work side by side
	@$(GO) test -vet=off -p 4 -timeout 60m $(filter-out $(CONCURRENT),$(OWN))

race: ## what works side by side, with the race detector where the machine has a C compiler
	@if [ "$$($(GO) env CGO_ENABLED)" = 1 ] && command -v "$$($(GO) env CC)" >/dev/null; then \
		$(GO) test -vet=off -race -timeout 60m $(CONCURRENT) && \
		$(GO) test -vet=off -race -timeout 60m ./mock -run '$(AT_ONCE)'; \
	else \
		echo "no C compiler: without the race detector" && $(GO) test -vet=off -timeout 60m $(CONCURRENT); \
	fi

whole: ## the command as its users meet it: faults, freedoms, random points, the pages in a browser
	@$(GO) test -vet=off -count=1 -parallel 6 -timeout 120m ./cmd/kobcheck/...

month: ## thirty nights against one mock that keeps its state, each with an event, and what its morning says; NIGHTS=15-21 lives those
	@MONTH=$(or $(NIGHTS),1) $(GO) test -count=1 -timeout 40m ./cmd/kobcheck -run TestAMonth -v

faults: ## every deliberate fault of the mock is caught on its own requirement
	@TEST_ALL=1 $(GO) test -count=1 -timeout 120m ./cmd/kobcheck -run TestEveryFault

pages: ## the site of a run in a real browser, where there is a Chromium, and with axe-core, where there is npm
	@TEST_ALL=1 $(GO) test -count=1 ./cmd/kobcheck -run TestThePages -v | grep -v '^=== '

suite: build ## the suite on the mock, in both styles and both editions
	@for style in plain strict-http; do for edition in v1 guide; do \
		echo "== $$style, $$edition"; \
		$(BIN)/kobcheck run --style $$style --edition $$edition --out reports/out/$$style-$$edition || exit 1; \
	done; done

lint: build $(GOLANGCI) ## features, contract and code
	@$(BIN)/kobcheck lint
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "gofmt has something to say about these"; exit 1; }
	@$(GO) vet ./...
	@$(GOLANGCI) run ./...

$(GOLANGCI):
	@echo "building golangci-lint $(GOLANGCI_VERSION), once"
	@GOBIN=$(abspath $(BIN))/tmp GOFLAGS= $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv $(BIN)/tmp/golangci-lint $@ && rmdir $(BIN)/tmp

load: build ## load plans on the mock inside: a mix with gates, a storm of duplicates, money
	@$(BIN)/kobcheck load

selftest: build ## detection power: the suite against every deliberate fault of the mock
	@$(BIN)/kobcheck selftest --full --chance-runs 3

book: build ## the documentation as a static site in reports/out/book
	@$(BIN)/kobcheck book

openapi: build ## the contract as OpenAPI 3.1 in reports/out, checked by a validator from npm
	@mkdir -p reports/out && $(BIN)/kobcheck openapi > reports/out/openapi.json
	@npx --yes -p @seriousme/openapi-schema-validator@2.11.0 validate-api reports/out/openapi.json

FUZZ_TIME ?= 30s
fuzz: ## every fuzz target for FUZZ_TIME; what it finds stands in testdata/fuzz, the corpus in Go's build cache
	@grep -roE --include='*_test.go' '^func Fuzz[A-Za-z0-9]+' . | sed -E 's#/[^/]*:func # #' | while read -r at name; do \
		echo "== $$at $$name"; $(GO) test "$$at" -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZ_TIME) || exit 1; done

vulnerabilities: ## known ones in what we depend on and call
	@$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

foreign: ## the suite against a server that none of us wrote: Prism, from npm, on the contract as OpenAPI
	@FOREIGN=1 $(GO) test -count=1 ./cmd/kobcheck -run TestAServerThatNoneOfUsWrote -v | grep -v '^=== '

soak-suite: ## 300 random points of what the documentation leaves open, and each freedom alone; SOAK_RUNS changes the number
	@SOAK_RUNS=$${SOAK_RUNS:-300} $(GO) test -count=1 ./cmd/kobcheck -run 'RandomPoints|EachFreedom' -timeout 3h

bench: build ## what the harness costs beside bare net/http, the load engine beside vegeta, and the speed of mock, schemas and reports
	@$(GO) test ./cmd/kobcheck -run '^$$' -bench 'Harness|FirstPage' -benchtime 3x
	@$(GO) test ./mock -run '^$$' -bench . -benchtime 30000x -cpu 1
	@$(GO) test ./client/webhook -run '^$$' -bench Receiver -cpu 1
	@$(GO) test ./client ./schemas ./reports -run '^$$' -bench .
	@$(GO) test ./load/arrivals -run '^$$' -bench . -benchtime 1x

cluster: ## deploy/kubernetes on the cluster that KUBECONFIG names, with IMAGE: nights and loads of four shards on a mock there
	@if [ -z "$$KUBECONFIG" ]; then \
		echo "no cluster: KUBECONFIG names none, so that deploy/kubernetes is not tried on one"; \
	else \
		$(MAKE) --no-print-directory $(KUSTOMIZE) && \
		ON_A_CLUSTER=1 KUSTOMIZE="$(abspath $(KUSTOMIZE)) build" $(GO) test -count=1 -timeout 60m ./cmd/kobcheck -run TestOnACluster -v | \
			grep -v '^ *=== '; \
	fi

$(KUSTOMIZE):
	@echo "building kustomize $(KUSTOMIZE_VERSION), once"
	@GOBIN=$(abspath $(BIN))/tmp GOFLAGS= $(GO) install sigs.k8s.io/kustomize/kustomize/v5@$(KUSTOMIZE_VERSION)
	@mv $(BIN)/tmp/kustomize $@ && rmdir $(BIN)/tmp

mock: build ## serve the mock on 127.0.0.1:8080 and print a target file for it
	@$(BIN)/kobcheck mock --addr 127.0.0.1:8080

clean: ## remove what was built and reported
	@rm -rf $(BIN) reports/out
