"""`python -m services.cli`, for where the `yima` command is not on the path."""

from services.cli.app import main

if __name__ == "__main__":
    main()
