#!/usr/bin/env python3
"""Brings lang/*/LC_MESSAGES/gighall-ui.po up to what ui/ says.

    tools/translations.py            add what is missing, drop what is gone, say what has no words
    tools/translations.py --check    change nothing; fail if anything is missing in Chinese
    tools/translations.py --words LANG FILE.tsv
                                     take words from a table first: text, tab, translation

A text that is translated already under another component is translated alike. English is the
source language: its file only has to be there. Every folder of lang/ is a language. Chinese has to be
complete; what another language lacks is said, and its screens say it in English.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMPLETE = "zh-CN"
STRING = r'"((?:[^"\\]|\\.)*)"'
FOUND = re.compile(
    r"(?:^|\n)(?:export\s+)?(?:component|global)\s+([\w-]+)"
    rf"|@tr\(\s*(?:{STRING}\s*=>\s*)?{STRING}(?:\s*\|\s*{STRING})?"
)
ENTRY = re.compile(
    rf"msgctxt {STRING}\nmsgid {STRING}\n(?:msgid_plural {STRING}\n)?((?:msgstr(?:\[\d+\])? {STRING}(?:\n|$))+)"
)


def texts():
    """(context, text, plural or None) of every @tr, and the file it is in."""
    found = {}
    for path in sorted((ROOT / "ui").rglob("*.slint")):
        if "tests" in path.parts:
            continue
        source = re.sub(r"(?m)^\s*//.*$", "", path.read_text(encoding="utf-8"))
        component = ""
        for match in FOUND.finditer(source):
            if match[1]:
                component = match[1]
            else:
                key = (match[2] if match[2] is not None else component, match[3])
                plural, places = found.setdefault(key, (match[4], []))
                places.append(str(path.relative_to(ROOT)))
    return found


def read(path):
    """The header's lines, and (context, text) -> translations (one, or one for each plural form)."""
    whole = path.read_text(encoding="utf-8")
    header = whole.split("\n\n", 1)[0].strip().splitlines()
    known = {}
    for match in ENTRY.finditer(whole):
        words = re.findall(rf"msgstr(?:\[\d+\])? {STRING}", match[4])
        if all(words):
            known[(match[1], match[2])] = words
    return header, known


def forms(path, header):
    """How many plural forms the language has."""
    count = re.search(r"nplurals=(\d+)", "\n".join(header))
    if not count:
        sys.exit(f'{path}: the header needs a line "Plural-Forms: nplurals=...; plural=...;\\n"')
    return int(count[1])


def write(path, header, count, found, known):
    lines = list(header)
    for (context, text), (plural, places) in found.items():
        words = known.get((context, text), [])
        lines += ["", "#: " + " ".join(sorted(set(places))), f'msgctxt "{context}"', f'msgid "{text}"']
        if plural is None:
            lines.append(f'msgstr "{words[0] if words else ""}"')
        else:
            lines.append(f'msgid_plural "{plural}"')
            for form in range(count):
                lines.append(f'msgstr[{form}] "{words[min(form, len(words) - 1)] if words else ""}"')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    check = "--check" in sys.argv
    table, table_language = {}, None
    if "--words" in sys.argv:
        place = sys.argv.index("--words")
        table_language = sys.argv[place + 1]
        for line in pathlib.Path(sys.argv[place + 2]).read_text(encoding="utf-8").splitlines():
            if "\t" in line:
                text, words = line.split("\t", 1)
                table[text] = [words]
    found, failed = texts(), False
    for path in sorted((ROOT / "lang").glob("*/LC_MESSAGES/gighall-ui.po")):
        language = path.parent.parent.name
        header, known = read(path)
        count, missing = forms(path, header), 0
        by_text = {text: words for (_, text), words in known.items()}
        for (context, text), (plural, _) in found.items():
            if language == "en":
                known[(context, text)] = [text] if plural is None else [text, plural]
            elif (context, text) not in known:
                words = table.get(text) if table_language == language else None
                words = words or by_text.get(text)
                if words:
                    known[(context, text)] = words
                else:
                    missing += 1
                    print(f"{language}: {context}: {text}")
        if missing:
            print(f"{language}: {missing} of {len(found)} texts are missing")
        failed = failed or (missing and language == COMPLETE)
        if not check:
            write(path, header, count, found, known)
    return 1 if check and failed else 0


sys.exit(main())
