#!/usr/bin/env python3
"""Makes assets/pinyin/given_names.tsv: for each syllable the characters of given names, commonest first.

Run by hand when the sources are renewed; the result is kept in the repository.

    make_given_names_table.py DICT_TXT PINYIN_DICT_JSON SURNAMES SYLLABLES > given_names.tsv

DICT_TXT          dict.txt of jieba (MIT): its words that are tagged as persons (nr)
PINYIN_DICT_JSON  pinyin_dict.json of pypinyin (MIT): code point -> readings, commonest first
SURNAMES          assets/pinyin/surnames.tsv: what a name of a person here begins with
SYLLABLES         assets/pinyin/syllables.tsv: nothing is offered that is not there
"""

import collections
import json
import sys
import unicodedata

# A character of fewer names than this is left to the order of common words.
NAMES_LEAST = 5


def plain(reading):
    """nǚ -> nv: tones off, the keyboard's v for ü."""
    decomposed = unicodedata.normalize("NFD", reading.strip()).replace("u\u0308", "v")
    return "".join(mark for mark in decomposed if mark.isascii() and mark.isalpha())


def rows(path):
    with open(path, encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines]


def main():
    dict_txt, pinyin_json, surnames_txt, syllables_txt = sys.argv[1:5]
    surnames = {char for syllable, chars in rows(surnames_txt) if " " not in syllable for char in chars}
    names = collections.Counter()
    with open(dict_txt, encoding="utf-8") as lines:
        for line in lines:
            word, _, kind = line.split()
            # Each name counts once: how often papers wrote it says who is famous.
            if kind == "nr" and 2 <= len(word) <= 3 and word[0] in surnames:
                names.update(set(word[1:]))
    with open(pinyin_json, encoding="utf-8") as file:
        readings = json.load(file)
    for syllable, chars in rows(syllables_txt):
        def weight(char):
            known = [plain(reading) for reading in readings.get(str(ord(char)), "").split(",")]
            place = known.index(syllable) if syllable in known else len(known)
            return names[char] / (1, 8, 40, 200)[min(place, 3)]

        common = [char for char in chars if weight(char) >= NAMES_LEAST]
        if common:
            print(f"{syllable}\t{''.join(sorted(common, key=lambda char: -weight(char)))}")


main()
