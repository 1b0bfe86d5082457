"""The 1,000 classes of ImageNet's yearly contest, in the order in which networks give them."""

from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("imagenet_classes.txt")


@cache
def classes() -> tuple[str, ...]:
    """Return the names of the classes; some have several, with commas in between, and two are called crane."""
    return tuple(FILE.read_text(encoding="utf-8").splitlines())
