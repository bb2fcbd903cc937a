"""What tests are built from: servers, clocks, ledgers and given/when/then."""
