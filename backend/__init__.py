"""The platform's own applications.

The rules of local time come from the pinned `tzdata`, not from the system: a distribution may lag behind a
government's decision, and the browser would then show another hour than the server.
"""

from __future__ import annotations

import zoneinfo

zoneinfo.reset_tzpath(to=())
