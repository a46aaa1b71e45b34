"""The scoring shapes, one class each: parameters, arithmetic, sentence and faults (`analysis.rulebook.rule.Rule`).

Every module of this folder is loaded, and with it what it marks as a shape.
"""

from __future__ import annotations

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
