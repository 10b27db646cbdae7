#!/usr/bin/env python3
"""Makes assets/pinyin/syllables.tsv: for each syllable its characters, most frequent first.

Run by hand when the sources are renewed; the result is kept in the repository.

    fc-query -i 0 --format '%{charset}' NotoSansCJK-Regular.ttc > charset
    make_pinyin_table.py DICT_TXT PINYIN_DICT_JSON SURNAMES charset > syllables.tsv

DICT_TXT          dict.txt of jieba (MIT): word, frequency, part of speech
PINYIN_DICT_JSON  pinyin_dict.json of pypinyin (MIT): code point -> readings, commonest first
SURNAMES          assets/pinyin/surnames.tsv: how a surname is read where that differs
charset           what the shipped font can show; nothing else is offered
"""

import collections
import json
import sys
import unicodedata


def read_charset(path):
    """Ranges of code points as fc-query prints them: `4e00-9fef 2b695 ...`."""
    ranges = []
    with open(path, encoding="ascii") as file:
        for part in file.read().split():
            first, _, last = part.partition("-")
            ranges.append((int(first, 16), int(last or first, 16)))
    return ranges


def plain(reading):
    """nǚ -> nv: tones off, the keyboard's v for ü."""
    decomposed = unicodedata.normalize("NFD", reading.strip())
    letters = []
    for mark in decomposed:
        if mark == "\u0308" and letters and letters[-1] == "u":
            letters[-1] = "v"
        elif mark == "\u0302" and letters and letters[-1] == "e":
            pass
        elif mark.isascii() and mark.isalpha():
            letters.append(mark)
    return "".join(letters)


def main():
    dict_txt, pinyin_json, surnames_txt, charset = sys.argv[1:5]
    ranges = read_charset(charset)
    frequency = collections.Counter()
    with open(dict_txt, encoding="utf-8") as lines:
        for line in lines:
            word, count, *_ = line.split(" ")
            for char in word:
                # A character of a word counts less than the character by itself, or endings
                # such as those of place names would crowd out what people type.
                frequency[char] += int(count) if len(word) == 1 else int(count) / len(word)
    by_syllable = collections.defaultdict(dict)
    with open(pinyin_json, encoding="utf-8") as file:
        for code, readings in json.load(file).items():
            char = chr(int(code))
            if not any(first <= ord(char) <= last for first, last in ranges):
                continue
            for place, reading in enumerate(readings.split(",")):
                syllable = plain(reading)
                if not 1 <= len(syllable) <= 6 or not any(v in syllable for v in "aeiouv"):
                    continue
                # A reading that is not the commonest one is reached too, further back.
                weight = frequency[char] / (1, 8, 40, 200)[min(place, 3)]
                old = by_syllable[syllable].get(char, -1)
                by_syllable[syllable][char] = max(old, weight)
    with open(surnames_txt, encoding="utf-8") as lines:
        for line in lines:
            syllable, chars = line.rstrip("\n").split("\t")
            if " " in syllable:
                continue
            for char in chars:
                by_syllable[syllable].setdefault(char, frequency[char] / 40)
    for syllable in sorted(by_syllable):
        chars = by_syllable[syllable]
        ordered = sorted(chars, key=lambda c: (-chars[c], ord(c)))
        print(f"{syllable}\t{''.join(ordered)}")


main()
