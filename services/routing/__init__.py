"""Who handles a ticket, by when, and who has verified the fix: routing owns the case and publishes the directory.

Publishes `yima.routing.v1` (cases) and `yima.directory.v1` (areas, places, units, people, duty, rules, calendars).
Listens to `yima.intake.v1` (tickets, imports, disputed fixes) and `yima.keys.v1` (keys of reporters and staff).
"""
