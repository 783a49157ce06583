#!/usr/bin/env python3
"""Writes tiny Hugging Face checkpoints and what PyTorch computes with them.

    python3 Tests/TransformerTests/Goldens/make_goldens.py

For every family, a folder beside this script holds a checkpoint as `save_pretrained` writes it (config.json,
model.safetensors) and golden.safetensors:

    inputs      (B, T) int32         token ids
    targets     (B, T) int32         token ids; -1 where a position does not count
    logits      (B, T, V) float32
    losses      (B, T) float32       nats; 0 where a position does not count
    loss        (1) float32          the mean over counted positions
    gradient.N  float32              d loss / d N for every tensor N of model.safetensors, in its shape
    greedy      (8) int32            the greedy continuation of the first three inputs of window 0

The weights are of order one, so that no gradient is negligible. Everything is computed in float64 and rounded to float32
at the end, except where transformers itself computes in float32 (rotary tables, RMSNorm), so a correct fp64
implementation agrees to about 1e-6 of a tensor's largest element.

Made with torch 2.15.0 and transformers 5.23.0.
"""

import json
import math
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import (
    GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, Qwen3Config, Qwen3ForCausalLM,
)

HERE = Path(__file__).resolve().parent
WINDOWS, LENGTH = 2, 9


def gpt2(tied, width=24, heads=3):
    return GPT2LMHeadModel(GPT2Config(
        vocab_size=37, n_positions=11, n_embd=width, n_layer=2, n_head=heads, n_inner=40,
        activation_function="gelu_new", layer_norm_epsilon=1e-5, tie_word_embeddings=tied,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=0, eos_token_id=0))


def llama(tied, heads=4, key_value_heads=2):
    return LlamaForCausalLM(LlamaConfig(
        vocab_size=37, max_position_embeddings=11, hidden_size=24, num_hidden_layers=2, intermediate_size=37,
        num_attention_heads=heads, num_key_value_heads=key_value_heads, rms_norm_eps=1e-5, rope_theta=10000.0,
        tie_word_embeddings=tied, attention_bias=False, mlp_bias=False, bos_token_id=0, eos_token_id=0))


def qwen3(tied, heads=4, key_value_heads=1):
    return Qwen3ForCausalLM(Qwen3Config(
        vocab_size=37, max_position_embeddings=11, hidden_size=24, num_hidden_layers=2, intermediate_size=29,
        num_attention_heads=heads, num_key_value_heads=key_value_heads, head_dim=24 // heads, rms_norm_eps=1e-6,
        rope_theta=1000000.0, tie_word_embeddings=tied, attention_bias=False, bos_token_id=0, eos_token_id=0))


CASES = {
    "gpt2-tied": lambda: gpt2(True),
    "gpt2-untied": lambda: gpt2(False, width=20, heads=4),
    "gpt2-without-bias": lambda: gpt2(True),
    "llama-tied": lambda: llama(True),
    "llama-untied-one-head-group": lambda: llama(False, heads=2, key_value_heads=2),
    "qwen3-tied": lambda: qwen3(True),
    "qwen3-untied": lambda: qwen3(False, heads=3, key_value_heads=3),
}


def fill(model, generator, has_bias):
    """Matrices uniform with standard deviation 1/sqrt(in), norm weights around 1, biases in [-0.5, 0.5)."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            uniform = 2 * torch.rand(parameter.shape, generator=generator, dtype=torch.float32) - 1
            if parameter.ndim == 2:
                is_embedding = any(part in name for part in ("wte", "wpe", "embed_tokens"))
                is_conv1d = ".h." in name
                fan_in = 4 if is_embedding else parameter.shape[0 if is_conv1d else 1]
                parameter.copy_(uniform * math.sqrt(3 / fan_in))
            elif name.endswith("bias"):
                parameter.copy_(0.5 * uniform if has_bias else torch.zeros_like(uniform))
            else:
                parameter.copy_(1 + 0.5 * uniform)


def main():
    for seed, (name, make) in enumerate(CASES.items()):
        generator = torch.Generator().manual_seed(1000 + seed)
        model = make()
        has_bias = not name.endswith("without-bias")
        fill(model, generator, has_bias)
        folder = HERE / name
        model.save_pretrained(folder)
        config = model.config
        if not has_bias:
            # Hugging Face has no GPT-2 without biases: Quill writes zeros and says so under a key of its own.
            path = folder / "config.json"
            path.write_text(json.dumps(json.loads(path.read_text()) | {"quill": {"bias": False}}, indent=2) + "\n")

        model = model.double().eval()
        inputs = torch.randint(config.vocab_size, (WINDOWS, LENGTH), generator=generator)
        targets = torch.randint(config.vocab_size, (WINDOWS, LENGTH), generator=generator)
        targets[0, 2] = targets[1, LENGTH - 1] = -1
        logits = model(inputs).logits
        losses = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), ignore_index=-1, reduction="none").view_as(targets)
        loss = losses.sum() / (targets >= 0).sum()
        loss.backward()
        # Cut by hand rather than with generate(): no cache, no generation settings.
        greedy = inputs[:1, :3]
        while greedy.shape[1] < 3 + 8:
            greedy = torch.cat([greedy, model(greedy).logits[:, -1:].argmax(-1)], dim=1)

        golden = {
            "inputs": inputs.int(), "targets": targets.int(), "logits": logits.detach().float(),
            "losses": losses.detach().float(), "loss": loss.detach().float().reshape(1),
            "greedy": greedy[0, 3:].int(),
        }
        gradients = {key: parameter.grad for key, parameter in model.named_parameters()}
        for key in load_file(folder / "model.safetensors"):
            golden[f"gradient.{key}"] = gradients[key].float()
        save_file({key: value.contiguous() for key, value in golden.items()}, folder / "golden.safetensors")
        for path in (folder / "golden.safetensors", folder / "model.safetensors"):
            assert path.stat().st_size < 200_000, f"{path} has {path.stat().st_size} bytes"
        print(f"{name}: loss {loss.item():.6f}, {sum(p.numel() for p in model.parameters())} parameters")


if __name__ == "__main__":
    main()
