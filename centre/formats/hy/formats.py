"""How Armenian writes numbers; days and hours are the house's."""

from centre.formats.house import *  # noqa: F403 - Django reads each format by its name from this module

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\N{NO-BREAK SPACE}"
