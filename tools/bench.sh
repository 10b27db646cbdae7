#!/usr/bin/env bash
# Measures the programs as they ship, and writes docs/benchmarks.md. Arguments go to gighall-bench:
# `tools/bench.sh --only ticker` runs one of them, `--quick` tries them out in a few minutes and leaves
# the document as it is.
set -euo pipefail
cd "$(dirname "$0")/.."

# The same programs as in the demo, with the same features, so that what is measured is what runs there.
cargo build --release --workspace --locked
exec "${CARGO_TARGET_DIR:-target}/release/gighall-bench" --document docs/benchmarks.md "$@"
