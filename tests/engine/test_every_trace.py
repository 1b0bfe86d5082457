"""Every trace of the engine, replayed: the operation again, step by step."""

import inspect

import numpy as np
import pytest

import engine
from engine.ops.pointwise_trace import POINTWISE_ACTIVATIONS, POINTWISE_LOSSES

CONVOLUTION = {"stride": (2, 1), "padding": ((2, 1), (0, 1)), "dilation": (1, 2), "groups": 2}
TRANSPOSED = CONVOLUTION | {"output_padding": (1, 0)}
POOLING = {"kernel_size": (3, 2), "stride": (2, 3), "padding": ((1, 0), (0, 1)), "ceil_mode": True}
X = np.random.default_rng(3).integers(-9, 10, size=(2, 4, 7, 6)).astype(float)
WEIGHT, FILTERS = (np.random.default_rng(5).integers(-4, 5, size=(*axes, 3, 2)) for axes in ((6, 2), (4, 3)))
BIAS, MAPS = np.arange(6.0), np.arange(4.0) - 1.5
GRAD = np.random.default_rng(7).integers(-9, 10, size=engine.conv2d(X, WEIGHT, **CONVOLUTION).shape)
GRADIENTS = engine.conv2d_backward(GRAD, X, WEIGHT, **CONVOLUTION)
MATRIX = engine.conv2d_matrix(WEIGHT, (7, 6), **CONVOLUTION)
POOLED = engine.max_pool2d(X, **POOLING)
LOGITS, CLASSES = X[0, 0], np.array([1, 0, 5, 2, 2, 4, 3])


def pooled_back(name, *arguments, **options):
    return engine.trace.pool_backward(getattr(engine.trace, name)(X, *arguments, **options), POOLED.output)


TRACES = {
    "conv2d": (engine.trace.conv2d(X, WEIGHT, BIAS, **CONVOLUTION), engine.conv2d(X, WEIGHT, BIAS, **CONVOLUTION)),
    **{
        f"conv2d_grad_input {view}": (
            engine.trace.conv2d_grad_input(GRAD, X, WEIGHT, view=view, **CONVOLUTION),
            GRADIENTS.input,
        )
        for view in ("scatter", "gather")
    },
    **{
        f"conv2d_grad_weight {view}": (
            engine.trace.conv2d_grad_weight(GRAD, X, WEIGHT, view=view, **CONVOLUTION),
            GRADIENTS.weight,
        )
        for view in ("stamps", "weights")
    },
    "conv2d_grad_bias": (engine.trace.conv2d_grad_bias(GRAD), GRADIENTS.bias),
    "matrix_product": (engine.trace.matrix_product(MATRIX, X[0].ravel()), MATRIX @ X[0].ravel()),
    "matrix_product transposed": (
        engine.trace.matrix_product(MATRIX.T, GRAD[1].ravel()),
        GRADIENTS.input[1].ravel(),
    ),
    **{
        name: (
            getattr(engine.trace, name)(X, FILTERS, BIAS, **TRANSPOSED),
            engine.conv_transpose2d(X, FILTERS, BIAS, **TRANSPOSED),
        )
        for name in ("conv_transpose2d", "conv_transpose2d_stamps")
    },
    "max_pool2d": (engine.trace.max_pool2d(X, **POOLING), POOLED.output),
    "avg_pool2d": (engine.trace.avg_pool2d(X, **POOLING), engine.avg_pool2d(X, **POOLING)),
    "global_avg_pool2d": (engine.trace.global_avg_pool2d(X), engine.global_avg_pool2d(X)),
    "lp_pool2d": (engine.trace.lp_pool2d(X, 2, 3, stride=2), engine.lp_pool2d(X, 2, 3, stride=2)),
    "subsample2d": (engine.trace.subsample2d(X, MAPS, MAPS), engine.subsample2d(X, MAPS, MAPS)),
    "pool_backward of max_pool2d": (
        pooled_back("max_pool2d", **POOLING),
        engine.max_pool2d_backward(POOLED.output, POOLED.switches, X.shape),
    ),
    "pool_backward of avg_pool2d": (
        pooled_back("avg_pool2d", **POOLING),
        engine.avg_pool2d_backward(POOLED.output, X.shape, **POOLING),
    ),
    "local_response_norm": (
        engine.trace.local_response_norm(X, 3, alpha=0.5),
        engine.local_response_norm(X, 3, alpha=0.5),
    ),
    "softmax": (engine.trace.softmax(LOGITS[0]), engine.softmax(LOGITS[0])),
    "max_unpool2d": (
        engine.trace.max_unpool2d(POOLED.output, POOLED.switches, (7, 6)),
        engine.max_unpool2d(POOLED.output, POOLED.switches, (7, 6)),
    ),
    "upsample_nearest2d": (engine.trace.upsample_nearest2d(X, (2, 1.5)), engine.upsample_nearest2d(X, (2, 1.5))),
    "upsample_bilinear2d": (engine.trace.upsample_bilinear2d(X, (2, 1.5)), engine.upsample_bilinear2d(X, (2, 1.5))),
    "cross_entropy": (
        engine.trace.cross_entropy(LOGITS, CLASSES),
        engine.cross_entropy(LOGITS, CLASSES, reduction="none"),
    ),
}
MODERATE, SIGNS = X[0] / 4, np.where(X[0] > 0, 1.0, -1.0)
TRACES |= {
    **{
        f"activation {name}": (engine.trace.activation(name, MODERATE), getattr(engine, name)(MODERATE))
        for name in POINTWISE_ACTIVATIONS
    },
    **{
        f"loss {name}": (engine.trace.loss(name, *given), getattr(engine, name)(*given, reduction="none"))
        for name, given in {
            **dict.fromkeys(POINTWISE_LOSSES, (MODERATE, SIGNS)),
            "msle_loss": (MODERATE**2, SIGNS + 1),
            "binary_cross_entropy": (engine.sigmoid(MODERATE), (SIGNS + 1) / 2),
        }.items()
    },
    "maxout": (engine.trace.maxout(X, 2), engine.maxout(X, 2)),
    "dropout": (engine.trace.dropout(X, 0.3, seed=4), engine.dropout(X, 0.3, seed=4)),
    **{
        f"batch_norm2d training={training}": (
            engine.trace.batch_norm2d(X, MAPS, MAPS**2, MAPS, BIAS[:4], training=training),
            engine.batch_norm2d(X, MAPS, MAPS**2, MAPS, BIAS[:4], training=training),
        )
        for training in (True, False)
    },
    "layer_norm": (
        engine.trace.layer_norm(X, (7, 6), X[0, 0], X[0, 1]),
        engine.layer_norm(X, (7, 6), X[0, 0], X[0, 1]),
    ),
    **{
        f"pad {mode}": (engine.trace.pad(X, (1, 2, 3, 0), mode), engine.pad(X, (1, 2, 3, 0), mode))
        for mode in ("constant", "reflect", "replicate", "circular")
    },
}
each_trace = pytest.mark.parametrize(("trace", "output"), TRACES.values(), ids=TRACES)


@each_trace
def test_replaying_the_trace_gives_the_operation(trace, output):
    replayed = trace.replay()
    assert replayed.shape == output.shape
    np.testing.assert_allclose(replayed, output, rtol=1e-12, atol=1e-12)
    assert np.abs(output).max() > 0.1  # there was something to replay


@each_trace
def test_every_step_can_be_asked_for_alone_and_knows_its_place(trace, output):
    steps = [step.index if hasattr(step, "index") else step.forward.index for step in trace]
    assert steps == list(np.ndindex(trace.grid))


def test_no_trace_is_left_out():
    functions = {
        name
        for name, value in vars(engine.trace).items()
        if inspect.isfunction(value) and value.__module__ in ("engine.trace", "engine.ops.between_traces")
    }
    assert functions == set(engine.trace.__all__)
    assert {name.partition(" ")[0] for name in TRACES} == functions
