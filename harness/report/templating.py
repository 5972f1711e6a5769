"""The templates: HTML escaped, Markdown not, and no variable ever silently empty."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.report.wording import count, duration, number, ratio

_FOLDER = Path(__file__).parent / "templates"


def fill(template: str, **values: object) -> str:
    """Renders a template of this room's `templates/`."""
    return _ENVIRONMENT.get_template(template).render(**values)


def table_cell(text: str) -> str:
    """Text that neither ends a Markdown table cell nor starts an HTML tag."""
    return " ".join(text.split()).replace("|", r"\|").replace("<", "&lt;")


def breakable(name: str) -> Markup:
    """A name that may be broken after its slashes and underscores and before its @."""
    escaped = str(Markup.escape(name))
    for mark, broken in (("/", "/<wbr>"), ("_", "_<wbr>"), ("@", "<wbr>@")):
        escaped = escaped.replace(mark, broken)
    return Markup(escaped)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        number=number,
        ratio=ratio,
        count=count,
        duration=duration,
        cell=table_cell,
        breakable=breakable,
    )
    return environment


_ENVIRONMENT = _environment()
