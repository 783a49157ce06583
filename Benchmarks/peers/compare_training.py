#!/usr/bin/env python3
"""Quill's training steps beside PyTorch's, alternately in one run, with paired ratios.

    compare_training.py [--quill PATH] [--rounds 5] [--seconds 3] [--modes eager,compile] [CONFIGURATION ...]

Every round times each of PyTorch's variants and both of Quill's number formats once, in turn, so that a machine that
speeds up or slows down does so for all. A ratio is PyTorch's best median over Quill's best of the same round; the
median and the range over the rounds are printed. Run it with the Python of an environment made by setup.sh.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

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


def run(command: list[str]) -> dict:
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
    result = subprocess.run(command, capture_output=True, text=True, env=environment)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{result.stderr[-2000:]}")
    return json.loads(result.stdout.strip().splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quill", default=str(HERE.parents[1] / ".build/release/quill"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--modes", default="eager,compile")
    parser.add_argument("--precisions", default="fp32,bf16")
    parser.add_argument("configurations", nargs="*", default=["0.8M", "10.7M", "13.9M"])
    arguments = parser.parse_args()
    precisions = arguments.precisions.split(",")
    for name in arguments.configurations:
        shape = CONFIGURATIONS[name]
        tokens = shape[3] * shape[5]
        rounds: dict[str, list[float]] = {}
        ratios = []
        memory: dict[str, float] = {}
        for _ in range(arguments.rounds):
            peers, ours = [], []
            for precision in precisions:
                row = run(
                    [arguments.quill, "bench", "train", "--model", name, "--precision", precision,
                     "--budget", str(arguments.seconds), "--json"]
                )["rows"][0]
                ours.append(row["median_seconds"])
                rounds.setdefault(f"quill {precision}", []).append(row["median_seconds"])
                memory[f"quill {precision}"] = row["bytes"]
                for mode in arguments.modes.split(","):
                    result = run(
                        [sys.executable, str(HERE / "torch_step.py"), *map(str, shape), precision, mode,
                         str(arguments.seconds)]
                    )
                    peers.append(result["median_seconds"])
                    rounds.setdefault(f"torch {precision} {mode}", []).append(result["median_seconds"])
                    memory[f"torch {precision} {mode}"] = result["peak_bytes"]
            ratios.append(min(peers) / min(ours))
        print(f"\n{name}: layers, heads, width, context, vocabulary, batch = {shape}")
        for variant, seconds in rounds.items():
            print(
                f"  {variant:22} {1e3 * statistics.median(seconds):10.2f} ms"
                f" {tokens / statistics.median(seconds):12,.0f} tokens/s {memory[variant] / 1e6:10,.0f} MB"
            )
        print(
            f"  best against best: {statistics.median(ratios):.2f}x"
            f" ({min(ratios):.2f} to {max(ratios):.2f} over {len(ratios)} rounds)"
        )


main()
