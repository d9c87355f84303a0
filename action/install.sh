#!/usr/bin/env bash
# Installs mldebt into an environment of its own and says where its programs are.
set -euo pipefail

home="${RUNNER_TEMP:?}/mldebt"
"${INPUT_PYTHON:-python3}" -m venv "$home"
bin="$home/bin"
[ -d "$bin" ] || bin="$home/Scripts"

options=(--quiet --disable-pip-version-check)
[ -z "${INPUT_INDEX_URL:-}" ] || options+=(--index-url "$INPUT_INDEX_URL")
"$bin/python" -m pip install "${options[@]}" -- "${INPUT_VERSION:-$ACTION_PATH}"

{
    echo "python=$bin/python"
    echo "mldebt=$bin/mldebt"
} >>"${GITHUB_OUTPUT:?}"
"$bin/mldebt" --version
