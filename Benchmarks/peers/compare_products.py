#!/usr/bin/env python3
"""Quill's matrix products beside oneDNN's, alternately in one run, with paired ratios as a Markdown table.

    compare_products.py [--quill PATH] [--onednn PATH] [--rounds 3] [--seconds 0.1] [--only TEXT] [--threads N]

The shapes and roles are those of `quill bench gemm`; --only takes those whose name contains a text ("d 384"). Every round
times a shape's products in Quill and right after it in oneDNN. A ratio above 1 means that Quill is faster; the
table shows its median, and its range over the rounds. Build oneDNN's side with build_onednn.sh.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "quill-peers"


def run(command: list[str], text: str = "", **environment: str) -> str:
    result = subprocess.run(command, input=text, capture_output=True, text=True, env=os.environ | environment)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{result.stderr[-2000:]}")
    return result.stdout


def quill(arguments: argparse.Namespace, only: str, seconds: float) -> dict:
    """The result of `quill bench gemm`: its rows that have a counterpart, and the machine."""
    command = [arguments.quill, "bench", "gemm", "--only", only, "--budget", str(2 * seconds), "--json",
               "--threads", str(arguments.threads)]
    result = json.loads(run(command))
    result["rows"] = [row for row in result["rows"] if "OpenBLAS" not in row["name"]]
    return result


def shape_of(row: dict) -> tuple[int, int, int]:
    return int(row["rows"]), int(row["outputs"]), int(row["inputs"])


def onednn(arguments: argparse.Namespace, rows: list[dict]) -> list[float]:
    lines = [" ".join(map(str, (*row["name"].split()[-2:], *shape_of(row)))) for row in rows]
    output = run([arguments.onednn, str(arguments.seconds)], "\n".join(lines), OMP_NUM_THREADS=str(arguments.threads))
    return [float(line) for line in output.split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quill", default=str(HERE.parents[1] / ".build/release/quill"))
    parser.add_argument("--onednn", default=str(CACHE / "onednn_matmul"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.1)
    parser.add_argument("--only", default="")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()

    names = dict.fromkeys(row["name"].rsplit(" ", 2)[0] for row in quill(arguments, arguments.only, 1e-4)["rows"])
    print(f"{arguments.threads} threads, {arguments.rounds} rounds\n")
    print("| product | Quill GFLOP/s | share of the peak | oneDNN GFLOP/s | Quill : oneDNN | range |")
    print("|---|---|---|---|---|---|")
    ratios_by_kind: dict[str, list[float]] = {}
    for name in names:
        rounds: dict[str, list[tuple[float, float, float]]] = {}
        for _ in range(arguments.rounds):
            rows = quill(arguments, name, arguments.seconds)["rows"]
            for row, theirs in zip(rows, onednn(arguments, rows), strict=True):
                operations = 2e-9
                for factor in shape_of(row):
                    operations *= factor
                rounds.setdefault(row["name"], []).append(
                    (row["gflops"], operations / theirs, row["share"]))
        for product, results in rounds.items():
            ratios = sorted(ours / theirs for ours, theirs, _ in results)
            ours, theirs, share = (statistics.median(column) for column in zip(*results))
            ratio = statistics.median(ratios)
            ratios_by_kind.setdefault(" ".join(product.split()[-2:]), []).append(ratio)
            print(f"| {product} | {ours:.0f} | {share:.0%} | {theirs:.0f} | {ratio:.2f} | {ratios[0]:.2f}–{ratios[-1]:.2f} |",
                  flush=True)
    print()
    for kind, ratios in ratios_by_kind.items():
        print(f"{kind}: geometric mean {statistics.geometric_mean(ratios):.2f},"
              f" {sum(ratio >= 1 for ratio in ratios)} of {len(ratios)} at least 1")


main()
