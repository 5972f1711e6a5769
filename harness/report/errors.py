"""What the report says when it cannot be made."""


class ReportError(ValueError):
    """A result file that is missing, unreadable or not in a known format.

    The message is one line: the file, the place in it, and what was expected there.
    """
