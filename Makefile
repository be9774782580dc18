# Everything that people and CI do here. `make` alone lists it.

GO ?= go
BIN := bin
# Tools are built at pinned versions into .tools, from the module proxy.
TOOLS := $(CURDIR)/.tools
GOLANGCI_VERSION := v2.15.0

# With this tag and a C compiler SQLite is mattn/go-sqlite3, with full-text
# search; without either it is modernc.org/sqlite, which is slower.
export GOFLAGS := $(strip $(GOFLAGS) -tags=sqlite_fts5)

.DEFAULT_GOAL := help

.PHONY: help run build test test-race generate lint vet fmt ci clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: ## build, create the SQLite database, migrate, load data, serve
	@sh scripts/run.sh

build: ## build bin/framefox and bin/server
	$(GO) build -o $(BIN)/ ./cmd/framefox ./cmd/server

test: ## run all tests on the engines that this machine offers
	@sh scripts/test.sh

test-race: ## run the tests of the packages with goroutines under the race detector
	$(GO) test -race -short -timeout 20m ./framework/database/... ./framework/graphql/... ./framework/relay/... ./framework/migration/... ./framework/backup/... ./internal/blog

generate: ## generate the client, the GraphQL API and the executable schema
	$(GO) generate ./ent ./framework/internal/tracker/ent

vet: ## go vet
	$(GO) vet ./...

lint: $(TOOLS)/golangci-lint ## run the linter
	$(TOOLS)/golangci-lint run

fmt: $(TOOLS)/golangci-lint ## format the hand-written code
	$(TOOLS)/golangci-lint fmt

$(TOOLS)/golangci-lint:
	GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

ci: ## what CI runs
	@bash .ci/run

clean: ## remove what was built; data stays
	rm -rf $(BIN) $(TOOLS)
