#!/usr/bin/env bash
# The pictures in README.md: the demo's windows, as its own display shows them.
set -euo pipefail
cd "$(dirname "$0")/.."

env -u DISPLAY -u WAYLAND_DISPLAY DEMO_SECONDS=1 tools/demo.sh
mkdir -p docs/pictures
cp target/demo/wall.png target/demo/terminal.png docs/pictures/
