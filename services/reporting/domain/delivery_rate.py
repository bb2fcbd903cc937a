"""Delivery rate 短信送达率 = delivered ÷ sent.

A message is sent when a provider took it, refused it for good, or nobody knows which; it counts once, by the first of
these. What no receipt says was delivered was not, so that it is 0 % with the sandbox, which gives no receipts. Source:
notify's events.
"""

from services.reporting.domain.definition import Part, RateDefinition, told_by
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

FIGURE = RateDefinition(
    id="delivery_rate",
    name=Name(zh="短信送达率", en="messages' delivery rate"),
    formula="delivered ÷ sent",
    numerator=Part(
        words="of the sent, those with a receipt of delivery by the period's end", names=("messages_delivered",)
    ),
    denominator=Part(
        words="messages that a provider was asked to send, by its first final answer in the period",
        names=("messages_sent",),
    ),
    exclusions="Kept back (no phone, history, nobody on duty); refused for now and tried again.",
    period="the provider's first final answer",
    source="docs/architecture.md; notify's events",
    why=told_by(__doc__),
    several_of_a_case=True,
)


def delivery_rate(tally: Tally) -> Rate:
    """The share of messages that arrived."""
    return FIGURE.of(tally)
