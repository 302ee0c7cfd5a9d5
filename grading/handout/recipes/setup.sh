#!/usr/bin/env bash
# Gradescope runs this once, while it builds the image of the assignment.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/module-09"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends git make libseccomp2 python3 python3-venv
python=python3
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then # Ubuntu 22.04 has 3.10, and 3.11 beside it
  apt-get install -y -qq --no-install-recommends python3.11 python3.11-venv
  python=python3.11
fi
make .venv/ready PYTHON="$python"
