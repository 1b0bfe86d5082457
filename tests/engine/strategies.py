"""What hypothesis draws: every legal geometry of a small plane."""

from hypothesis import strategies as st

from engine.geometry import Geometry

small = st.integers(1, 6)


@st.composite
def geometries(draw):
    kernel_size, dilation = (draw(st.tuples(small, small)) for _ in range(2))
    sides = st.tuples(st.integers(0, 4), st.integers(0, 4))
    padding = draw(st.tuples(sides, sides))
    size = tuple(
        draw(st.integers(max(1, dilation[i] * (kernel_size[i] - 1) + 1 - sum(padding[i])), 40)) for i in (0, 1)
    )
    return Geometry.of(size, kernel_size, stride=draw(st.tuples(small, small)), padding=padding, dilation=dilation)
