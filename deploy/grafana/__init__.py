"""Grafana's dashboards and alert rules, written as Python and committed as what Grafana reads."""
