"""What a training run leaves beside its checkpoints, so that they can be used without its data."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tf2_native.data import Category, Split
from tf2_native.errors import InputError
from tf2_native.recipes import RECIPES, Recipe

FILE = "run.json"


@dataclass(frozen=True)
class RunRecord:
    """The facts of one run.

    Attributes:
        settings: of the recipe, by field, `model` among them.
        class_names: one a label.
        categories: of shapes, with their parts; empty where there are none.
        steps_per_epoch: batches it was trained on in each; None where that was not noted.
    """

    settings: dict[str, Any]
    class_names: tuple[str, ...]
    categories: tuple[Category, ...] = ()
    steps_per_epoch: int | None = None

    @classmethod
    def of(cls, recipe: Recipe, split: Split, steps_per_epoch: int) -> "RunRecord":
        """The record of a run with these settings on these data."""
        return cls(asdict(recipe), split.class_names, split.categories, steps_per_epoch)

    @property
    def recipe(self) -> Recipe:
        """The settings, as they were."""
        published = RECIPES[self.settings["model"]]
        return type(published)(**{k: _frozen(v) for k, v in self.settings.items()})

    def write(self, log_dir: Path) -> None:
        """Writes `run.json` in a folder."""
        (log_dir / FILE).write_text(json.dumps(asdict(self), indent=1) + "\n")


def read_record(log_dir: Path) -> RunRecord:
    """The record in a folder.

    Raises:
        InputError: there is none, or it is damaged.
    """
    path = log_dir / FILE
    try:
        fields = json.loads(path.read_text())
        categories = tuple(Category(c["name"], tuple(c["parts"])) for c in fields["categories"])
        record = RunRecord(
            fields["settings"],
            tuple(fields["class_names"]),
            categories,
            fields.get("steps_per_epoch"),
        )
        record.recipe  # noqa: B018 - raises if the settings are none
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); it is written by tf2_native.train"
        ) from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: is damaged ({error!r}); train again") from error
    return record


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
