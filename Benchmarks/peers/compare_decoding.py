#!/usr/bin/env python3
"""Quill's generation beside llama.cpp's, alternately in one run, as a Markdown table.

    compare_decoding.py [--rows 0.8M,13.9M,110M] [--rounds 5] [--threads 2] [--prompt 400] [--tokens 128]

For every model a GGUF file of random weights in the shape of `quill bench decode` is written into a temporary folder, once in
bf16 and once in q8_0. Every round runs llama.cpp (PyPI: xllamacpp) and Quill in turn at the same width of weights: a prompt of
400 tokens, then tokens one by one, greedily, batch 1, the prompt not cached. A ratio is Quill's rate over llama.cpp's of the
same round; the table shows medians over the rounds and the range. llama.cpp's rates are those it reports itself, without HTTP.

Run it with the Python of an environment made by setup.sh.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from programs import run

# The Llama configurations of `quill bench decode`: layers, heads, width, inner, vocabulary.
CONFIGURATIONS = {
    "0.8M": (4, 4, 128, 352, 65),
    "10.7M": (6, 6, 384, 1024, 65),
    "13.9M": (6, 6, 384, 1024, 8192),
    "110M": (12, 12, 768, 2048, 32768),
}
CONTEXT = 1024
# llama.cpp's name of the format, and Quill's of the same width.
FORMATS = {"bf16": "bf16", "q8_0": "int8"}


def write_gguf(path: Path, name: str, form: str) -> None:
    import gguf
    import numpy

    layers, heads, width, inner, vocabulary = CONFIGURATIONS[name]
    random = numpy.random.default_rng(1)
    kind = {"bf16": gguf.GGMLQuantizationType.BF16, "q8_0": gguf.GGMLQuantizationType.Q8_0}[form]
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // heads)
    writer.add_vocab_size(vocabulary)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([f"t{i}" for i in range(vocabulary)])
    writer.add_token_merges(["t 0"])

    def matrix(key: str, outputs: int, inputs: int) -> None:
        values = random.normal(0, 0.02, (outputs, inputs)).astype(numpy.float32)
        writer.add_tensor(key, gguf.quants.quantize(values, kind), raw_dtype=kind)

    def ones(key: str) -> None:
        writer.add_tensor(key, numpy.ones(width, numpy.float32))

    matrix("token_embd.weight", vocabulary, width)
    for layer in range(layers):
        block = f"blk.{layer}."
        ones(block + "attn_norm.weight")
        ones(block + "ffn_norm.weight")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            matrix(f"{block}{part}.weight", width, width)
        matrix(block + "ffn_gate.weight", inner, width)
        matrix(block + "ffn_up.weight", inner, width)
        matrix(block + "ffn_down.weight", width, inner)
    ones("output_norm.weight")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def run_llama(path: str, threads: int, prompt: int, tokens: int, vocabulary: int) -> dict:
    """One prompt and its continuation; called in a process of its own."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = path
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    parameters.warmup = True
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.endpoint_metrics = False
    server = xllamacpp.Server(parameters)
    request = {
        "prompt": [i * 7919 % vocabulary for i in range(prompt)], "n_predict": tokens, "temperature": 0,
        "ignore_eos": True, "cache_prompt": False, "samplers": ["temperature"], "stream": False,
    }
    best = {"prompt_per_second": 0.0, "predicted_per_second": 0.0}
    for _ in range(3):
        timings = server.handle_completions(request)["timings"]
        assert timings["prompt_n"] == prompt and timings["predicted_n"] == tokens, timings
        for key in best:
            best[key] = max(best[key], timings[key])
    return best


def measure_quill(arguments: argparse.Namespace, name: str, weights: str) -> dict:
    rows = run([arguments.quill, "bench", "decode", "--model", name, "--weights", weights, "--threads",
                str(arguments.threads), "--budget", str(arguments.seconds), "--json"])["rows"]

    def row(kind: str) -> dict:
        # The last: with one thread there are no others, with several the first rows are those of one.
        return [row for row in rows if f" {kind}, {arguments.threads} thread" in row["name"]][-1]

    return {
        "prompt_per_second": row("prompt")["tokens_per_second"],
        "predicted_per_second": row("decode")["tokens_per_second"], "share": row("decode")["share"],
        "texts_per_second": row("8 texts")["tokens_per_second"],
    }


def ratio(pairs: list[tuple[float, float]]) -> str:
    ratios = sorted(ours / theirs for ours, theirs in pairs)
    return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="0.8M,13.9M,110M")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--prompt", type=int, default=400)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--quill", default=".build/release/quill")
    parser.add_argument("--llama", nargs=2, metavar=("FILE", "VOCABULARY"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.llama:
        path, vocabulary = arguments.llama
        print(json.dumps(run_llama(path, arguments.threads, arguments.prompt, arguments.tokens, int(vocabulary))))
        return

    print("| model | weights | llama.cpp tokens/s | Quill tokens/s | ratio | share of bandwidth | 8 texts | "
          "prompt: llama.cpp | Quill | ratio |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.rows.split(","):
            for form, weights in FORMATS.items():
                path = Path(folder) / f"{name}-{form}.gguf"
                write_gguf(path, name, form)
                pairs = []
                for number in range(arguments.rounds):
                    print(f"{name} {form}, round {number + 1}", file=sys.stderr, flush=True)
                    theirs = run([sys.executable, __file__, "--threads", str(arguments.threads), "--prompt",
                                  str(arguments.prompt), "--tokens", str(arguments.tokens), "--llama", str(path),
                                  str(CONFIGURATIONS[name][4])])
                    pairs.append((measure_quill(arguments, name, weights), theirs))
                path.unlink()

                def median(side: int, key: str) -> float:
                    return statistics.median(pair[side][key] for pair in pairs)

                def pair(key: str) -> str:
                    return ratio([(ours[key], theirs[key]) for ours, theirs in pairs])

                print(
                    f"| {name} | {form}, {weights} | {median(1, 'predicted_per_second'):,.0f} | "
                    f"{median(0, 'predicted_per_second'):,.0f} | {pair('predicted_per_second')} | "
                    f"{median(0, 'share'):.0%} | {median(0, 'texts_per_second'):,.0f} | "
                    f"{median(1, 'prompt_per_second'):,.0f} | {median(0, 'prompt_per_second'):,.0f} | "
                    f"{pair('prompt_per_second')} |", flush=True)


if __name__ == "__main__":
    main()
