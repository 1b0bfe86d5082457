"""Parts of a graph as a list of instructions, in an order in which each finds what it needs.

Slots are used again as soon as what they hold is no longer needed: a Hessian on a fine grid needs a handful of arrays,
not one for each of its hundreds of parts.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from engine.landscape.graph import OPERATIONS, Graph, Part


class Instruction(NamedTuple):
    """slots[out] = function(slots[a]) or function(slots[a], slots[b]); b is -1 where there is one operand."""

    function: Callable[..., Any]
    out: int
    a: int
    b: int


class Program:
    """Computes some parts of a graph, on floats or on arrays."""

    def __init__(self, graph: Graph, wanted: Sequence[Part]) -> None:
        needed = _needed(graph, wanted)
        given = {part: graph.number(part) for part in needed if graph.number(part) is not None}
        self._slots: list[Any] = [None, None, *given.values()]  # x, y, then the numbers; the rest is used in turn
        self._place: dict[Part, int] = {graph.X: 0, graph.Y: 1} | {part: 2 + k for k, part in enumerate(given)}
        made = [part for part in needed if part not in self._place]
        steps = self._allotted(graph, made, wanted)
        self._on_floats = [Instruction(OPERATIONS[name].on_float, *rest) for name, *rest in steps]
        self._on_arrays = [Instruction(OPERATIONS[name].on_array, *rest) for name, *rest in steps]
        self._results = tuple(self._place[part] for part in wanted)

    def _allotted(self, graph: Graph, made: list[Part], wanted: Sequence[Part]) -> list[tuple[str, int, int, int]]:
        """Return (operation, slot of the result, slots of the operands) for each part, and remember the slots."""
        last = {operand: part for part in made for operand in _operands(graph, part)}  # who needs it last
        kept = {*self._place, *wanted}
        steps, free = [], []
        for part in made:
            operands = _operands(graph, part)
            slots = [self._place[operand] for operand in operands]
            free += [self._place[operand] for operand in {*operands} - kept if last[operand] == part]
            if not free:
                free.append(len(self._slots))
                self._slots.append(None)
            self._place[part] = free.pop()
            steps.append((graph.operation(part), self._place[part], slots[0], slots[1] if len(slots) == 2 else -1))
        return steps

    def on_floats(self, x: float, y: float) -> tuple[float, ...]:
        """Return the parts at one point. Raises ArithmeticError or ValueError where Python's floats do."""
        return self._run(self._on_floats, x, y)

    def on_arrays(self, x: Any, y: Any) -> tuple[Any, ...]:
        """Return the parts at many points; a part that is the same everywhere comes as a number."""
        return self._run(self._on_arrays, x, y)

    def _run(self, instructions: list[Instruction], x: Any, y: Any) -> tuple[Any, ...]:
        slots = self._slots.copy()
        slots[0], slots[1] = x, y
        for function, out, a, b in instructions:
            slots[out] = function(slots[a]) if b < 0 else function(slots[a], slots[b])
        return tuple([slots[place] for place in self._results])


def _operands(graph: Graph, part: Part) -> tuple[Part, ...]:
    node = graph.nodes[part]
    return () if isinstance(node, float) else tuple(operand for operand in node[1:] if operand >= 0)


def _needed(graph: Graph, wanted: Sequence[Part]) -> list[Part]:
    """Return what is needed for the wanted parts, operands before what is made of them: parts are numbered so."""
    found, waiting = set(wanted), list(wanted)
    while waiting:
        for operand in _operands(graph, waiting.pop()):
            if operand not in found:
                found.add(operand)
                waiting.append(operand)
    return sorted(found)
