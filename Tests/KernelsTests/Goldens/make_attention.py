"""Writes attention.json: attention within documents, forward and backward, by PyTorch in fp64.

    python3 make_attention.py        # PyTorch 2.15

Two windows of 11 positions, 4 query heads that share 2 key-value heads of 3 channels. The first window holds documents that
begin at 0 (or earlier), 4, 5 and 9; the second one is a single document.
"""

import json
import pathlib

import torch

B, T, H, KV, D = 2, 11, 4, 2, 3
STARTS = [[0] * 4 + [4] + [5] * 4 + [9] * 2, [0] * T]

torch.manual_seed(1)
q, k, v = (torch.randn(B, T, heads, D, dtype=torch.float64, requires_grad=True) for heads in (H, KV, KV))
dy = torch.randn(B, T, H, D, dtype=torch.float64)
starts = torch.tensor(STARTS)
keys, rows = torch.arange(T)[None, None, :], torch.arange(T)[None, :, None]
mask = (keys <= rows) & (keys >= starts[:, :, None])
y = torch.nn.functional.scaled_dot_product_attention(
    q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), attn_mask=mask[:, None], enable_gqa=True
).transpose(1, 2)
y.backward(dy)

numbers = {"q": q, "k": k, "v": v, "dy": dy, "y": y, "dq": q.grad, "dk": k.grad, "dv": v.grad}
result = {"B": B, "T": T, "H": H, "KV": KV, "D": D, "documentStarts": starts.flatten().tolist()}
result |= {name: [float(f"{x:.12g}") for x in tensor.flatten().tolist()] for name, tensor in numbers.items()}
pathlib.Path(__file__).with_name("attention.json").write_text(json.dumps(result) + "\n")
