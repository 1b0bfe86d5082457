"""What becomes of a signal where it meets a ReLU on its way down: the one step in which three methods differ.

All else that the way down is made of (switches, transposed filters) they have in common. In each rule `signal` comes
from above and `x` is what the ReLU read on the way up, of the same shape.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from engine.errors import RangeError

Rule = Callable[[Tensor, Tensor], Tensor]


def deconvnet(signal: Tensor, x: Tensor) -> Tensor:
    """Return max(signal, 0): rectified by its own sign, as the maps are on the way up; x does not matter.

    Source: Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, section 2.1.
    """
    return signal.clamp(min=0)


def gradient(signal: Tensor, x: Tensor) -> Tensor:
    """Return signal where x > 0, else 0: the chain rule, by which the forward pass decides who is heard.

    Source: Simonyan, Vedaldi & Zisserman 2013, Deep Inside Convolutional Networks (arXiv:1312.6034), section 4.
    """
    return torch.where(x > 0, signal, 0)


def guided(signal: Tensor, x: Tensor) -> Tensor:
    """Return signal where both are above zero, else 0: deconvnet's rule and the gradient's, one after the other.

    Source: Springenberg, Dosovitskiy, Brox & Riedmiller 2014, Striving for Simplicity (arXiv:1412.6806), section 3.4.
    """
    return gradient(deconvnet(signal, x), x)


RELU_RULES: dict[str, Rule] = {"deconvnet": deconvnet, "gradient": gradient, "guided": guided}


def find_rule(method: str) -> Rule:
    """Return the rule of a method. Raises RangeError if there is none of that name."""
    try:
        return RELU_RULES[method]
    except (KeyError, TypeError):
        raise RangeError("unknown method: {method}; have {have}", method=method, have=", ".join(RELU_RULES)) from None
