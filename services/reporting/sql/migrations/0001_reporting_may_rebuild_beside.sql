-- A rebuild makes a second schema and swaps the two by name, which needs this right. Run before a deploy.
DO $$ BEGIN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO {role}', current_database());
END $$;
