"""Which Python environments are made with."""

from __future__ import annotations

import subprocess
import sys

from ops.paths import PYTHON, ROOT

ASKED = "import sys; sys.path.insert(0, 'scripts'); from ops import install; print(install.SYSTEM_PYTHON)"


def test_called_from_within_an_environment_the_same_python_is_meant() -> None:
    def told_by(python: str) -> str:
        return subprocess.run(
            [python, "-c", ASKED], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout

    assert told_by(str(PYTHON)) == told_by(sys._base_executable)  # type: ignore[attr-defined]
