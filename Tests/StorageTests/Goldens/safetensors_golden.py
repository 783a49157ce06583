"""Writes golden.safetensors with the format's own library; SafetensorsTests reads it and writes it again, byte for byte.

    python3 safetensors_golden.py        # safetensors 0.8, torch 2
"""

import torch
from safetensors.torch import save_file

tensors = {
    "float32": torch.tensor([[1.5, -2.0, 0.1], [3.0, float("inf"), -0.0]], dtype=torch.float32),
    "bfloat16": torch.tensor([1.0, -2.5, 3.140625, 1e-3], dtype=torch.bfloat16),
    "float16": torch.tensor([1.0, -2.5, 6e-8, 65504.0], dtype=torch.float16),
    "float64": torch.tensor([0.1, -1e300], dtype=torch.float64),
    "int32": torch.tensor([[1], [-2]], dtype=torch.int32),
    "uint16": torch.tensor([1, 65535, 7], dtype=torch.uint16),
    "uint8": torch.tensor([255], dtype=torch.uint8),
    "empty": torch.zeros((0, 4), dtype=torch.float32),
    "scalar": torch.tensor(2.5, dtype=torch.float32),
    'nämé "quoted"': torch.tensor([True, False]),
}
save_file(tensors, "golden.safetensors", metadata={"format": "pt"})
