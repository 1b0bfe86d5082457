"""What the engine raises. Each error keeps its sentence as a template, so that a page can translate it.

EngineError
├── ShapeError    arrays or sizes do not fit together
├── RangeError    a single value is not one of those allowed
└── FileError     a file is missing, damaged or not of the kind that was wanted
"""


class EngineError(ValueError):
    """A request the engine refuses: what was wanted, what came, what to do.

    template   English sentence with {named} values; the key of its translation
    values     what fills the template
    """

    def __init__(self, template: str, /, **values: object) -> None:
        super().__init__(template)  # args stay picklable: errors cross process borders
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template.format(**self.values)


class ShapeError(EngineError):
    """Arrays or sizes do not fit together."""


class RangeError(EngineError):
    """A single value is not one of those allowed."""


class FileError(EngineError):
    """A file is missing, damaged or not of the kind that was wanted."""
