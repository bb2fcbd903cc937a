#!/bin/sh
# A dump of the database each night, and beside it the photos and evidence as they are then: what was dumped has them all.
# `backup.sh` goes on for ever, `backup.sh once` makes one now, `backup.sh check` fails where the newest is too old.
set -eu
umask 077
backups=${BACKUPS:-/backups} files=${FILES:-/var/lib/yima}
[ ! -r /run/secrets/postgres ] || PGPASSWORD=$(cat /run/secrets/postgres)
export PGPASSWORD

# One of no bytes is none: it was begun by hand and refused.
made_within_minutes() { [ -n "$(find "$backups" -name 'yima-*.dump' -size +0 -mmin "-$1")" ]; }

# Both, or it is no backup; where photos are in a bucket, which is backed up by itself, what is still to be moved there.
folders() {
  if [ -z "${PHOTOS_URL:-}" ]; then
    printf 'photos\nevidence\n'
  else
    (cd "$files" && find photos evidence -prune 2>/dev/null) || true
  fi
}

# The dump gets its name last: where it is, the backup is whole. By 1 tar tells that photos came or went while it read: a
# photo is written whole and never changed; what comes is in the next, what goes is forgotten or in the bucket.
make() {
  name=$backups/yima-$(date -u +%Y%m%dT%H%M%SZ)
  rm -f "$backups"/*.part
  pg_dump --format=custom --file="$name.dump.part" &&
    { folders | tar -cf "$name.files.tar.part" -C "$files" --files-from=- || [ $? = 1 ]; } &&
    mv "$name.files.tar.part" "$name.files.tar" &&
    mv "$name.dump.part" "$name.dump" &&
    find "$backups" -name 'yima-*' -mtime "+${KEEP_DAYS:-14}" -delete &&
    echo "made $name.dump"
}

# At three in the morning in Shanghai; what failed then is made up for before an alarm asks for it.
is_due() {
  ! made_within_minutes 1500 || { [ "$(date -u +%H)" = 19 ] && ! made_within_minutes 1200; }
}

case ${1:-} in
  once) make ;;
  check) made_within_minutes 1560 ;;
  *)
    while :; do
      if is_due; then make || echo "no backup was made" >&2; fi
      sleep 300
    done
    ;;
esac
