"""Check my answer: is it right, and if not, which mistake would explain it? A file per question."""

from engine.diagnose.conv2d import conv2d_answer
from engine.diagnose.conv2d_cell import conv2d_cell
from engine.diagnose.verdict import Verdict

__all__ = ["Verdict", "conv2d_answer", "conv2d_cell"]
