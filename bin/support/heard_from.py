"""Health check of the containers that have no port: has the web server lately heard from `worker` or `beat`?

python heard_from.py ADDRESS-OF-HEALTHZ NAME; exit code 0 when it has.
"""

import json
import sys
import urllib.error
import urllib.request


def heard_from(address: str, name: str) -> bool:
    # Whatever the proxy calls this installation, "localhost" is always an allowed host.
    request = urllib.request.Request(address, headers={"Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            parts = json.load(answer)
    except urllib.error.HTTPError as error:
        parts = json.load(error)  # 503: something is down, perhaps another part
    return bool(parts[name]["ok"])


if __name__ == "__main__":
    sys.exit(0 if heard_from(*sys.argv[1:3]) else 1)
