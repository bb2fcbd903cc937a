"""How fast Yima is, each measurement beside its floor or peer in the same run: `python -m bench --help`."""
