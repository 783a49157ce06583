"""Writes optimizers.json: five steps of PyTorch's AdamW and SGD on 80 numbers, with gradient clipping.

    python3 make_optimizers.py        # PyTorch 2.15

Parameters 0-47 are a matrix and decay, 48-79 are a bias and do not. Gradients are 0.1 * step * sin(1 + i + 7 * step);
their global norm is clipped at 0.5.
"""

import json
import math
import pathlib

import torch

STEPS, LIMIT = 5, 0.5
RATES = [1e-3, 2e-2, 1e-2, 5e-3, 1e-3]


def run(make):
    matrix = torch.nn.Parameter(torch.tensor([math.cos(i) for i in range(48)], dtype=torch.float32).reshape(6, 8))
    bias = torch.nn.Parameter(torch.tensor([math.cos(i) for i in range(48, 80)], dtype=torch.float32))
    optimizer = make(matrix, bias)
    norms = []
    for step in range(STEPS):
        values = torch.tensor([0.1 * (step + 1) * math.sin(1 + i + 7 * step) for i in range(80)], dtype=torch.float32)
        matrix.grad, bias.grad = values[:48].reshape(6, 8).clone(), values[48:].clone()
        norms.append(torch.nn.utils.clip_grad_norm_([matrix, bias], LIMIT).item())
        for group in optimizer.param_groups:
            group["lr"] = RATES[step]
        optimizer.step()
    return {"norms": norms, "parameters": torch.cat([matrix.flatten(), bias]).tolist()}


def adamw(matrix, bias):
    groups = [{"params": [matrix], "weight_decay": 0.1}, {"params": [bias], "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, betas=(0.9, 0.99), eps=1e-8)


def sgd(matrix, bias):
    return torch.optim.SGD([matrix, bias], lr=1.0, momentum=0.9)


result = {"rates": RATES, "limit": LIMIT, "adamw": run(adamw), "sgd": run(sgd)}
pathlib.Path(__file__).with_name("optimizers.json").write_text(json.dumps(result) + "\n")
