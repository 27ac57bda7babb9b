"""A whole file is refused: with a sentence for HR."""


class FileRefused(ValueError):
    """The file cannot be read. The text is for the reader: it names what to do, and quotes nothing from the file."""
