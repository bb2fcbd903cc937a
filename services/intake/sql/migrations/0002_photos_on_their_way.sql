-- Photos that are kept and that no ticket names yet: what stays here is swept away with its file.
CREATE TABLE photos_on_their_way (
    id text PRIMARY KEY,
    set_out_at timestamptz NOT NULL
);
CREATE INDEX photos_on_their_way_age ON photos_on_their_way (set_out_at);
GRANT SELECT, INSERT, DELETE ON photos_on_their_way TO {role};
