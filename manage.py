#!/usr/bin/env python
"""Django's commands, with the embedded servers running where no others are given."""

import os
import signal
import sys

from django.core.management import execute_from_command_line

from config import embedded


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end like Ctrl-C: servers too
    try:
        with embedded.servers(embedded.home()) as values:
            os.environ.update(values)
            execute_from_command_line(sys.argv)
    except embedded.EmbeddedError as error:
        sys.exit(f"Viva cannot start. {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
