"""Who we are to a broker that asks: every client says it, and nothing shows the password."""

import ssl

from shared.kernel.account import Account
from shared.kernel.kafka import Broker, new_producer


def test_broker_that_does_not_ask_is_told_nothing() -> None:
    assert Broker("kafka:9092").client_settings == {"bootstrap_servers": "kafka:9092"}


async def test_account_goes_with_every_client_over_tls() -> None:
    broker = Broker("kafka:9093", account=Account("yima-intake", "hidden"))

    producer = new_producer(broker, "relay-intake")

    settings = broker.client_settings
    context = settings.pop("ssl_context")
    assert isinstance(context, ssl.SSLContext)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert settings == {
        "bootstrap_servers": "kafka:9093",
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "yima-intake",
        "sasl_plain_password": "hidden",
    }
    assert producer.client._security_protocol == "SASL_SSL"
    assert "hidden" not in repr(broker)
