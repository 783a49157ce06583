#!/usr/bin/env python3
"""Writes what is to be seen inside the tiny checkpoints beside this script, as PyTorch computes it.

    python3 Tests/TransformerTests/Goldens/make_observation_goldens.py

For every checkpoint of make_goldens.py, its inputs and its targets, observation.safetensors gets:

    residual        (L + 1, B, T, C)     the stream after the embedding and after every layer
    attention       (L, B, H, T, T)      weights by query and key
    lens            (L + 1, B, T, V)     logits of final norm and head on each of `residual`
    lens_loss       (L + 1, B, T)        nats; 0 where a target does not count
    entropy, previous, first   (L, H)    means over rows that count and are not the first of their window
    gradients       (B, T, C)            d (sum of all losses) / d (output of the embedding)
    eigenvalues     (C)                  of the mean of g gT over the rows that count, descending
    curve_inputs    (W, T) int32         more windows, and targets drawn from the model at temperature 1.6
    curve_targets   (W, T) int32
    curve           (6)                  the best temperature T, loss there, loss at 1, expected calibration error in 15 equal bins,
                                         max |d6F/du6| and min |d2F/du2| of the loss F over u = -ln T within 0.1 of the best
    bins            (15, 3)              predictions, mean confidence, accuracy

Everything is computed in float64 (rotary tables and RMSNorm in float32, as transformers does it) and rounded to float32, but for
`curve` and `eigenvalues`, which stay float64.

Made with torch 2.15.0 and transformers 5.24.0.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

HERE = Path(__file__).resolve().parent
BINS, WINDOWS, TEMPERATURE = 15, 48, 1.6


def parts(model):
    """Layers, final norm and head of any of the families."""
    body = getattr(model, "transformer", None) or model.model
    return getattr(body, "h", None) or body.layers, getattr(body, "ln_f", None) or body.norm, model.lm_head


def losses_of(logits, targets):
    return torch.nn.functional.cross_entropy(
        logits.flatten(0, -2), targets.flatten().long(), ignore_index=-1, reduction="none").view(targets.shape)


def curve(logits, targets):
    """The mean loss as a function of u = ln(1 / T): its minimum and derivatives."""
    def loss(u):
        return losses_of(logits * u.exp(), targets).mean()

    def derivatives(value, order):
        u = torch.tensor(value, dtype=torch.float64, requires_grad=True)
        result, y = [], loss(u)
        for _ in range(order):
            (y,) = torch.autograd.grad(y, u, create_graph=True)
            result.append(y.item())
        return result

    u = 0.0
    for _ in range(100):
        slope, curvature = derivatives(u, 2)
        u -= slope / abs(curvature)
    grid = torch.linspace(u - 0.1, u + 0.1, 21).tolist()
    sixth = max(abs(derivatives(place, 6)[5]) for place in grid)
    second = min(abs(derivatives(place, 2)[1]) for place in grid)
    best = torch.tensor(u, dtype=torch.float64)
    return torch.exp(-best).item(), loss(best).item(), loss(torch.tensor(0.0).double()).item(), sixth, second


def main():
    for seed, folder in enumerate(sorted(path.parent for path in HERE.glob("*/golden.safetensors"))):
        generator = torch.Generator().manual_seed(2000 + seed)
        model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").double().eval()
        golden = load_file(folder / "golden.safetensors")
        inputs, targets = golden["inputs"].long(), golden["targets"].long()
        layers, norm, head = parts(model)

        stream = []

        def before(_, arguments, keywords):
            stream.append(arguments[0] if arguments else keywords["hidden_states"])
            stream[-1].retain_grad()

        def after(_, __, output):
            stream.append(output[0] if isinstance(output, tuple) else output)

        handles = [layers[0].register_forward_pre_hook(before, with_kwargs=True)]
        handles += [layer.register_forward_hook(after) for layer in layers]
        output = model(inputs, output_attentions=True, use_cache=False)
        for handle in handles:
            handle.remove()
        losses_of(output.logits, targets).sum().backward()
        gradients = stream[0].grad
        with torch.no_grad():
            lens = torch.stack([head(norm(x)) for x in stream])
            assert torch.allclose(lens[-1], output.logits, atol=1e-6)
            attention = torch.stack(output.attentions)
            counted = targets >= 0
            chosen = counted.clone()
            chosen[:, 0] = False
            weights = attention.permute(0, 2, 1, 3, 4)[:, :, chosen]
            position = torch.arange(inputs.shape[1]).expand_as(inputs)[chosen]
            entropy = -torch.special.xlogy(weights, weights).sum(-1).mean(-1)
            previous = weights[:, :, torch.arange(len(position)), position - 1].mean(-1)
            first = weights[..., 0].mean(-1)
            g = gradients[counted]
            eigenvalues = torch.linalg.eigvalsh(g.T @ g / len(g)).flip(0)

            curve_inputs = torch.randint(model.config.vocab_size, (WINDOWS, inputs.shape[1]), generator=generator)
            logits = model(curve_inputs, use_cache=False).logits
            drawn = torch.multinomial((logits / TEMPERATURE).softmax(-1).flatten(0, 1), 1, generator=generator)
            curve_targets = drawn.view_as(curve_inputs)
            confidence, choice = logits.softmax(-1).max(-1)
            bin_of = (confidence * BINS).long().clamp(max=BINS - 1)
            right = (choice == curve_targets).double()
            bins = torch.zeros(BINS, 3, dtype=torch.float64)
            for index in range(BINS):
                inside = bin_of == index
                if inside.any():
                    bins[index] = torch.tensor([
                        inside.sum().item(), confidence[inside].mean().item(), right[inside].mean().item()])
            error = (bins[:, 0] * (bins[:, 1] - bins[:, 2]).abs()).sum().item() / curve_inputs.numel()
        temperature, best, plain, sixth, second = curve(logits.detach(), curve_targets)

        result = {
            "residual": torch.stack(stream), "attention": attention, "lens": lens,
            "lens_loss": torch.stack([losses_of(x, targets) for x in lens]), "entropy": entropy,
            "previous": previous, "first": first, "gradients": gradients, "bins": bins,
        }
        result = {key: value.detach().float().contiguous() for key, value in result.items()}
        result["eigenvalues"] = eigenvalues.contiguous()
        result["curve"] = torch.tensor([temperature, best, plain, error, sixth, second], dtype=torch.float64)
        result["curve_inputs"] = curve_inputs.int()
        result["curve_targets"] = curve_targets.int().contiguous()
        path = folder / "observation.safetensors"
        save_file(result, path)
        assert path.stat().st_size < 200_000, f"{path} has {path.stat().st_size} bytes"
        print(f"{folder.name}: temperature {temperature:.6f}, losses {plain:.6f} and {best:.6f}, ECE {error:.6f}, sixth "
              f"{sixth:.3g}, second {second:.3g}, largest score {attention[attention > 0].log().abs().max().item():.3g}")


if __name__ == "__main__":
    main()
