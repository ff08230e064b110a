"""The portal as a benchmark runs it: with its own services, in a folder of its own."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT / "var" / "bench"


def start(folder: Path = SHARED) -> None:
    """Start the embedded services with their data in `folder`, and Django on them. Call before importing models."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_portal.settings")
    os.environ.setdefault("PORTAL_LOG_LEVEL", "ERROR")
    os.environ["PORTAL_VAR"] = str(folder)
    from community_portal.local.services import hold_services

    hold_services()
    import django

    django.setup()
