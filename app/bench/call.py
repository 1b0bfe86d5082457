"""The far end of processes.alone: `python -m app.bench.call MODULE FUNCTION ARGUMENTS` prints JSON."""

from __future__ import annotations

import json
import sys
from importlib import import_module

if __name__ == "__main__":
    module, function, arguments = sys.argv[1:]
    answer = getattr(import_module(module), function)(*json.loads(arguments))
    sys.stdout.write(json.dumps(answer) + "\n")
