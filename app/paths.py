"""Where templates and scripts lie: beside the packages in a checkout, inside `app` in a wheel."""

from pathlib import Path

_APP = Path(__file__).parent


def folder(name: str) -> Path:
    """Return the folder `name` ("templates" or "static") of this installation."""
    checkout = _APP.parent / name
    return checkout if checkout.is_dir() else _APP / f"_{name}"


TEMPLATES = folder("templates")
STATIC = folder("static")
LOCALE = _APP / "locale"
ENGINE = _APP.parent / "engine"
