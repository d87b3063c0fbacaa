"""Why the engines may not start."""


class EngineError(Exception):
    """The engines cannot run here; the message says why and what to do, in one or two sentences."""


class Interrupted(Exception):
    """Someone asked to stop while the engines were starting."""
