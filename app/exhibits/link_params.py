"""What the parameters of every exhibit have in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class LinkParams(BaseModel):
    """What a link may say; words that an exhibit does not know are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, given: Any) -> Any:
        """An empty field of the form means the same as none."""
        return {name: value for name, value in given.items() if value != ""} if isinstance(given, dict) else given
