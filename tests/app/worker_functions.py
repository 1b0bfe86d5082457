"""What the tests have the worker do. The worker imports this module, so it stays small."""

import os
import sys
import threading
import time
from pathlib import Path

from engine import ShapeError


def add(a, b):
    return a + b


def process_id():
    return os.getpid()


def circumstances():
    """Return what a computation finds: the process's niceness, its limits of threads, whether torch is loaded."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return os.nice(0), [os.environ.get(name) for name in names], "torch" in sys.modules


def torch_threads():
    import torch

    return torch.get_num_threads()


def write(file, text):
    with Path(file).open("a") as stream:
        stream.write(text)


def say_and_sleep(word, seconds):
    print(word, flush=True)
    time.sleep(seconds)


def sleep(seconds):
    time.sleep(seconds)
    return seconds


def refuse():
    raise ShapeError("wanted {wanted}, got {got}", wanted=3, got="{4}")


def fail():
    raise KeyError("a mistake in our own code")


def exhaust():
    raise MemoryError


def die():
    os._exit(1)


def unsendable():
    return threading.Lock()


def count_to(last):
    yield from range(1, last + 1)
    return "counted"


def count_then_fail(last):
    yield from range(1, last + 1)
    refuse()


def count_slowly(last, seconds):
    for number in range(last):
        time.sleep(seconds)
        yield number
