"""A value of pydantic's that cannot be changed: what results, scorecards and jobs are made of."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: it cannot be changed, and an unknown field is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")
