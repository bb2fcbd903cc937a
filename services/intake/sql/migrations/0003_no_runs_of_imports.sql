-- How far an import has come is told by its tickets: the table was never written.
SET LOCAL lock_timeout = '5s';
DROP TABLE import_runs;
