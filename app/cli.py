"""The command line: `convlens serve`, `convlens bench`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, return its exit status."""
    parser = argparse.ArgumentParser(prog="convlens", description="See every number inside a convolution.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve the site on this machine")
    serving.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
    serving.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    benching = commands.add_parser("bench", help="measure speed beside peers, as ratios")
    benching.add_argument("names", nargs="*", metavar="NAME", help="rows to run; all if none is named")
    benching.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args(arguments)
    if chosen.command == "serve":
        return serve(chosen.host, chosen.port)
    from app.bench import run

    return run(chosen.names, as_json=chosen.json)


def serve(host: str, port: int) -> int:
    """Serve until interrupted."""
    import uvicorn

    from app.main import create_app

    print(f"ConvLens is at http://{host}:{port}  (Ctrl+C stops it)", flush=True)
    uvicorn.run(create_app(), host=host, port=port, log_level="warning", access_log=False)
    return 0
