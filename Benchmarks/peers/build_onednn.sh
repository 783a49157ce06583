#!/usr/bin/env bash
# Builds onednn_matmul outside the repository: build_onednn.sh [FOLDER]        (Debian and Ubuntu: apt install libdnnl-dev g++)
set -euo pipefail
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/quill-peers}
mkdir -p "$folder"
"${CXX:-c++}" -O2 -std=c++17 -Wall -Wextra -o "$folder/onednn_matmul" \
  "$(dirname "${BASH_SOURCE[0]}")/onednn_matmul.cpp" -ldnnl
echo "Built $folder/onednn_matmul: run Benchmarks/peers/compare_products.py"
