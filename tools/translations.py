#!/usr/bin/env python3
"""Brings lang/*/LC_MESSAGES/gighall-ui.po up to what ui/ says.

    tools/translations.py            add what is missing, drop what is gone, say what has no words
    tools/translations.py --check    change nothing; fail if anything is missing
    tools/translations.py --words LANG FILE.tsv
                                     take words from a table first: text, tab, translation

A text that is translated already under another component is translated alike. English is the
source language: its file only has to be there.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
STRING = r'"((?:[^"\\]|\\.)*)"'
FOUND = re.compile(
    r"(?:^|\n)(?:export\s+)?(?:component|global)\s+([\w-]+)"
    rf"|@tr\(\s*(?:{STRING}\s*=>\s*)?{STRING}(?:\s*\|\s*{STRING})?"
)
FORMS = {"zh-CN": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}


def texts():
    """(context, text, plural or None) of every @tr, and the file it is in."""
    found = {}
    for path in sorted((ROOT / "ui").rglob("*.slint")):
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
    """(context, text) -> translation of a file that this tool wrote."""
    known = {}
    if path.exists():
        entry = re.compile(
            rf"msgctxt {STRING}\nmsgid {STRING}\n(?:msgid_plural {STRING}\n)?msgstr(?:\[0\])? {STRING}"
        )
        for match in entry.finditer(path.read_text(encoding="utf-8")):
            if match[4]:
                known[(match[1], match[2])] = match[4]
    return known


def write(path, language, found, known):
    lines = [
        'msgid ""',
        'msgstr ""',
        '"Content-Type: text/plain; charset=UTF-8\\n"',
        f'"Language: {language}\\n"',
        f'"Plural-Forms: {FORMS[language]}\\n"',
    ]
    for (context, text), (plural, places) in found.items():
        words = known.get((context, text), "")
        lines += ["", "#: " + " ".join(sorted(set(places))), f'msgctxt "{context}"', f'msgid "{text}"']
        if plural is None:
            lines.append(f'msgstr "{words}"')
        else:
            lines += [f'msgid_plural "{plural}"', f'msgstr[0] "{words}"']
            if language == "en":
                lines.append(f'msgstr[1] "{plural}"')
    path.parent.mkdir(parents=True, exist_ok=True)
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
                table[text] = words
    found, missing = texts(), 0
    for language in FORMS:
        path = ROOT / "lang" / language / "LC_MESSAGES" / "gighall-ui.po"
        known = read(path)
        by_text = {text: words for (_, text), words in known.items()}
        for context, text in found:
            if language == "en":
                known[(context, text)] = text
            elif (context, text) not in known:
                words = table.get(text) if table_language == language else None
                words = words or by_text.get(text)
                if words:
                    known[(context, text)] = words
                else:
                    missing += 1
                    print(f"{language}: {context}: {text}")
        if not check:
            write(path, language, found, known)
    return 1 if check and missing else 0


sys.exit(main())
