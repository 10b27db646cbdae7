#!/usr/bin/env bash
# Everything that must pass. The last line is `N passed, N failed`, counted over all test programs.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo_deny_version=0.20.2
export RUST_BACKTRACE=${RUST_BACKTRACE:-0}

step() { printf '\n== %s\n' "$*"; }

step "formatting"
cargo fmt --all --check

# The tests are built by clippy, which is the compiler with the lints: built by each in turn, every
# dependency would be compiled twice, and that takes as long as the tests. What follows sets what
# `cargo clippy -- -D warnings` sets.
export RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__
model=(--manifest-path crates/model/Cargo.toml --target-dir target/model --locked)
cargo fmt --manifest-path crates/model/Cargo.toml --check

step "lints and tests"
log=$(mktemp)
list=$(mktemp)
trap 'rm -f "$log" "$list"' EXIT
# Builds the programs too, which the whole-program tests start. Not `cargo build` before it: that
# has other features than the tests, and would compile Slint a second time.
cargo test --workspace --locked --no-run --message-format=json-render-diagnostics |
  sed -n '/"profile":{[^}]*"test":true}/s/.*"manifest_path":"\([^"]*\)\/Cargo.toml".*"executable":"\([^"]*\)".*/\1 \2/p' \
  >"$list"

# One test program of the list, in its package's folder as cargo runs it. What it says comes out in
# one piece.
run_one() {
  local said status=0
  said=$(cd "$1" && "$2" 2>&1) || status=$?
  { flock 9; printf '\n     Running %s\n%s\n' "${2##*/}" "$said"; } 9>>"$log.lock"
  return "$status"
}
export -f run_one
export log
status=0
[ -s "$list" ]
# Most of them wait for clocks and processes most of the time, so several run at once. Those of wall
# and terminal take longest, and begin.
sort -rk 2 "$list" | xargs -P "$(nproc)" -L 1 bash -c 'run_one "$@"' run_one 2>&1 | tee "$log" || status=$?
rm -f "$log.lock"
cargo test --workspace --locked --doc --no-fail-fast 2>&1 | tee -a "$log" || status=$?
# A workspace of its own: the model checker is in no build of the product.
cargo test "${model[@]}" --no-fail-fast 2>&1 | tee -a "$log" || status=$?

step "licences and sources of dependencies"
if ! target/tools/bin/cargo-deny --version 2>/dev/null | grep -q "$cargo_deny_version"; then
  env -u RUSTC_WORKSPACE_WRAPPER CARGO_PROFILE_DEV_DEBUG=0 cargo install cargo-deny --version "$cargo_deny_version" --locked \
    --debug --quiet --root target/tools --target-dir target/tools/build
fi
target/tools/bin/cargo-deny check licenses bans sources
# The database of advisories comes over the network; where it cannot be had, that is said, not
# hidden. Known advisories fail the run.
if target/tools/bin/cargo-deny fetch db >/dev/null 2>&1; then
  target/tools/bin/cargo-deny check advisories
else
  echo "advisories were NOT checked: their database cannot be fetched from here"
fi

passed=$(awk '/^test result:/ { n += $4 } END { print n + 0 }' "$log")
failed=$(awk '/^test result:/ { n += $6 } END { print n + 0 }' "$log")
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
