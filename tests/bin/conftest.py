"""bin/ is no package of the application: its modules are found beside the commands, as the commands find them."""

import sys

from django.conf import settings

sys.path.insert(0, str(settings.BASE_DIR / "bin"))
