#!/usr/bin/env python3
"""Writes Sources/Tokenization/Splitting/Generated/UnicodeTables.swift: what the peers call a letter, a number and a white space.

The tables are asked of Hugging Face `tokenizers` itself (its Oniguruma engine), one code point at a time, so that the
scanners cut exactly where it cuts, whatever Unicode version the Swift runtime has. About 15 seconds.

    python3 scripts/make_unicode_tables.py > Sources/Tokenization/Splitting/Generated/UnicodeTables.swift
"""

import tokenizers
from tokenizers import Regex, pre_tokenizers


def ranges(pattern):
    split = pre_tokenizers.Split(Regex(pattern), "removed")
    found = []
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000 or split.pre_tokenize_str(chr(code)):
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def array(name, summary, found):
    lines, line = [], "   "
    for low, high in found:
        item = f" 0x{low:X}, 0x{high:X},"
        if len(line) + len(item) > 112:
            lines.append(line)
            line = "   "
        line += item
    lines.append(line)
    count = sum(high - low + 1 for low, high in found)
    body = "\n".join(lines)
    return (
        f"  /// {summary}: {count:,} code points in {len(found)} ranges, first and last of each.\n"
        f"  static let {name}: [UInt32] = [\n{body}\n  ]\n"
    )


print(f"// Made by scripts/make_unicode_tables.py with tokenizers {tokenizers.__version__}. Do not edit.\n")
print("/// The classes of code points as Hugging Face `tokenizers` sees them, pinned.")
print("enum UnicodeTables {")
print(array("letters", r"`\p{L}`", ranges(r"\p{L}")))
print(array("numbers", r"`\p{N}`", ranges(r"\p{N}")))
print(array("whiteSpaces", r"`\s`", ranges(r"\s")), end="")
print("}")
