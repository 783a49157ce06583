#!/usr/bin/env bash
# Makes a virtual environment with the peers, outside the repository: setup.sh [FOLDER]
set -euo pipefail
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/quill-peers}
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --upgrade torch xllamacpp gguf
echo "The peers are in $folder: run $folder/bin/python Benchmarks/peers/compare_training.py"
