"""How the weights of a network begin."""

from torch import nn

from engine.nets.network import Network


def he_(net: Network) -> Network:
    """Draw all weights anew, in place, from torch's random numbers; biases become 0.

    A weight of a unit that reads n numbers is normal with variance 2 / n: then what passes a ReLU is about as
    loud in every layer, however many there are. Source: He, Zhang, Ren & Sun 2015, Delving Deep into Rectifiers.
    """
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            assert module.bias is not None
            nn.init.zeros_(module.bias)
    return net
