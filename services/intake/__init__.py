"""Intake: the ticket as the reporter knows it.

Owns tickets, reporters and their keys, photos, ratings and disputes, partner systems' API keys and imported history.
Publishes its events on `yima.intake.v1`, and the reporters' wrapped keys on `yima.keys.v1`.
Listens to routing, for what the status page shows, and to the directory, for places, categories and units' names.
"""
