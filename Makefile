.PHONY: run test browser pictures clients instructions storm fuzz mutants load load-tenfold faults openapi check fmt postgres

run: postgres
	cargo run --release

test: postgres
	cargo test --workspace

# The reference front end in a real browser, with the real program; then pictures of it for README.md.
browser: postgres
	@./scripts/in-browser.sh test

pictures: postgres
	@./scripts/in-browser.sh pictures

# How many instructions a slot search takes, against those in domain/instructions.txt.
instructions:
	@./scripts/count-instructions.sh

# Crowds for the same slots, for longer than `make test` has time.
storm: postgres
	STORM_ROUNDS=500 cargo test --release -p tests storm -- --nocapture

# Bytes and requests that are nearly right, so many seconds of each kind; then guided by coverage,
# where cargo-fuzz and a nightly compiler are installed.
FUZZ_SECONDS ?= 60
FUZZ = cargo +nightly fuzz run --fuzz-dir tests/fuzz/libfuzzer --target-dir target/fuzz
fuzz: postgres
	FUZZ_SECONDS=$(FUZZ_SECONDS) cargo test -p fuzz
	FUZZ_SECONDS=$(FUZZ_SECONDS) cargo test -p tests problems::fuzz -- --nocapture
	@if ! command -v cargo-fuzz >/dev/null; then echo "not guided by coverage: install cargo-fuzz"; exit 0; fi; \
	for target in $$(ls tests/fuzz/corpus); do \
		mkdir -p target/fuzz/corpus/$$target target/fuzz/found/$$target; \
		$(FUZZ) $$target target/fuzz/corpus/$$target tests/fuzz/corpus/$$target -- -timeout=5 \
			-max_total_time=$(FUZZ_SECONDS) -artifact_prefix=target/fuzz/found/$$target/ || exit 1; \
	done

# Whether the tests of the domain notice when its rules change; needs cargo-mutants. Few cases of
# each property are enough for that.
mutants:
	PROPTEST_CASES=32 cargo mutants --package domain --output target

# Measures against a million appointments, and against ten million; writes tests/load/results and README.md.
load: postgres
	cargo run --release -p load -- measure

load-tenfold: postgres
	cargo run --release -p load -- measure --scale 10

# Everything that can break, many times over: for an hour. Writes tests/faults/results/latest.md.
faults: postgres
	cargo run --release -p faults --bin faults -- run all

# The specification in the repository, as the program prints it.
openapi:
	cargo run --quiet -- openapi > openapi.yaml

# Linters, and clients that are generated from the specification and book.
clients: postgres
	tests/clients/run

check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

fmt:
	cargo fmt --all

# The server programs of Postgres, for the private one of `make run` and for the tests.
postgres:
	@./scripts/ensure-postgres.sh
