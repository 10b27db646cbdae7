#!/usr/bin/env bash
# The main job on real-looking data: one hall with its hub, its wall and its terminal. Everything
# it writes lies under target/demo; everything it starts ends with it.
set -euo pipefail
cd "$(dirname "$0")/.."

out=target/demo
data=$out/data
hall=weining
mkdir -p "$out"

cargo build --release --workspace --exclude gighall-bench --locked
bin=${CARGO_TARGET_DIR:-target}/release

# The listings come in through the same door as in a hall. Running it again changes only what
# changed in the file, so the demo keeps its registrations and claims.
"$bin/gighall-hub" hall set --data "$data/hub" --hall "$hall" --name 威宁县零工市场 \
  --county-code 520526 --hotline 0857-6220000 --address 威宁县草海镇建设东路
"$bin/gighall-hub" import --data "$data/hub" --hall "$hall" assets/demo/listings.xlsx
if [ ! -e "$out/notices-added" ]; then
  while IFS=$'\t' read -r kind title body; do
    "$bin/gighall-hub" notice add --data "$data/hub" --hall "$hall" \
      --kind "$kind" --title "$title" --body "$body" --ticker </dev/null >/dev/null
  done <assets/demo/notices.tsv
  touch "$out/notices-added"
fi
if [ ! -e "$out/events-added" ]; then
  # Days are counted from today: events that are over are shown nowhere.
  while IFS=$'\t' read -r kind days starts ends title place host more; do
    day=$(date -d "+$days days" +%F)
    # shellcheck disable=SC2086 # options, parted by blanks
    "$bin/gighall-hub" event add --data "$data/hub" --hall "$hall" --kind "$kind" --title "$title" \
      --place "$place" --host "$host" --starts "${day}T$starts" --ends "${day}T$ends" $more \
      </dev/null >/dev/null
  done <assets/demo/events.tsv
  touch "$out/events-added"
fi

pids=()
cleanup() {
  trap - EXIT INT TERM
  [ "${#pids[@]}" -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
}
trap cleanup EXIT
trap 'cleanup; exit 0' INT TERM

run=("$bin/gighall-kiosk" run --config kiosk.toml --data "$data")
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  # Someone is watching: ordinary windows that can be moved, until Ctrl-C or a window is closed.
  "${run[@]}" --windowed &
  pids+=($!)
  wait "$!" || true
  exit 0
fi

# No display: one of our own, with a window manager, wide enough for both windows side by side.
echo "no display here: starting Xvfb"
exec {fd}<> <(:)
Xvfb -displayfd "$fd" -nolisten tcp -screen 0 3840x1080x24 2>/dev/null &
pids+=($!)
read -r -t 20 -u "$fd" number
export DISPLAY=:$number
openbox >/dev/null 2>&1 &
pids+=($!)

log=$out/kiosk.log
"${run[@]}" 2>"$log" &
kiosk=$!
pids+=("$kiosk")

# A window is there when it has drawn something that is not the empty screen's black.
for _ in $(seq 100); do
  kill -0 "$kiosk" 2>/dev/null || { cat "$log" >&2; exit 1; }
  import -window root -crop 1920x1080+0+0 +repage "$out/wall.png" 2>/dev/null || true
  import -window root -crop 1920x1080+1920+0 +repage "$out/terminal.png" 2>/dev/null || true
  shades=$(identify -format '%k ' "$out/wall.png" "$out/terminal.png" 2>/dev/null || true)
  read -r wall_shades terminal_shades <<<"${shades:-0 0}"
  [ "${wall_shades:-0}" -gt 16 ] && [ "${terminal_shades:-0}" -gt 16 ] && ready=yes && break
  sleep 0.5
done
[ "${ready:-}" = yes ] || { echo "the windows did not open" >&2; cat "$log" >&2; exit 1; }
# The first jobs arrive within a moment of the windows; the pictures should have them.
sleep 4
import -window root -crop 1920x1080+0+0 +repage "$out/wall.png"
import -window root -crop 1920x1080+1920+0 +repage "$out/terminal.png"

echo "pictures: $PWD/$out/wall.png $PWD/$out/terminal.png"
grep -o 'phones open http[^ ]*' "$log" | tail -1 || true
# Whoever started it without a terminal cannot press Ctrl-C, so it ends by itself in the end.
seconds=${DEMO_SECONDS:-$([ -t 0 ] && echo 0 || echo 600)}
if [ "$seconds" -gt 0 ]; then
  echo "running for $seconds seconds (DEMO_SECONDS); Ctrl-C ends it sooner"
  (sleep "$seconds" && kill "$kiosk") &
  pids+=($!)
else
  echo "running; Ctrl-C ends it"
fi
wait "$kiosk" || true
