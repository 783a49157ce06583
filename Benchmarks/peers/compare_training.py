#!/usr/bin/env python3
"""Quill's training steps beside PyTorch's, alternately in one run, as a Markdown table.

    compare_training.py [--rows 0.8M,10.7M] [--rounds 5] [--minutes 3] [--results FILE]

Every round times each of PyTorch's variants (eager and compile, fp32 and bf16) and both of Quill's number formats once, in turn, so
that a machine that speeds up or slows down does so for all. A ratio is PyTorch's best over Quill's best of the same round; the
table shows the median over the rounds and the range.

Every measurement is kept in the results file as it is made: called again, the program does what is missing, and prints the
table of all that is there. --minutes ends a call after about that time; --rounds 0 prints only. Run it with the Python of an
environment made by setup.sh; torch.compile needs a C++ compiler.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

from programs import run

HERE = Path(__file__).resolve().parent

# The configurations of `quill bench train`: layers, heads, width, context, vocabulary, batch.
CONFIGURATIONS = {
    "20k": (1, 1, 32, 64, 256, 16),
    "70k": (2, 2, 48, 64, 256, 16),
    "0.3M": (3, 3, 96, 64, 256, 16),
    "0.8M": (4, 4, 128, 64, 65, 12),
    "10.7M": (6, 6, 384, 256, 65, 8),
    "13.9M": (6, 6, 384, 256, 8192, 8),
    "10.7M T2048": (6, 6, 384, 2048, 65, 1),
    "124M": (12, 12, 768, 256, 50304, 4),
    "124M T1024": (12, 12, 768, 1024, 50304, 1),
}


def measure(arguments: argparse.Namespace, name: str, variant: str) -> dict:
    """Seconds of a step and bytes of memory; for Quill the share of the measured peak too."""
    program, precision, *mode = variant.split()
    if program == "quill":
        row = run([arguments.quill, "bench", "train", "--model", name, "--precision", precision,
                   "--budget", str(arguments.seconds), "--json"])["rows"][0]
        return {"seconds": row["median_seconds"], "bytes": row["bytes"], "share": row["share"]}
    row = run([sys.executable, str(HERE / "torch_step.py"), *map(str, CONFIGURATIONS[name]), precision, *mode,
               str(arguments.seconds)])
    return {"seconds": row["median_seconds"], "bytes": row["peak_bytes"]}


def load(path: Path) -> list[dict]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def collect(arguments: argparse.Namespace, variants: list[str]) -> None:
    """Measures what is missing, row by row and round by round, and appends each result at once."""
    path = Path(arguments.results)
    done = {(record["name"], record["round"], record["variant"]) for record in load(path)}
    end = time.monotonic() + 60 * arguments.minutes
    for name in arguments.rows.split(","):
        for number in range(arguments.rounds):
            missing = [v for v in variants if (name, number, v) not in done]
            # A round is taken up where it was left; one that is begun is ended, so that its parts stay together.
            if missing and len(missing) == len(variants) and time.monotonic() > end:
                return
            for variant in missing:
                print(f"{name}, round {number + 1}: {variant}", file=sys.stderr, flush=True)
                try:
                    record = measure(arguments, name, variant)
                except RuntimeError as error:
                    print(error, file=sys.stderr)
                    record = {"seconds": None}
                with path.open("a") as file:
                    print(json.dumps({"name": name, "round": number, "variant": variant} | record), file=file)


def table(records: list[dict]) -> str:
    torch = [f"torch {precision} {mode}" for mode in ("eager", "compile") for precision in ("fp32", "bf16")]
    lines = [
        "| model | " + " | ".join(f"PyTorch {v.split()[2]} {v.split()[1]}" for v in torch)
        + " | Quill fp32 | Quill bf16 | best : best | share of the peak | PyTorch resident | Quill planned |",
        "|" + "---|" * 11,
    ]
    for name in CONFIGURATIONS:
        rows = [r for r in records if r["name"] == name and r["seconds"]]
        if not rows:
            continue
        tokens = CONFIGURATIONS[name][3] * CONFIGURATIONS[name][5]
        median = {}
        for variant in {r["variant"] for r in rows}:
            median[variant] = statistics.median(r["seconds"] for r in rows if r["variant"] == variant)

        def speed(variant: str) -> str:
            return f"{tokens / median[variant]:,.0f}" if variant in median else "–"

        def best(program: str) -> str | None:
            return min((v for v in median if v.startswith(program)), key=median.get, default=None)

        def memory(program: str) -> str:
            sizes = [r["bytes"] for r in rows if r["variant"] == best(program)]
            return f"{statistics.median(sizes) / 1e6:,.0f} MB" if sizes else "–"

        ratios = []
        for number in {r["round"] for r in rows}:
            seconds = {p: [r["seconds"] for r in rows if r["round"] == number and r["variant"].startswith(p)]
                       for p in ("torch", "quill")}
            if seconds["torch"] and seconds["quill"]:
                ratios.append(min(seconds["torch"]) / min(seconds["quill"]))
        ratio = f"**{statistics.median(ratios):.2f}** ({min(ratios):.2f}–{max(ratios):.2f}, {len(ratios)})" if ratios else "–"
        shares = [r["share"] for r in rows if r["variant"] == best("quill")]
        share = f"{statistics.median(shares):.0%} {best('quill').split()[1]}" if shares else "–"
        cells = [name, *map(speed, torch), speed("quill fp32"), speed("quill bf16"), ratio, share,
                 memory("torch"), memory("quill")]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quill", default=str(HERE.parents[1] / ".build/release/quill"))
    parser.add_argument("--rows", default=",".join(CONFIGURATIONS), help="names, separated by commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="for each measurement; at least five steps are made")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no round after this time")
    parser.add_argument("--modes", default="eager,compile")
    parser.add_argument("--precisions", default="fp32,bf16")
    parser.add_argument("--results", default="training-peers.jsonl", help="where measurements are kept")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.rows.split(",") if name not in CONFIGURATIONS]
    if unknown:
        parser.error(f"unknown rows {', '.join(unknown)}; choose from {', '.join(CONFIGURATIONS)}")
    precisions = arguments.precisions.split(",")
    variants = [f"quill {p}" for p in precisions]
    variants += [f"torch {p} {mode}" for mode in arguments.modes.split(",") for p in precisions]
    collect(arguments, variants)
    print("Tokens per second, forward + backward + clip + AdamW; best : best is the median over the rounds (range, rounds).\n")
    print(table(load(Path(arguments.results))))


main()
