"""Functions of a case told apart by what else they take: each stands with its subject, and is found by that type."""

from collections.abc import Callable
from typing import Any, TypeVar, get_args, get_type_hints

Function = TypeVar("Function", bound=Callable[..., Any])


class SaidTwiceError(Exception):
    """Two functions are for the same type."""


def register(table: dict[type, Callable[..., Any]], function: Function) -> Function:
    """Enter a function for the type, or each of the union, that its second parameter is declared as."""
    _, taken, _ = get_type_hints(function).values()
    for each in get_args(taken) or (taken,):
        if each in table:
            raise SaidTwiceError(each.__name__)
        table[each] = function
    return function
