"""Whom an address stands for."""

from services.intake.handlers.access import network_of


def test_a_household_counts_as_one_however_many_addresses_it_has() -> None:
    assert network_of("2001:db8:1:2::7") == network_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("made up") == "unknown"
