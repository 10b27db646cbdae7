#!/usr/bin/env bash
# The long versions of what CI does in a minute: wider bounds of the model, thousands of seeds, power
# cuts and kills. Takes hours on two cores; the lines that it prints are the figures of
# docs/promises.md. `tools/prove.sh 10` does a tenth of it.
set -euo pipefail
cd "$(dirname "$0")/.."

part=${1:-1}
of() { echo $(($1 / part)); }
export RUST_BACKTRACE=${RUST_BACKTRACE:-0}

date -u +%Y-%m-%dT%H:%MZ
uname -srm
nproc

GIGHALL_LONG=1 cargo test --locked --manifest-path crates/model/Cargo.toml --target-dir target/model \
  -- --nocapture --test-threads=1

GIGHALL_SEEDS=$(of 5000) GIGHALL_CUTS=$(of 5000) GIGHALL_KILLS=$(of 5000) \
  GIGHALL_WRITES=$(of 400) GIGHALL_ROUNDS=$(of 50) \
  cargo test --locked --workspace --test simulation --test turmoil --test faults --test killed_apart --test linearizable \
  -- --nocapture --test-threads=1

# Garbage at the hub's routes and in whole logs.
GIGHALL_FUZZ=$(of 100) cargo test --locked --workspace --test api garbage:: -- --nocapture

# Hours of random hands on the terminal.
GIGHALL_MONKEYS=$(of 100) cargo test --locked --workspace --test terminal monkey:: -- --nocapture
