"""What every command to a case is."""


class Command:
    """What is asked of a case: by its reporter, a clock, the district, or somebody of the staff."""

    __slots__ = ()


class Act(Command):
    """What somebody does with the work on a case; nobody does with one that follows another, or was withdrawn."""

    __slots__ = ()
