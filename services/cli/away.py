"""Stores that do not answer, and those that refuse the account we came with: what a command says of each."""

import asyncpg
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)

from services.cli.errors import AccountMayNotError, BrokerAwayError, CommandError, DatabaseAwayError
from shared.kernel.database import PLATFORM_ERRORS

AWAY_ERRORS: tuple[type[BaseException], ...] = (*PLATFORM_ERRORS, asyncpg.PostgresError)
FORBIDDEN_ERRORS: tuple[type[BaseException], ...] = (
    asyncpg.InsufficientPrivilegeError,
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)


def of_database(error: BaseException) -> CommandError:
    """Away, or there and not for us: waiting helps with the one, another account with the other."""
    return forbidden(error) if isinstance(error, FORBIDDEN_ERRORS) else DatabaseAwayError(type(error).__name__)


def of_broker(error: BaseException) -> CommandError:
    """The same of Kafka."""
    return forbidden(error) if isinstance(error, FORBIDDEN_ERRORS) else BrokerAwayError(type(error).__name__)


def forbidden(error: BaseException) -> AccountMayNotError:
    """Names the role or table as PostgreSQL does, which names nobody's data."""
    return AccountMayNotError(str(error) if isinstance(error, asyncpg.PostgresError) else type(error).__name__)
