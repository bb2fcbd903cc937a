"""Who is told what: notify owns every message, from the wish to the provider's receipt.

Publishes `yima.notify.v1` (queued, suppressed, attempted, accepted, rejected, unknown, delivered).
Listens to `yima.intake.v1` and `yima.routing.v1` (what people are told of), `yima.directory.v1` (who is on duty) and
`yima.keys.v1` (keys of reporters and staff: a phone is opened only when its message is sent).
"""
