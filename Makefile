.PHONY: run test instructions storm load load-tenfold faults openapi check fmt postgres

run: postgres
	cargo run --release

test: postgres
	cargo test --workspace

# How many instructions a slot search takes, against those in domain/instructions.txt.
instructions:
	@./scripts/count-instructions.sh

# Crowds for the same slots, for longer than `make test` has time.
storm: postgres
	STORM_ROUNDS=500 cargo test --release -p tests storm -- --nocapture

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

check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

fmt:
	cargo fmt --all

# The server programs of Postgres, for the private one of `make run` and for the tests.
postgres:
	@./scripts/ensure-postgres.sh
