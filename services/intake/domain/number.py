"""Ticket numbers that people can read aloud: nine digits, scattered, the last one a check digit (Damm)."""

SEQUENCE_MAX = 10**8

# Coprime to 10**8, so that the product visits every eight-digit number once and neighbours lie far apart: a slip of
# the tongue does not land on the ticket of the next resident.
STEP = 38_196_601
OFFSET = 20_260_401

# A totally anti-symmetric quasigroup: it catches every wrong digit and every swap of neighbours.
DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def ticket_number(sequence: int) -> str:
    """The number of the n-th ticket."""
    if not 0 <= sequence < SEQUENCE_MAX:
        raise ValueError("All ticket numbers have been given out.")
    digits = f"{(sequence * STEP + OFFSET) % SEQUENCE_MAX:08d}"
    return f"{digits}{check_digit(digits)}"


def is_ticket_number(text: str) -> bool:
    """Whether somebody read all nine digits right."""
    return len(text) == 9 and text.isascii() and text.isdigit() and check_digit(text) == 0


def check_digit(digits: str) -> int:
    """What is put behind the digits; 0 when the last of them is already the right one."""
    interim = 0
    for digit in digits:
        interim = DAMM[interim][int(digit)]
    return interim
