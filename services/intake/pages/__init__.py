"""What residents see of their ticket: the report page, the receipt and the status page."""
