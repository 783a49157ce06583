#!/usr/bin/env python3
"""Compares Quill's tokenizers with Hugging Face `tokenizers`: merges after training, and ids of files and random text.

    python3 scripts/peers/check_tokenizers.py [--quill .build/debug/quill] [--strings 100000] [--trainings 100] [--seed 1] [TEXT...]

For every text and both split patterns it trains with both programs and compares vocabularies and merges, loads the file
that Quill wrote into `tokenizers`, and compares the ids of every text and of random strings. Characters and bytes are
compared the same way. Ends with status 1 at the first difference, which it prints.
"""

import argparse
import itertools
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

GPT4 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
END_OF_TEXT = "<|endoftext|>"


def peer(split, text, vocabulary_size):
    """The tokenizer that `tokenizers` trains on `text` as one item, the special token last."""
    tokenizer = Tokenizer(models.BPE())
    if split == "gpt2":
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(GPT4), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size - 1,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([text], trainer)
    tokenizer.add_special_tokens([END_OF_TEXT])
    return tokenizer


# What random strings are made of: each draw takes one alphabet, so that runs of every class meet runs of every other.
ALPHABETS = [
    "abcxyzABCXYZ",
    "sStTmMdDrReEvVlLſK",
    "0123456789",
    " ",
    " \t",
    "\n",
    "\r\n",
    "'",
    "'\"!?.,;:-_(){}[]<>|/\\@#$%^&*+=~`",
    "\u00a0\u0085\u2003\u3000\u1680\u2028\u200b\ufeff\u180e",
    "éüñçßøåŁžµªº",
    "\u0301\u0308\u0903\u20dd\u1ab0",
    "абвгдАБВГД",
    "αβγδΩ",
    "漢字語文中國",
    "かなカナｶﾅ",
    "한국어",
    "عربيةאבגד",
    "हिन्दीไทย",
    "²³¹¼½٠١٢०१२Ⅷ①㊿",
    "🙂🎉👩‍💻🇩🇪",
    "\U00010940\ua7ce\U000323b0\U00012345\U0001d7d8",
]


def random_strings(count, seed):
    draw = random.Random(seed)
    for _ in range(count):
        parts = []
        for _ in range(draw.randint(1, 12)):
            if draw.random() < 0.1:
                code = draw.choice([draw.randrange(0x250), draw.randrange(0xD800), draw.randrange(0xE000, 0x110000)])
                parts.append(chr(code))
            else:
                alphabet = draw.choice(ALPHABETS)
                parts += (draw.choice(alphabet) for _ in range(draw.choice([1, 1, 2, 3, 5])))
        yield "".join(parts)


class Quill:
    def __init__(self, program):
        self.program = program

    def run(self, *arguments, text=None):
        return subprocess.run(
            [self.program, "tokenizer", *arguments],
            input=None if text is None else text.encode(),
            stdout=subprocess.PIPE,
            check=True,
        ).stdout

    def train(self, file, *arguments):
        self.run("train", *arguments, "--output", str(file), "--json")

    def encode(self, file, strings):
        lines = "".join(json.dumps(string) + "\n" for string in strings)
        output = self.run("encode", "--tokenizer", str(file), "--lines", "-", text=lines).decode()
        return [[int(field) for field in line.split()] for line in output.split("\n")[:-1]]


def fail(*message):
    print("DIFFERENT:", *message)
    sys.exit(1)


def compare_ids(quill, file, loaded, strings, what):
    found = quill.encode(file, strings)
    if len(found) != len(strings):
        fail(what, f"{len(found)} answers to {len(strings)} strings")
    for string, ours, encoding in zip(strings, found, loaded.encode_batch(strings, add_special_tokens=False)):
        if ours != encoding.ids:
            first = next(i for i, (a, b) in enumerate(itertools.zip_longest(ours, encoding.ids)) if a != b)
            fail(what, f"{string[:200]!r} at token {first}: {ours[first:first + 8]} {encoding.ids[first:first + 8]}")


def compare_training(file, theirs):
    ours = json.loads(file.read_text())["model"]
    theirs = json.loads(theirs.to_str())["model"]
    ours["vocab"].pop(END_OF_TEXT)
    for i, (a, b) in enumerate(itertools.zip_longest(ours["merges"], theirs["merges"])):
        if a != b:
            fail(file.name, f"merge {i}: {a} {b}")
    if ours["vocab"] != theirs["vocab"]:
        fail(file.name, "vocabularies differ")


def check_trainings(quill, folder, count, seed):
    """Texts of few letters, trained until no pair is left: ties, overlaps, and one token from two different pairs."""
    draw = random.Random(seed)
    for number in range(count):
        letters = draw.choice(["ab", "abc", "aab", "abcd ", "ab \n", "aé🙂 "])
        text = "".join(draw.choice(letters) for _ in range(draw.choice([20, 200, 2000])))
        path, file = folder / "text.txt", folder / f"training-{number}-seed-{seed}.json"
        path.write_text(text, newline="")
        split = draw.choice(["gpt2", "gpt4"])
        size = draw.choice([300, 600, 5000])
        quill.train(file, str(path), "--split", split, "--vocab-size", str(size))
        compare_training(file, peer(split, text, size))
    print(f"same: {count} trainings on random texts", flush=True)


def check(quill, folder, path, fuzz, kinds):
    text = path.read_bytes().decode()
    for kind, split, size in kinds:
        file = folder / f"{path.stem}-{kind}-{split}-{size}.json"
        arguments = [str(path), "--kind", kind]
        if kind == "bpe":
            arguments += ["--split", split, "--vocab-size", str(size)]
        quill.train(file, *arguments)
        loaded = Tokenizer.from_file(str(file))
        if kind == "bpe":
            compare_training(file, peer(split, text, size))
        compare_ids(quill, file, loaded, [text], f"{file.name}, whole text")
        compare_ids(quill, file, loaded, fuzz, f"{file.name}, random strings")
        print(f"same: {file.name}: {loaded.get_vocab_size()} ids; whole text; {len(fuzz)} random strings", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="*", type=Path)
    parser.add_argument("--quill", default=".build/debug/quill")
    parser.add_argument("--strings", type=int, default=100_000)
    parser.add_argument("--trainings", type=int, default=100)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1024, 8192])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    fuzz = list(random_strings(options.strings, options.seed))
    kinds = [("bpe", split, size) for split in ("gpt2", "gpt4") for size in options.sizes]
    kinds += [("characters", "", ""), ("bytes", "", "")]
    with tempfile.TemporaryDirectory() as folder:
        check_trainings(Quill(options.quill), Path(folder), options.trainings, options.seed)
        for path in options.texts:
            check(Quill(options.quill), Path(folder), path, fuzz, kinds)


if __name__ == "__main__":
    main()
