#!/usr/bin/env python
"""Entry of every management command; starts the embedded services first when no external ones are configured."""

import os
import sys


def main() -> None:
    """Run one management command. Exits with 1 and a clear line when the embedded services cannot start."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_portal.settings")
    from community_portal.local.services import ServiceError, hold_services

    try:
        hold_services()
    except ServiceError as error:
        sys.exit(f"{error}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
