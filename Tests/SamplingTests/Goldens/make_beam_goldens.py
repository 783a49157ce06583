#!/usr/bin/env python3
"""Writes what the beam search of transformers finds, for models of Tests/TransformerTests/Goldens.

    python3 Tests/SamplingTests/Goldens/make_beam_goldens.py

beams.json beside this script is a list of searches: the model, the prompt, the ids that end a text, the number of beams and the
most new tokens; and what `generate(num_beams=..., do_sample=False)` with its defaults (length_penalty=1.0, early_stopping=False)
returns: the new tokens, an end among them left out, and the score.

Made with torch 2.15.0 and transformers 5.24.0, in float64.
"""

import json
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent.parent / "TransformerTests" / "Goldens"


def main():
    goldens = []
    for name in ["gpt2-tied", "llama-tied", "qwen3-tied", "gpt2-untied"]:
        model = AutoModelForCausalLM.from_pretrained(MODELS / name, dtype=torch.float32).double().eval()
        generator = torch.Generator().manual_seed(7)
        for ends in [[0], [5, 9], [3, 11, 20, 30]]:
            prompt = torch.randint(1, model.config.vocab_size, (1, 3), generator=generator)
            for beams in [1, 2, 3, 5]:
                found = model.generate(
                    prompt, num_beams=beams, max_new_tokens=8, do_sample=False, eos_token_id=ends, pad_token_id=ends[0],
                    output_scores=True, return_dict_in_generate=True)
                tokens = found.sequences[0, 3:].tolist()
                for index, token in enumerate(tokens):
                    if token in ends:
                        tokens = tokens[:index]
                        break
                score = found.sequences_scores[0].item() if beams > 1 else None
                goldens.append({
                    "model": name, "prompt": prompt[0].tolist(), "ends": ends, "beams": beams, "count": 8,
                    "tokens": tokens, "score": score})
    text = ",\n".join(json.dumps(golden) for golden in goldens)
    (HERE / "beams.json").write_text(f"[\n{text}\n]\n")


if __name__ == "__main__":
    main()
