-- Run once, on an empty database: each service signs in as its own role and sees its own schema, which the migration
-- makes. The passwords come from files, so that none stands in an environment or a process list.
\set intake `cat /run/secrets/intake`
\set routing `cat /run/secrets/routing`
\set notify `cat /run/secrets/notify`
\set reporting `cat /run/secrets/reporting`
\set grafana `cat /run/secrets/grafana-reader`
CREATE ROLE yima_intake LOGIN PASSWORD :'intake';
CREATE ROLE yima_routing LOGIN PASSWORD :'routing';
CREATE ROLE yima_notify LOGIN PASSWORD :'notify';
CREATE ROLE yima_reporting LOGIN PASSWORD :'reporting';
-- What it may read, the migration grants: the figures' rows and the directory's names.
CREATE ROLE yima_grafana LOGIN PASSWORD :'grafana' CONNECTION LIMIT 20;
ALTER ROLE yima_grafana SET default_transaction_read_only = on;
ALTER ROLE yima_grafana SET statement_timeout = '30s';
-- Where a panel's links lead: the address that people open the pages at.
\getenv pages PUBLIC_URL
\if :{?pages}
ALTER ROLE yima_grafana SET yima.pages = :'pages';
\endif
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
