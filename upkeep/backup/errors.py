"""Why a backup was not written or not restored."""


class BackupError(Exception):
    """Nothing was written or restored; the message says why and what to do, in a sentence or two."""
