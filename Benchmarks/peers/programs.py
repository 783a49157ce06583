"""Running programs that print their result as one JSON object."""

import json
import os
import subprocess


def run(command: list[str]) -> dict:
    """The object on the last line of a program's output; what it wrote to standard error where it fails."""
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
    result = subprocess.run(command, capture_output=True, text=True, env=environment)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{result.stderr[-2000:]}")
    return json.loads(result.stdout.strip().splitlines()[-1])
