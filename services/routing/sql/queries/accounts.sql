-- name: people_with_accounts
-- Who can sign in already.
SELECT person FROM accounts;

-- name: add_account
-- An account with its first-use password; one that exists keeps its own.
INSERT INTO accounts (person, password_hash, changed_at) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
RETURNING person;

-- name: account
-- How a person proves who they are.
SELECT password_hash, must_change FROM accounts WHERE person = $1;

-- name: change_password
-- The person's own password in place of the one before.
UPDATE accounts SET password_hash = $2, must_change = false, changed_at = $3 WHERE person = $1;

-- name: reissue_password
-- A first-use password again, for who has lost their own.
UPDATE accounts SET password_hash = $2, must_change = true, changed_at = $3 WHERE person = $1
RETURNING person;

-- name: add_session
-- Somebody signed in.
INSERT INTO sessions (token_hash, person, expires_at, by_provider, provider_subject, provider_session)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: remember_sign_in
-- When somebody signed in last.
INSERT INTO sign_ins (person, at, by_provider) VALUES ($1, $2, $3)
ON CONFLICT (person) DO UPDATE SET at = excluded.at, by_provider = excluded.by_provider;

-- name: users
-- Who has an account or signed in: whether the first-use password waits, when they came last, how many sessions are open,
-- who ended those before last.
SELECT
    person, accounts.must_change, sign_ins.at, sign_ins.by_provider, coalesce(open.sessions, 0) AS sessions,
    ended.at AS ended_at, ended.by AS ended_by
FROM accounts
FULL JOIN sign_ins USING (person)
LEFT JOIN (
    SELECT person, count(*) AS sessions FROM sessions WHERE expires_at > $1 GROUP BY person
) AS open USING (person)
LEFT JOIN (
    SELECT DISTINCT ON (person) person, at, by FROM sessions_ended ORDER BY person, at DESC
) AS ended USING (person);

-- name: session
-- Whose session it is, as long as it is good; one that a password began, only where passwords count ($3).
SELECT person, (NOT by_provider AND accounts.must_change) IS TRUE AS must_change, expires_at
FROM sessions LEFT JOIN accounts USING (person)
WHERE token_hash = $1 AND expires_at > $2 AND (by_provider OR $3);

-- name: end_session
-- Signed out.
DELETE FROM sessions WHERE token_hash = $1
RETURNING by_provider;

-- name: end_sessions_of
-- All sessions of a person end, as after a change of password.
DELETE FROM sessions WHERE person = $1;

-- name: end_sessions_by_provider
-- The provider signed somebody out: of the one session that it names, or of all of its subject where it names none, or never
-- named one to us.
DELETE FROM sessions
WHERE provider_session = $2 OR (provider_subject = $1 AND ($2::bytea IS NULL OR provider_session IS NULL));

-- name: add_sessions_ended
-- An admin signed somebody out everywhere.
INSERT INTO sessions_ended (person, at, by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: end_old_sessions
-- Sessions whose time is over.
DELETE FROM sessions WHERE expires_at <= $1;

-- name: count_try
-- One more try, counted as a failure until it succeeds; windows that are over go.
WITH old AS (DELETE FROM sign_in_failures WHERE counted_from < $2)
INSERT INTO sign_in_failures AS held (who, counted_from, failures) VALUES ($1, $2, 1)
ON CONFLICT (who, counted_from) DO UPDATE SET failures = held.failures + 1
RETURNING failures;

-- name: forgive_try
-- A success: the account's own failures from there no longer count, and this try was none of the others'.
WITH own AS (DELETE FROM sign_in_failures WHERE who = $1)
UPDATE sign_in_failures SET failures = failures - 1 WHERE who = ANY ($2::text[]) AND counted_from = $3 AND failures > 0;
