"""Reporting: the figures that supervisors are judged by, counted from what the others tell.

Owns: the figures' tables (`reporting_figures`), the definitions of the figures, and every received event, raw.
Publishes: nothing.
Listens to: yima.intake.v1, yima.routing.v1 and yima.notify.v1 for the figures, yima.directory.v1 for names and areas.
Opens nothing: it follows no keys, so that what is sealed stays sealed here.
"""
