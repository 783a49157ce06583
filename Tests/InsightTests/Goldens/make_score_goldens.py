#!/usr/bin/env python3
"""Writes what PyTorch makes of a text in overlapping windows, for models of Tests/TransformerTests/Goldens.

    python3 Tests/InsightTests/Goldens/make_score_goldens.py

scores.json beside this script holds, for each model, `tokens` (the first is what stands before the text) and, for each stride,
the log-probabilities of all tokens after the first. Windows of T inputs (the model's context, 11) begin every `stride` tokens;
each predicts the tokens that the one before did not. That is the loop of Hugging Face's page on perplexity, but that its windows
of T tokens predict T - 1 of them and these T: the target of the last input counts too. Everything is computed in float64.

Made with torch 2.15.0 and transformers 5.24.0.
"""

import json
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent.parent / "TransformerTests" / "Goldens"
COUNT, STRIDES = 40, [1, 4, 6, 11]


def scores(model, tokens, context, stride):
    result, previous_end = [], 0
    for begin in range(0, len(tokens) - 1, stride):
        end = min(begin + context, len(tokens) - 1)
        logits = model(torch.tensor([tokens[begin:end]])).logits[0]
        logprobs = torch.log_softmax(logits, -1)
        for position in range(previous_end, end):
            result.append(logprobs[position - begin, tokens[position + 1]].item())
        previous_end = end
        if end == len(tokens) - 1:
            break
    return result


def main():
    goldens = {}
    for seed, name in enumerate(["gpt2-tied", "llama-tied", "qwen3-untied"]):
        model = AutoModelForCausalLM.from_pretrained(MODELS / name, dtype=torch.float32).double().eval()
        generator = torch.Generator().manual_seed(2000 + seed)
        tokens = [0] + torch.randint(1, model.config.vocab_size, (COUNT,), generator=generator).tolist()
        with torch.no_grad():
            found = {str(stride): scores(model, tokens, 11, stride) for stride in STRIDES}
        assert all(len(values) == COUNT for values in found.values())
        goldens[name] = {"tokens": tokens, "logprobs": found}
    (HERE / "scores.json").write_text(json.dumps(goldens) + "\n")


if __name__ == "__main__":
    main()
