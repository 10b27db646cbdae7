#!/usr/bin/env bash
# The pictures in README.md and docs/pictures.md: the demo's windows as its own display shows them, and
# every scene of the wall and every screen of the terminal at every size, in sheets.
set -euo pipefail
cd "$(dirname "$0")/.."
drawn=target/pictures
kept=docs/pictures

env -u DISPLAY -u WAYLAND_DISPLAY DEMO_SECONDS=1 tools/demo.sh
rm -f "$drawn"/wall-* "$drawn"/terminal_* "$drawn"/staff_*
cargo test --workspace --locked --test wall --test terminal pictures::
rm -rf "$kept"
mkdir -p "$kept"
cp target/demo/wall.png target/demo/terminal.png "$kept/"

# sheet NAME PREFIX COLUMNS WIDTH: the pictures whose names begin like that, small and side by side, each
# with the rest of its name. As WebP: the sheets lie in the repository.
sheet() {
    local arguments=() picture name
    for picture in "$drawn/$2"*.png; do
        name=${picture#"$drawn/$2"}
        # Those are other shapes, with sheets of their own.
        case $name in large_* | en_*) continue ;; esac
        # Made small as it is read: eighty whole screens are more than ImageMagick keeps.
        arguments+=(-label "${name%.png}" "$picture[$4x]")
    done
    montage -font Noto-Sans-CJK-SC -pointsize 16 -background '#dddddd' "${arguments[@]}" \
        -tile "$3x" -geometry "$4x+6+6" -quality 40 -define webp:method=6 "$kept/$1.webp"
}

{
    echo '# Pictures'
    echo
    echo 'Made by `make pictures`; not edited by hand.'
} > docs/pictures.md

# chapter TITLE
chapter() { printf '\n## %s\n' "$1" >> docs/pictures.md; }

# show NAME PREFIX COLUMNS WIDTH WORDS
show() {
    sheet "$1" "$2" "$3" "$4"
    printf '\n%s\n\n![%s](pictures/%s.webp)\n' "$5" "$5" "$1" >> docs/pictures.md
}

chapter 'The wall: every scene'
for size in 1920x1080 1366x768 1080x1920 3840x1080 1920x384 1536x192 768x256 320x160 288x144; do
    case $size in
        1080x1920) columns=7 width=300 ;;
        3840x1080 | 1920x384 | 1536x192) columns=2 width=960 ;;
        320x160 | 288x144) columns=5 width=${size%x*} ;;
        *) columns=4 width=480 ;;
    esac
    show "wall_$size" "wall-$size-" "$columns" "$width" "$size pixels"
done
show wall_en wall-en- 4 480 '1366x768 pixels, English'
show wall_themes wall-theme- 4 480 'Themes, a hall'"'"'s own colours, dimmed'

# shapes PREFIX COLUMNS_UPRIGHT COLUMNS SHAPE...: a sheet for each panel, type and language.
shapes() {
    local prefix=$1 upright=$2 across=$3 shape columns width words
    for shape in "${@:4}"; do
        case $shape in
            1080*) columns=$upright width=$((2000 / upright)) ;;
            *) columns=$across width=$((2040 / across)) ;;
        esac
        words="${shape%%_*} pixels"
        case $shape in *_en*) words+=', English' ;; esac
        case $shape in *_large) words+=', large type' ;; esac
        show "${prefix}_$shape" "${prefix}_${shape}_" "$columns" "$width" "$words"
    done
}
# As in tests/terminal/shapes.rs.
every=(1920x1080 1920x1080_large 1920x1080_en 1920x1080_en_large 1080x1920 1080x1920_large 1080x1920_en
    1080x1920_en_large 1366x768 1366x768_en)

chapter 'The terminal: every screen'
shapes terminal 10 6 "${every[@]}"

chapter 'The staff menu'
shapes staff 8 5 "${every[@]}"
