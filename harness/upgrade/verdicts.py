"""A verdict on every record of the tool's report.

For this project's own tree from the ladder and the patches, for anybody's from the scan of what the
tool made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.upgrade.records import Kind, Record, Verdict

if TYPE_CHECKING:
    from harness.scan.trees import Scan


@dataclass(frozen=True)
class Judgement:
    """What is known of one API in this project's own tree.

    Attributes:
        kinds: of records that it speaks of.
        api: pattern of the API's whole name.
        verdict, evidence: as in `Record`; evidence begins with `rung` or `patch` and its key.
        because: why that evidence covers it.
    """

    kinds: tuple[Kind, ...]
    api: str
    verdict: Verdict
    evidence: str
    because: str

    def speaks_of(self, record: Record) -> bool:
        """Whether it is about this record."""
        return record.kind in self.kinds and bool(re.fullmatch(self.api, record.api))


_ANY: tuple[Kind, ...] = ("rename", "keyword", "change", "manual check")

# The first that speaks of a record decides.
OWN = (
    Judgement(
        ("change",),
        r"tf\.nn\.dropout",
        "needs a change",
        "patch 0003-dropout-noise-shape-by-keyword",
        "the tool leaves the noise shape where the rate belongs",
    ),
    Judgement(
        ("manual check",),
        r"tf\.summary\.(scalar|histogram|image)",
        "needs a change",
        "patch 0004-scalar-summaries-of-the-graph",
        "the tool says that the name was converted, and it was not",
    ),
    Judgement(
        _ANY,
        r"tf\.summary\..*",
        "harmless",
        "patch 0004-scalar-summaries-of-the-graph",
        "these names were converted; they merge and write what the patch puts in the collection",
    ),
    Judgement(
        ("manual check",),
        r"tf\.get_variable",
        "harmless",
        "rung state",
        "no variable is read and assigned in one run without an order between the two: every step "
        "leaves the same values as in TensorFlow 1",
    ),
    Judgement(
        _ANY,
        r"\*\.save|tf\.train\.Saver",
        "harmless",
        "rung checkpoint",
        "what is saved is a Saver's checkpoint, no Keras model, and it is read back",
    ),
    Judgement(
        _ANY,
        r"tf\.train\.exponential_decay",
        "harmless",
        "rung optimiser",
        "the schedules are compared at and around every stair",
    ),
    Judgement(
        _ANY,
        r"tf\.train\.(Momentum|Adam)Optimizer",
        "harmless",
        "rung optimiser",
        "parameters and slots after steps on the same gradients",
    ),
    Judgement(
        _ANY,
        r"tf\.(constant_initializer|truncated_normal_initializer|contrib\.layers)",
        "harmless",
        "rung initialisation",
        "the distribution of every parameter over seeds",
    ),
    Judgement(
        _ANY,
        r"tf\.(contrib\.layers xavier.*|compat\.v1\.keras\.initializers\.VarianceScaling)",
        "harmless",
        "rung initialisation",
        "the distribution of every parameter over seeds",
    ),
    Judgement(
        _ANY,
        r"tf\.set_random_seed",
        "harmless",
        "rung initialisation",
        "the seed draws other numbers, from the same distribution; nothing depends on which",
    ),
    Judgement(
        _ANY,
        r"tf\.to_int64",
        "harmless",
        "rung pipeline",
        "the accuracy is the same from the same predictions",
    ),
    Judgement(
        _ANY,
        r"tf\.(Session|ConfigProto|global_variables_initializer)",
        "harmless",
        "rung pipeline",
        "the training script runs with them, and sees the same batches",
    ),
    Judgement(
        _ANY,
        r"tf\.(add_to_collection|get_collection)",
        "harmless",
        "rung loss",
        "every term of the loss; the collection is still filled",
    ),
    Judgement(
        _ANY,
        r"tf\.(placeholder|variable_scope|get_variable|squeeze|nn\.conv2d|nn\.max_pool)",
        "harmless",
        "rung inference",
        "the activation after every layer, from the same parameters by name",
    ),
)


def judge_own(records: Iterable[Record]) -> tuple[Record, ...]:
    """Records of this project's own tree with their verdicts; open where no judgement speaks."""
    judged = []
    for record in records:
        known = next((j for j in OWN if j.speaks_of(record)), None)
        if known:
            record = record.judged(known.verdict, f"{known.evidence}: {known.because}")
        judged.append(record)
    return tuple(judged)


def judge_by_scan(records: Iterable[Record], scan: Scan) -> tuple[Record, ...]:
    """Records of anybody's tree, judged by what the scan finds where the tool wrote.

    A line that the scan finds fatal or silent needs a change. A rename or a keyword on a line that
    it finds nothing on is harmless: the name and the parameters are those of the installed release.
    What the tool itself asks to check stays open, for only a run can tell.
    """
    places: dict[tuple[str, int], list[str]] = {}
    for finding in scan.findings:
        if finding.severity != "cosmetic":
            places.setdefault((finding.file, finding.line), []).append(finding.rule)
    judged = []
    for record in records:
        rules = places.get((record.file, record.line), ())
        if rules:
            record = record.judged("needs a change", f"scan: {', '.join(sorted(set(rules)))}")
        elif record.kind in ("rename", "keyword", "change"):
            record = record.judged("harmless", "scan: the name exists and takes these arguments")
        judged.append(record)
    return tuple(judged)


def is_serious(record: Record) -> bool:
    """Whether a record stands against a migration: unread, unparsed or refused, and not
    answered."""
    return record.verdict != "harmless" and record.kind in ("error", "not parsed", "not read")


@dataclass(frozen=True)
class Topic:
    """One of the things that a migration is warned of, and how it went here.

    Attributes:
        title: what.
        verdict: harmless, or needs a change.
        evidence: rung, patch or test.
        finding: one sentence.
    """

    title: str
    verdict: Verdict
    evidence: str
    finding: str


TOPICS = (
    Topic(
        "renamed names",
        "harmless",
        "rung inference",
        "The tool's renames are right; the network computes what it did.",
    ),
    Topic(
        "renamed and reordered arguments",
        "needs a change",
        "patch 0003-dropout-noise-shape-by-keyword",
        "Right everywhere but at dropout, whose noise shape lands in the place of the rate.",
    ),
    Topic(
        "*.save",
        "harmless",
        "rung checkpoint",
        "It warns of Keras models; here a Saver writes a checkpoint, which all three read.",
    ),
    Topic(
        "tf.get_variable",
        "needs a change",
        "patch 0002-add-to-a-variable-not-in-place",
        "The warning is about the order of reads; what fails is += on the variable.",
    ),
    Topic(
        "resource variables: reads before and after an assignment",
        "harmless",
        "test tests/harness/upgrade/test_read_order.py",
        "TensorFlow 1 may see 1, 1 or 1, 2 or 2, 1, TensorFlow 2 always 1, 2; the moving averages "
        "are "
        "the only variables both read and assigned, and every step leaves them alike (rung state).",
    ),
    Topic(
        "tf.summary",
        "needs a change",
        "patch 0004-scalar-summaries-of-the-graph",
        "The report says that the calls were converted to tf.compat.v1.summary; scalar was not.",
    ),
    Topic(
        "tf.contrib",
        "harmless",
        "rung initialisation",
        "Only the Xavier initialiser; it becomes a VarianceScaling of the same distribution.",
    ),
    Topic(
        "sessions and eager execution",
        "harmless",
        "rung pipeline",
        "The scripts build inside tf.Graph().as_default(), where eager mode is off.",
    ),
    Topic(
        "global collections and the tracking of variables",
        "harmless",
        "rung structure",
        "tf.compat.v1 keeps the collections: every parameter is there, one to one, by its name.",
    ),
)
