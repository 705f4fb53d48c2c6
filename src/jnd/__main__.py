"""``python -m jnd`` is the ``jnd`` command."""

from jnd.cli import main

if __name__ == "__main__":
    main()
