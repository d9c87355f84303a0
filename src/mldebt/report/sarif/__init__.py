"""SARIF 2.1.0 as GitHub code scanning, editors and the SARIF tools read it.

All formats follow ``--show``; JSON always holds all. So this log holds what text lists: open
findings of high and medium confidence, notes only with ``--show notes``. Suppressed and baselined
findings stay out unless they are asked for, because GitHub makes alerts of them.

Import it only where a log is written: ``sarif_om`` is slow to import.
"""

from __future__ import annotations

from mldebt.report.sarif.builder import RESULT_LIMIT, render

__all__ = ["RESULT_LIMIT", "render"]
