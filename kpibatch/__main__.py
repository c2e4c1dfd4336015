"""``python -m kpibatch``."""

from kpibatch.commands.cli import main

if __name__ == "__main__":
    main()
