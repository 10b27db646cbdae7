#!/usr/bin/env bash
# Draws the demo's map of the hall, assets/demo/hall-map.png.
set -euo pipefail
cd "$(dirname "$0")/.."

bold=$(fc-match -f '%{file}' 'Noto Sans CJK SC:bold')
room() { # x y width height colour label
  printf '%s\n' -fill "$5" -stroke '#9db6ee' -strokewidth 4 \
    -draw "roundrectangle $1,$2 $(($1 + $3)),$(($2 + $4)) 12,12" \
    -stroke none -fill white -pointsize 44 -gravity northwest \
    -annotate "+$(($1 + 24))+$(($2 + 20))" "$6"
}
mapfile -t rooms < <(
  room 40 40 500 300 '#0b3fa8' '1号窗口 登记'
  room 580 40 500 300 '#0b3fa8' '2号窗口 补贴'
  room 1120 40 500 300 '#0b3fa8' '3号窗口 维权'
  room 40 390 760 300 '#1a5c3f' '待工区 饮水 充电'
  room 860 390 760 300 '#6b4a00' '洽谈区'
)
convert -size 1660x780 xc:'#03143f' -font "$bold" "${rooms[@]}" \
  -fill '#ffd84a' -pointsize 44 -gravity south -annotate +0+8 '▲ 大门' \
  -strip -define png:compression-level=9 -colors 64 assets/demo/hall-map.png
