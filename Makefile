# Two commands for a newcomer: `make demo` and `make test`. Everything else is cargo.

.PHONY: demo test tools help

help:
	@echo 'make demo   build Tidegate and watch the tour (the first build takes minutes)'
	@echo 'make test   everything CI runs: format, tidy, clippy, tests'

demo: tools
	cargo build --locked -p tidegate
	$${CARGO_TARGET_DIR:-target}/debug/tidegate demo $(ARGS)

test: tools
	cargo xtask ci

# Names each missing tool with the line that installs it.
tools:
	@missing=0; \
	command -v cargo >/dev/null 2>&1 || { missing=1; \
	  echo 'missing: cargo (Rust 1.95 or newer). Install it with rustup: rustup toolchain install stable'; \
	  echo '         rustup itself: https://rustup.rs'; }; \
	command -v $${CC:-cc} >/dev/null 2>&1 || { missing=1; \
	  echo 'missing: a C compiler. Install it: apt-get install gcc libc6-dev   (dnf install gcc | xcode-select --install)'; }; \
	exit $$missing
