"""A health check's question: ends with 0 when the address answers 200, with 1 and its answer when not."""

import sys
import urllib.error
import urllib.request

try:
    with urllib.request.urlopen(sys.argv[1], timeout=8) as answer:
        sys.stdout.write(answer.read(500).decode())
except urllib.error.HTTPError as error:
    sys.exit(f"{error.code} {error.read(500).decode()}")
except OSError as error:
    sys.exit(str(error))
