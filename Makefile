.PHONY: run test storm check fmt postgres

run: postgres
	cargo run --release

test: postgres
	cargo test --workspace

# Crowds for the same slots, for longer than `make test` has time.
storm: postgres
	STORM_ROUNDS=500 cargo test --release -p tests storm -- --nocapture

check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

fmt:
	cargo fmt --all

# The server programs of Postgres, for the private one of `make run` and for the tests.
postgres:
	@./scripts/ensure-postgres.sh
