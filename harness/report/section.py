"""A section of the report: what one result file becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Section:
    """One result file, told three ways.

    Attributes:
        name: of its Markdown file, without suffix.
        title: in the page's navigation.
        html: its part of the page.
        markdown: the same in short, complete in itself.
        files: others it refers to, by their path beside the page.
    """

    name: str
    title: str
    html: str
    markdown: str
    files: Mapping[str, bytes] = field(default_factory=dict)
