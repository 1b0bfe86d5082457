"""Paths as torch.optim takes them, one start at a time, on surfaces written once more in torch."""

import math

import numpy as np
import torch

KINDS = {
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {}),
    "adadelta": (torch.optim.Adadelta, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.AdamW, {}),
    "adamax": (torch.optim.Adamax, {}),
    "nadam": (torch.optim.NAdam, {}),
    "amsgrad": (torch.optim.Adam, {"amsgrad": True}),
    "radam": (torch.optim.RAdam, {}),
}
EXAMPLE = np.arange(1, 25)
AREA, ROOMS = 2000 * (EXAMPLE * (5**0.5 - 1) / 2 % 1), 1 + 4 * (EXAMPLE * 2**0.5 % 1)
PRICE = 0.05 * AREA + 20 * ROOMS + 10 * np.sin(5 * EXAMPLE)


def squares(x, y, area, rooms, price):
    """Return the mean squared error of x * area + y * rooms."""
    area, rooms, price = (torch.from_numpy(column) for column in (area, rooms, price))
    return torch.nn.functional.mse_loss(x * area + y * rooms, price)


def normalised(column):
    """Return the column with mean 0 and deviation 1."""
    return (column - column.mean()) / column.std()


SURFACES = {
    "two-scales": lambda x, y: squares(x, y, AREA, ROOMS, PRICE),
    "two-scales-normalised": lambda x, y: squares(x, y, normalised(AREA), normalised(ROOMS), PRICE - PRICE.mean()),
    "saddle": lambda x, y: x**2 - y**2,
    "monkey-saddle": lambda x, y: x**3 - 3 * x * y**2,
    "slow-saddle": lambda x, y: x**2 / 2 - y**2 / 200 + y**4 / 400,
    "plateau": lambda x, y: 1 - torch.exp(-(x**2 + y**2)),
    "ravine": lambda x, y: x**2 / 2 + 50 * y**2,
    "bowl": lambda x, y: (x**2 + y**2) / 2,
    "double-well": lambda x, y: x**4 / 4 - x**2 / 2 + y**2 / 2,
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "beale": lambda x, y: (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2,
    "ackley": lambda x, y: (
        -20 * torch.exp(-0.2 * torch.sqrt(0.5 * (x**2 + y**2)))
        - torch.exp(0.5 * (torch.cos(2 * math.pi * x) + torch.cos(2 * math.pi * y)))
        + math.e
        + 20
    ),
    "rastrigin": lambda x, y: 20 + x**2 - 10 * torch.cos(2 * math.pi * x) + y**2 - 10 * torch.cos(2 * math.pi * y),
}


def torch_path(key, surface, start, steps, *, scheduler=None, clip_norm=None, clip_value=None, **options):
    """Return (steps + 1, 2): the path of torch's own optimizer and autograd in float64."""
    kind, fixed = KINDS[key]
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = kind([point], **(fixed | options))
    rates = scheduler(optimizer) if scheduler else None
    path = [point.detach().numpy().copy()]
    for _ in range(steps):
        optimizer.zero_grad()
        SURFACES[surface](point[0], point[1]).backward()
        if clip_norm is not None:
            torch.nn.utils.clip_grad_norm_([point], clip_norm)
        if clip_value is not None:
            torch.nn.utils.clip_grad_value_([point], clip_value)
        optimizer.step()
        if rates:
            rates.step()
        path.append(point.detach().numpy().copy())
    return np.array(path)
