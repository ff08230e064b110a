#!/usr/bin/env python
"""Entry of every management command; starts the embedded services first when no external ones are configured."""

import os
import sys


def main() -> None:
    """Run one management command. Exits with 1 and clear lines for services or settings that do not fit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_portal.settings")
    from community_portal.local.services import ServiceError, hold_services

    try:
        hold_services()
    except ServiceError as error:
        sys.exit(f"{error}")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
