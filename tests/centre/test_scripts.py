"""Scripts as browsers get them: each under the name that changes with what is in it, and loaded once."""

import re
from pathlib import Path

from tests.servers import collected

IMPORTED = re.compile(r"""(?:from|import)\s*\(?["'](\.[^"']+\.js)["']""")
HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")


def test_no_script_imports_another_under_a_name_without_its_hash():
    """Else it would get a second copy of the module, whose hooks nobody calls."""
    hashed = [path for path in Path(collected().name).rglob("*.js") if HASHED.search(path.name)]
    imported = {name for path in hashed for name in IMPORTED.findall(path.read_text())}
    assert len(imported) > 1
    assert not [name for name in imported if not HASHED.search(name)]
