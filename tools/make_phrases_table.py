#!/usr/bin/env python3
"""Makes assets/pinyin/phrases.tsv: words of two to four characters, most frequent first.

Run by hand when the sources are renewed; the result is kept in the repository.

    python3 -m venv venv && venv/bin/pip install jieba==0.42.1 pypinyin==0.55.0
    venv/bin/python tools/make_phrases_table.py > assets/pinyin/phrases.tsv

A line is the syllables (v for ü), a tab, the word. Lines of one first letter follow one another, so that
the keyboard reads no others, and within a letter the order is that of jieba's frequencies.
"""

import pathlib

import jieba
import pypinyin

SYLLABLES = pathlib.Path(__file__).parent.parent / "assets/pinyin/syllables.tsv"
# More would be rarer than once in a million words of jieba's texts.
WORDS_MOST = 40_000
# v is how nobody says it: where no other syllable is meant, people type u.
ALSO = {"lve": "lve/lue", "nve": "nve/nue"}


def readings():
    """What may be read how: nothing else is offered, and the font shows all of it."""
    known = set()
    for line in SYLLABLES.read_text(encoding="utf-8").splitlines():
        syllable, chars = line.split("\t")
        known.update((char, syllable) for char in chars)
    return known


def main():
    known = readings()
    words = []
    dict_txt = pathlib.Path(jieba.__file__).parent / "dict.txt"
    for line in dict_txt.read_text(encoding="utf-8").splitlines():
        word, count, kind = line.split()
        # Persons (nr, nrt, nrfg): whom papers wrote about is nobody's word.
        if 2 <= len(word) <= 4 and not kind.startswith("nr"):
            words.append((-int(count), word))
    lines = []
    for _, word in sorted(words)[:WORDS_MOST]:
        syllables = pypinyin.lazy_pinyin(word, v_to_u=False)
        if len(syllables) == len(word) and known.issuperset(zip(word, syllables)):
            lines.append((" ".join(ALSO.get(s, s) for s in syllables), word))
    for reading, word in sorted(lines, key=lambda line: line[0][0]):
        print(f"{reading}\t{word}")


main()
