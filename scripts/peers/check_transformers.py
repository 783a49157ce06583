#!/usr/bin/env python3
"""Holds checkpoint folders against Hugging Face transformers.

    python3 scripts/peers/check_transformers.py [--quill .build/release/quill] [--text FILE] [CHECKPOINT...]

CHECKPOINT is a folder with a config.json: a step of a run, or a published model. Without one, a model of every
family is trained for a few steps in a temporary folder and checked: GPT-2 with and without biases, Llama with
grouped queries, tied and untied, and Qwen3, with tokenizers of every kind. For every folder:

    loading    AutoModelForCausalLM reports no missing, unexpected or mismatched tensor, and is the family's class
    ids        AutoTokenizer encodes the text to the ids that `quill tokenizer encode` gives, and decodes them back
    logits     after prompts of several lengths, all within 1e-3 of Quill's (fp32), and the same most likely token
    greedy     generate(do_sample=False) writes what `quill sample --temperature 0` writes

Ends with status 1 when anything differs.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, logging

LOGIT_TOLERANCE = 1e-3
CLASSES = {"gpt2": "GPT2LMHeadModel", "llama": "LlamaForCausalLM", "qwen3": "Qwen3ForCausalLM"}
TEXT = "Once upon a time, Mara's brother had 12 apples.\n\n  Naïve café — déjà vu! 東京 🙂\tThe end. "
# Every family, with tokenizers of every kind: options of `quill tokenizer train`, settings of `quill train`.
FAMILIES = {
    "gpt2": (["--split", "gpt4"], ["model.family=gpt2", "model.bias=true"]),
    "gpt2-without-bias": (["--kind", "characters"], ["model.family=gpt2", "model.bias=false", "model.tied=false"]),
    "llama": (["--split", "gpt2"], ["model.family=llama", "model.kv_heads=2"]),
    "llama-untied": (["--kind", "bytes"], ["model.family=llama", "model.tied=false"]),
    "qwen3": (["--split", "gpt4"], ["model.family=qwen3", "model.kv_heads=1"]),
}


def quill(arguments, *words, text=None):
    """Runs quill and returns its standard output."""
    command = [arguments.quill, *map(str, words)]
    result = subprocess.run(command, input=text, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with status {result.returncode}: {result.stderr}")
    return result.stdout


def train(arguments, folder):
    """Trains a small model of every family and returns their folders, each with a text to check it on."""
    text = folder / "text.txt"
    if arguments.text:
        text.write_bytes(arguments.text.read_bytes()[:300_000])
    else:
        quill(arguments, "corpus", "tales", "--bytes", "300KB", "--seed", 1, "--output", text)
    checkpoints = []
    for name, (options, settings) in FAMILIES.items():
        tokenizer, corpus = folder / f"{name}.json", folder / f"{name}-corpus"
        size = ["--vocab-size", 512] if "--split" in options else []
        quill(arguments, "tokenizer", "train", text, *size, *options, "--output", tokenizer)
        quill(arguments, "corpus", "pack", text, "--tokenizer", tokenizer, "--output", corpus)
        settings = settings + [
            "model.layers=3", "model.heads=4", "model.width=64", "model.context=64", "train.steps=200",
            "train.batch=8", "train.lr=3e-3", "train.precision=fp32",
        ]
        words = [word for setting in settings for word in ("--set", setting)]
        quill(arguments, "train", "--corpus", corpus, "--output", folder / name, "--quiet", *words)
        checkpoint = sorted(path.parent for path in (folder / name).rglob("config.json"))[-1]
        # Characters that were not in the training text have no ids.
        checkpoints.append((checkpoint, text.read_text()[:4000] if "characters" in options else None))
    return checkpoints


class Check:
    def __init__(self, name):
        self.name = name
        self.failures = 0

    def __call__(self, what, holds, detail=""):
        print(f"  {'ok  ' if holds else 'FAIL'} {what}{': ' if detail else ''}{detail}")
        self.failures += not holds


def check(arguments, folder, text):
    print(folder)
    expect = Check(folder)
    model, report = AutoModelForCausalLM.from_pretrained(
        folder, output_loading_info=True, dtype=torch.float32)
    model.eval()
    expect("loading report is empty", not any(report.values()), str({k: v for k, v in report.items() if v} or ""))
    expect("class", type(model).__name__ == CLASSES[model.config.model_type], type(model).__name__)

    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = tokenizer.encode(text, add_special_tokens=False)
    ours = json.loads(quill(
        arguments, "tokenizer", "encode", "--tokenizer", folder / "tokenizer.json", "--json", "-", text=text))
    expect("ids", ids == ours["ids"], f"{len(ids)} ids")
    expect("decoded text", tokenizer.decode(ids, clean_up_tokenization_spaces=False) == text)

    context = model.config.max_position_embeddings
    worst, same = 0.0, True
    for count in (1, 2, 7, len(text)):
        prompt = text[:count]
        sample = json.loads(quill(
            arguments, "sample", folder, "--prompt", prompt, "--tokens", 1, "--temperature", 0, "--precision", "fp32",
            "--logits", "--json"))
        window = torch.tensor([sample["prompt_ids"][-context:]])
        with torch.no_grad():
            logits = model(window).logits[0, -1]
        found = torch.tensor(sample["logits"])
        worst = max(worst, (found - logits).abs().max().item())
        same &= found.argmax() == logits.argmax()
    expect(f"logits within {LOGIT_TOLERANCE}", worst < LOGIT_TOLERANCE and bool(same), f"largest difference {worst:.2e}")

    prompt = text[:20]
    ids = tokenizer.encode(prompt, add_special_tokens=False)
    count = min(32, context - len(ids))
    with torch.no_grad():
        written = model.generate(
            torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long), max_new_tokens=count,
            do_sample=False, eos_token_id=None, pad_token_id=0)[0, len(ids):].tolist()
    sample = json.loads(quill(
        arguments, "sample", folder, "--prompt", prompt, "--tokens", count, "--temperature", 0, "--precision", "fp32",
        "--ignore-end-of-text", "--json"))
    expect("greedy continuation", written == sample["ids"], repr(sample["text"][:60]))
    return expect.failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quill", default=".build/release/quill")
    parser.add_argument("--text", type=Path, help="a text to train on, to encode and to begin with, instead of stories")
    parser.add_argument("checkpoints", nargs="*", type=Path)
    arguments = parser.parse_args()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    text = arguments.text.read_text()[:4000] if arguments.text else TEXT
    with tempfile.TemporaryDirectory() as folder:
        checkpoints = [(path, None) for path in arguments.checkpoints] or train(arguments, Path(folder))
        failures = sum(check(arguments, checkpoint, own or text) for checkpoint, own in checkpoints)
    print(f"{len(checkpoints)} checkpoints, {failures} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
