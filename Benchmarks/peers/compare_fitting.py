"""The same fit by scipy: BFGS from Hoffmann's grid of starts, as the replications of Chinchilla do.

    python Benchmarks/peers/compare_fitting.py RUNS.csv [--starts 4500]

RUNS.csv has the columns params, tokens, loss and used. Prints the best objective, its parameters and the seconds it took.
Needs numpy and scipy; quill is timed by `time quill fit RUNS.csv --bootstrap 20`.
"""

import argparse
import csv
import itertools
import time

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

parser = argparse.ArgumentParser()
parser.add_argument("runs")
parser.add_argument("--starts", type=int, default=4500)
options = parser.parse_args()

rows = [row for row in csv.DictReader(open(options.runs)) if float(row.get("used", 1)) != 0]
size, data, loss = (np.log([float(row[key]) for row in rows]) for key in ("params", "tokens", "loss"))


def objective(theta):
    """Sum of Huber losses of ln L, and its gradient."""
    e, a, alpha, b, beta = theta
    terms = np.stack([np.full_like(size, e), a - alpha * size, b - beta * data])
    total = logsumexp(terms, axis=0)
    residual = total - loss
    share = np.exp(terms - total)
    slope = np.clip(residual, -1e-3, 1e-3)
    value = np.where(abs(residual) <= 1e-3, 0.5 * residual**2, 1e-3 * (abs(residual) - 0.5e-3)).sum()
    gradient = [share[0], share[1], -share[1] * size, share[2], -share[2] * data]
    return value, np.array([(slope * part).sum() for part in gradient])


grid = itertools.product(
    np.arange(-1, 1.01, 0.5), np.arange(0, 25.1, 5), np.arange(0, 2.01, 0.5), np.arange(0, 25.1, 5), np.arange(0, 2.01, 0.5)
)
starts = list(grid)
starts = [starts[i] for i in np.linspace(0, len(starts) - 1, min(options.starts, len(starts))).astype(int)]
begin = time.perf_counter()
found = [minimize(objective, start, jac=True, method="BFGS", options={"gtol": 1e-10, "maxiter": 1000}) for start in starts]
seconds = time.perf_counter() - begin
best = min(found, key=lambda result: result.fun)
near = sum(result.fun <= best.fun * (1 + 1e-6) for result in found)
e, a, alpha, b, beta = best.x
print(f"{len(starts)} starts, {seconds:.1f} s, {near} within 1e-6 of the best objective {best.fun:.10g}")
print(f"E {np.exp(e):.4f}  A {np.exp(a):.2f}  alpha {alpha:.4f}  B {np.exp(b):.1f}  beta {beta:.4f}  a {beta / (alpha + beta):.4f}")
