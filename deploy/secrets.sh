#!/bin/sh
# Makes the secrets of a deployment, each in a file of its own: `sh deploy/secrets.sh [DIRECTORY]`. Those that are there
# stay. The directory is for its owner alone; the files in it are readable, since a container's user is another one.
set -eu
directory=${1:-$(dirname "$0")/secrets}
umask 077
mkdir -p "$directory"

random() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }
# Written beside and moved, so that an interrupted run leaves no half of a secret.
keep() {
  [ -s "$directory/$1" ] || { cat >"$directory/.$1" && chmod 0444 "$directory/.$1" && mv "$directory/.$1" "$directory/$1"; }
}

# Whoever loses this file loses every name and phone: keep a copy apart from the backups.
printf '{"platform_key": "%s", "hmac_key": "%s", "session_key": "%s"}\n' "$(random)" "$(random)" "$(random)" |
  keep platform.json
# The last two are accounts of others, at the mail server and at what rings somebody up: write what they gave you.
for name in postgres intake routing notify reporting grafana-reader grafana-admin alert-mail alert-webhook; do
  random | tr '+/' '-_' | keep "$name"
done
