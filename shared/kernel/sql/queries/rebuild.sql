-- name: claim_rebuild
-- One rebuild of a projection at a time, held as long as the session lives.
SELECT pg_try_advisory_lock(hashtext($1), hashtext(current_schema()));

-- name: give_up_claim
-- Others may rebuild it now.
SELECT pg_advisory_unlock(hashtext($1), hashtext(current_schema()));

-- name: claim_settling
-- One at a time works off what a projection's batches left, until its transaction ends; another leaves it to it.
SELECT pg_try_advisory_xact_lock(hashtext($1), hashtext('settling'));

-- name: hold_settling
-- Nobody else works it off until this is given up.
SELECT pg_advisory_lock(hashtext($1), hashtext('settling'));

-- name: give_up_settling
-- Others may work it off again.
SELECT pg_advisory_unlock(hashtext($1), hashtext('settling'));

-- name: claim_counting_anew
-- One at a time counts anew what live tables hold, until its transaction ends; while a rebuild runs, nobody.
SELECT pg_try_advisory_xact_lock(hashtext($1), hashtext('counting anew'));

-- name: hold_counting_anew
-- Wait for who counts anew; nobody else begins until this is given up.
SELECT pg_advisory_lock(hashtext($1), hashtext('counting anew'));

-- name: give_up_counting_anew
-- Others may count anew again.
SELECT pg_advisory_unlock(hashtext($1), hashtext('counting anew'));

-- name: schema_exists
-- Whether a schema of this name stands.
SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1);

-- name: rebuild_begun
-- How far an interrupted rebuild by the same code had come.
SELECT first_position, next_position, steps_done FROM rebuilds WHERE projection = $1 AND edition = $2;

-- name: begin_rebuild
-- A rebuild starts at the first row that was kept.
INSERT INTO rebuilds (projection, edition, first_position, next_position)
SELECT $1, $2, first.position, first.position
FROM (SELECT coalesce(min(position), 1) AS position FROM received) AS first
ON CONFLICT (projection) DO UPDATE SET edition = excluded.edition, first_position = excluded.first_position,
    next_position = excluded.next_position, steps_done = 0
RETURNING first_position;

-- name: advance_rebuild
-- Everything before this position is in.
UPDATE rebuilds SET next_position = $2 WHERE projection = $1;

-- name: step_done
-- So many of the steps that follow on the gathering are done, and are not done again after an interruption.
UPDATE rebuilds SET steps_done = $2 WHERE projection = $1;

-- name: end_rebuild
-- The rebuilt tables are live.
DELETE FROM rebuilds WHERE projection = $1;

-- name: keep_edition
-- Which code filled tables that are live or were so before ('' where nobody knows), and what is the first position that
-- they had not seen when they were put there.
INSERT INTO rebuilds (projection, edition, first_position, next_position)
VALUES ($1, $2, 1, $3)
ON CONFLICT (projection) DO UPDATE SET edition = excluded.edition, next_position = excluded.next_position;

-- name: old_tables
-- Which code filled the tables that were live before, which those that are, and the first position that the former have
-- not seen.
SELECT edition, next_position, (SELECT edition FROM rebuilds WHERE projection = $2) AS live_edition
FROM rebuilds
WHERE projection = $1;

-- name: edition_of
-- Which code filled them.
SELECT edition FROM rebuilds WHERE projection = $1;

-- name: stream_at
-- The stream that a row belongs to.
SELECT stream FROM received WHERE position = $1;

-- name: wait_for_open_writers
-- From here to the end of the transaction no row is on its way whose position is already given out.
LOCK TABLE received IN SHARE MODE;

-- name: newest_received
-- The last position that was kept.
SELECT coalesce(max(position), 0) FROM received;

-- name: statement_to_drop_schema
-- A statement that drops a projection's tables.
SELECT format('DROP SCHEMA IF EXISTS %I CASCADE', $1::text);

-- name: statement_to_rename_schema
-- A statement that gives a projection's tables another name; it takes no lock on them, so that readers never wait.
SELECT format('ALTER SCHEMA %I RENAME TO %I', $1::text, $2::text);

-- name: statements_to_analyze
-- Statements that let the planner know the new tables before anybody reads them; some it had to know sooner.
SELECT format('ANALYZE %I.%I', schemaname, tablename)
FROM pg_tables
WHERE schemaname = $1 AND NOT EXISTS (
    SELECT FROM pg_stats WHERE pg_stats.schemaname = $1 AND pg_stats.tablename = pg_tables.tablename)
ORDER BY tablename;

-- name: columns_by_table
-- The tables of two editions of a projection: which columns both have, and which only one of them.
SELECT table_name::text AS table,
    array_agg(column_name::text ORDER BY column_name) FILTER (WHERE in_live AND in_next) AS both,
    coalesce(array_agg(column_name::text ORDER BY column_name) FILTER (WHERE NOT in_next), '{}') AS only_live,
    coalesce(array_agg(column_name::text ORDER BY column_name) FILTER (WHERE NOT in_live), '{}') AS only_new
FROM (
    SELECT table_name, column_name, bool_or(table_schema = $1) AS in_live, bool_or(table_schema = $2) AS in_next
    FROM information_schema.columns
    WHERE table_schema IN ($1, $2) AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname IN ($1, $2))
    GROUP BY table_name, column_name
) AS found
GROUP BY table_name
ORDER BY table_name;

-- name: statement_to_compare
-- A statement that counts the rows of one table that another lacks, and shows the first few: of all it would take longer
-- to write them out than to find them.
SELECT format(
    'WITH lacking AS (SELECT %s FROM %I.%I EXCEPT ALL SELECT %s FROM %I.%I)'
    ' SELECT (SELECT count(*) FROM lacking) AS rows, ARRAY(SELECT to_jsonb(lacking)::text FROM lacking LIMIT %s) AS samples',
    columns.list, $1::text, $3::text, columns.list, $2::text, $3::text, $5::int
)
FROM (SELECT string_agg(quote_ident(name), ', ') AS list FROM unnest($4::text[]) AS name) AS columns;
