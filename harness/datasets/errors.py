"""What a data set says when it cannot be used."""


class DatasetError(ValueError):
    """A data set that is missing, damaged or not what was asked for.

    The message is one line: the file at fault, what is wrong with it, and what to do.
    """
