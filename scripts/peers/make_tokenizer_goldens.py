#!/usr/bin/env python3
"""Writes Tests/TokenizationTests/Goldens/tokenizers.json: what Hugging Face `tokenizers` does, for the unit tests.

    python3 scripts/peers/make_tokenizer_goldens.py > Tests/TokenizationTests/Goldens/tokenizers.json
"""

import json

import tokenizers
from check_tokenizers import GPT4, peer, random_strings
from tokenizers import Regex, pre_tokenizers

PATTERNS = {
    "gpt2": pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    "gpt4": pre_tokenizers.Split(Regex(GPT4), "isolated"),
}
CHOSEN = [
    "Hello world, it's 2024!",
    "I'll we'VE 'S's 'sabc 'ſx 'l 'LLama don'T",
    "  leading and trailing  ",
    "a  b   c\n\n  d\n \t\ne \r\n\r\nf\n   ",
    "tabs\tand\u00a0hard\u3000spaces \u00a0x",
    "12345 6789 ٣٤٥٦ ²³¼Ⅷ 1a2b",
    "!!! ??? ...\n\n--x 'quoted' (a)\r\n",
    "naïve café e\u0301 \u0301x Ωmega 漢字かな 한국어 हिन्दी",
    "🙂🎉 👩‍💻x 🇩🇪9",
    "\U00010940\ua7ce\U000323b0 unassigned as letters",
    "\u200bzero\ufeffwidth\u180e",
]
TRAINING = (
    "How much wood would a woodchuck chuck, if a woodchuck could chuck wood?\n"
    "It's 2024 now; we'll see 1024 woodchucks. Über-Größe, naïve cafés!\n\n"
    "aaaa aaaaa abababab cabcabcab baobab banana bandana\n"
) * 3


def lengths(pattern, text):
    end = 0
    for _, (start, stop) in PATTERNS[pattern].pre_tokenize_str(text):
        assert start == end
        end = stop
        yield len(text[start:stop].encode())


strings = CHOSEN + list(random_strings(300, seed=7))
trained = {}
for split in PATTERNS:
    tokenizer = peer(split, TRAINING, 600)
    trained[split] = {
        "merges": json.loads(tokenizer.to_str())["model"]["merges"],
        "ids": tokenizer.encode(TRAINING + CHOSEN[0]).ids,
    }
lines = [json.dumps({"text": s, **{p: list(lengths(p, s)) for p in PATTERNS}}) for s in strings]
print("{")
print(f' "made_by": "scripts/peers/make_tokenizer_goldens.py with tokenizers {tokenizers.__version__}",')
print(' "splits": [\n  ' + ",\n  ".join(lines) + "\n ],")
print(f' "training_text": {json.dumps(TRAINING)},')
print(f' "encoded_suffix": {json.dumps(CHOSEN[0])},')
print(f' "trained": {json.dumps(trained)}')
print("}")
