"""The same three methods as autograd sees them: the whole plane, and ReLUs with a backward pass of their own."""

import torch

from engine.interpret.projection import Keep
from engine.nets.network import Network


class DeconvnetRelu(torch.autograd.Function):
    """max(x, 0) upwards; downwards max(grad, 0), whatever x was."""

    @staticmethod
    def forward(ctx, x):
        return x.relu()

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.relu()


class GuidedRelu(torch.autograd.Function):
    """max(x, 0) upwards; downwards max(grad, 0) where x > 0."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.relu()

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output.relu() * (x > 0)


RELUS = {"gradient": torch.relu, "deconvnet": DeconvnetRelu.apply, "guided": GuidedRelu.apply}


def expected(
    net: Network, x, layer: str, unit: int, method: str, keep: Keep = "strongest", start="one", *, norm="gradient"
):
    """Return the projection (C, H, W) as autograd computes it."""
    picture = torch.from_numpy(x)[None].requires_grad_()
    value = picture
    for stage in net.architecture.stages:
        module = net.get_submodule(stage.path)
        if stage.kind == "relu":
            value = RELUS[method](value)
        elif stage.kind == "local_response_norm":
            made = torch.nn.LocalResponseNorm(stage.norm.size, stage.norm.alpha, stage.norm.beta, stage.norm.k)(value)
            value = value + (made - value).detach() if norm == "pass" else made
        else:
            value = module(value)
        if stage.name == layer:
            break
    plane = value[0, unit].reshape(-1)
    grad_output = torch.zeros_like(plane)
    if keep == "all":
        chosen = torch.arange(len(plane))
    elif isinstance(keep, tuple):
        chosen = torch.tensor([keep[0] * value.shape[-1] + keep[1]])
    else:
        chosen = plane.detach().argsort(descending=True, stable=True)[: 1 if keep == "strongest" else keep]
    grad_output[chosen] = 1.0 if start == "one" else plane.detach()[chosen]
    (pixels,) = torch.autograd.grad(plane, picture, grad_output)
    return pixels[0].numpy()
