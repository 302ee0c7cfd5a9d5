"""params.yaml, read and checked: a wrong value is named before anything runs."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

FILE = Path("params.yaml")
Share = Annotated[float, Field(gt=0, lt=1)]


class Section(BaseModel):
    """A part of the file; a key that is not known here is a slip of the pen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Data(Section):
    """Which extract."""

    version: Literal["v1", "v2"]


class Split(Section):
    """How the patients are divided."""

    test_share: Share


class Features(Section):
    """Which measurements are used."""

    drop: tuple[str, ...] = ()


class Train(Section):
    """The model and how it is judged; costs in US dollars."""

    C: float = Field(gt=0)
    max_iter: int = Field(ge=1)
    folds: int = Field(ge=2, le=20)
    wanted_detection: Share
    thresholds: tuple[Share, ...]
    cost_of_miss_usd: float = Field(ge=0)
    cost_of_false_alarm_usd: float = Field(ge=0)

    @property
    def costs(self) -> dict[str, float]:
        """Both costs, by the names they are logged under."""
        return {
            "cost_of_miss_usd": self.cost_of_miss_usd,
            "cost_of_false_alarm_usd": self.cost_of_false_alarm_usd,
        }


class Registry(Section):
    """Where the model is registered, and what it must meet to get the alias."""

    model: str = Field(min_length=1)
    contract: str
    alias: str = Field(pattern=r"^[A-Za-z0-9_-]+$")


class Params(Section):
    """The whole file."""

    data: Data
    seed: int = Field(ge=0)
    split: Split
    features: Features
    train: Train
    registry: Registry


def read_params(file: Path = FILE) -> Params:
    """The parameters; exits with a sentence for each that cannot be."""
    try:
        return Params.model_validate(yaml.safe_load(file.read_text("utf-8")))
    except (OSError, yaml.YAMLError) as error:
        sys.exit(f"✗ expected YAML in {file.resolve()}; found: {' '.join(str(error).split())[:200]}")
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, it['loc']))}: {it['msg']}; found {it['input']!r}" for it in error.errors()]
        sys.exit("✗ params.yaml: " + "\n  ".join(wrong))
