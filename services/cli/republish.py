"""`yima republish`: what the services have said is sent once more, to a Kafka that has lost it."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated

import typer
from aiokafka.errors import KafkaError

from services.cli.away import of_broker
from services.cli.errors import NoSuchStreamHereError, StreamOrConsumerError
from services.cli.options import InJson
from services.cli.service_tables import chosen, roots, stores_of, tables_of
from services.cli.serving import ServiceName
from services.cli.settings import launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import worded
from shared.embedded.platform import Platform
from shared.kernel import republish as kernel
from shared.kernel.filling import fill, filling_topic
from shared.kernel.kafka import Broker, Topic, ensure_topics
from shared.kernel.republish import NoSuchStreamError, RepublishProgress


def republish(
    service: Annotated[ServiceName | None, typer.Option(help=worded("help_republish_service"))] = None,
    stream: Annotated[str | None, typer.Option(help=worded("help_republish_stream"))] = None,
    consumer: Annotated[ServiceName | None, typer.Option(help=worded("help_republish_consumer"))] = None,
    json: InJson = False,
) -> None:
    with refusals_in_one_line():
        if stream and consumer:
            raise StreamOrConsumerError
        platform = stores_of(launch_settings())
        records = asyncio.run(_asked(platform, service, stream, consumer))
    whole = not (service or stream or consumer)
    if json:
        typer.echo(in_json({"records": records, "consumers_may_start": whole}))
        return
    for name, count in records.items():
        typer.echo(worded("republished", service=name, count=count))
    if whole:
        typer.echo(f"✓ {worded('republished_restart')}")
    if consumer:
        typer.echo(f"✓ {worded('filled_restart', consumer=consumer)}")


async def _asked(
    platform: Platform, service: ServiceName | None, stream: str | None, consumer: ServiceName | None
) -> Mapping[str, int]:
    if stream:
        return await _stream(platform, service, stream)
    if consumer:
        return await _to_consumer(platform, service, consumer)
    return await _everything(platform, service)


async def _everything(platform: Platform, service: ServiceName | None) -> Mapping[str, int]:
    """Of one service, or of all. Consumers may begin afresh only after all is sent: before, they could miss some."""
    every, broker = roots(), _broker(platform)
    publishers = [name for name in chosen(service) if every[name].PUBLISHES]
    try:
        await ensure_topics(broker, {topic for name in publishers for topic in every[name].PUBLISHES})
        records = {name.value: await _all_of(platform, name) for name in publishers}
        if service is None:
            for name, topics in _read_topics().items():
                async with tables_of(platform, name) as connection:
                    await kernel.adopt_cluster(name.value, connection, broker, topics)
    except KafkaError as error:
        raise of_broker(error) from None
    return records


async def _to_consumer(platform: Platform, service: ServiceName | None, consumer: ServiceName) -> Mapping[str, int]:
    """All events that a consumer would have read, to a topic of its own; the others read nothing twice."""
    broker, read = _broker(platform), set(_read_topics()[consumer])
    publishers = {name: roots()[name] for name in chosen(service)}
    records: dict[str, int] = {}
    try:
        await ensure_topics(broker, [filling_topic(consumer.value)])
        for name, root in publishers.items():
            if not read.isdisjoint(root.PUBLISHES):
                async with tables_of(platform, name) as connection:
                    records[name.value] = await fill(
                        connection, root.SOURCE, broker, consumer.value, partial(_tell, name)
                    )
    except KafkaError as error:
        raise of_broker(error) from None
    return records


async def _all_of(platform: Platform, service: ServiceName) -> int:
    async with tables_of(platform, service) as connection:
        count = await kernel.republish(connection, partial(_tell, service))
        await kernel.sent(connection)
        return count


async def _stream(platform: Platform, service: ServiceName | None, stream: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for name in chosen(service):
        async with tables_of(platform, name) as connection:
            try:
                found[name.value] = await kernel.resend_stream(connection, stream)
            except NoSuchStreamError:
                continue
    if not found:
        raise NoSuchStreamHereError(stream)
    return found


def _broker(platform: Platform) -> Broker:
    return Broker(
        platform.kafka_bootstrap,
        replication=platform.kafka_replication,
        partitions=platform.kafka_partitions,
        account=platform.kafka_account,
    )


def _tell(service: ServiceName, progress: RepublishProgress) -> None:
    typer.echo(f"… {worded('republishing', service=service, done=progress.done, total=progress.total)}", err=True)


def _read_topics() -> Mapping[ServiceName, Sequence[Topic]]:
    from services.intake.reactions import reactions as intake
    from services.notify.reactions import reactions as notify
    from services.reporting.reactions import REACTIONS as REPORTING
    from services.routing.reactions import reactions as routing

    return {
        ServiceName.INTAKE: intake.topics,
        ServiceName.ROUTING: routing.topics,
        ServiceName.NOTIFY: notify.topics,
        ServiceName.REPORTING: REPORTING.topics,
    }
