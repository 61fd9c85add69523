.PHONY: run test check fmt postgres

run: postgres
	cargo run --release

test: postgres
	cargo test --workspace

check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

fmt:
	cargo fmt --all

# The server programs of Postgres, for the private one of `make run` and for the tests.
postgres:
	@./scripts/ensure-postgres.sh
