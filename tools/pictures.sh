#!/usr/bin/env bash
# The pictures in README.md, drawn by the program itself from the demo's store.
set -euo pipefail
cd "$(dirname "$0")/.."

# The demo fills the store; once is enough.
[ -e target/demo/data/kiosk.db ] || DEMO_SECONDS=1 tools/demo.sh
mkdir -p docs/pictures
for window in wall terminal; do
  cargo run --release --locked --quiet -- snapshot --config kiosk.toml --data target/demo/data \
    --window "$window" --size 1920x1080 --out "docs/pictures/$window.png"
done
