#!/bin/sh
# Builds the image on a bare Debian tree, where no registry of images is reached, and tries what it promises:
# `sh deploy/build_bare.sh [DIRECTORY]`, as root, with debootstrap and podman of Debian. It takes a few minutes.
#
# Where limits can not be raised (no CAP_SYS_RESOURCE), name a CONTAINERS_CONF whose `default_ulimits` are those of the
# shell, and `nproc` no more than /proc/sys/kernel/pid_max, to which podman lowers its own; with cgroups of version 1 or
# hybrid ones, one whose `runtime` is runc.
set -eu
cd "$(dirname "$0")/.."
directory=${1:-$(mktemp -d)}
mkdir -p "$directory"
tree=$directory/python
image=localhost/yima:bare

echo "== a tree with Python and nothing else"
[ -e "$tree/usr/bin/python3" ] ||
  debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv bookworm "$tree" >"$directory/debootstrap.log"
tar -C "$tree" -c . | podman import --quiet - localhost/yima-python:bare

echo "== the image"
# The certificates and the configuration of pip are those of this machine, during the build only.
[ -e /etc/pip.conf ] && pip="--volume /etc/pip.conf:/etc/pip.conf:ro" || pip=""
# shellcheck disable=SC2086 # Words, or none.
podman build --quiet --format docker --network=host --volume /etc/ssl/certs:/etc/ssl/certs:ro $pip \
  --build-arg PYTHON=localhost/yima-python:bare --tag "$image" --file deploy/Dockerfile .

run() { podman run --rm --network=none --read-only --cap-drop=all "$@"; }
expect() {
  printf '%s: ' "$1"
  if [ "$2" = "$3" ]; then echo "$3"; else echo "$3, and not $2" && exit 1; fi
}

echo "== what it promises"
expect "runs as" 10001:10001 "$(run --entrypoint sh "$image" -c 'echo "$(id -u):$(id -g)"')"
expect "writes to its image" no "$(run --entrypoint sh "$image" -c 'touch /app/x 2>/dev/null && echo yes || echo no')"
expect "can install packages" no "$(run --entrypoint sh "$image" -c '/opt/yima/bin/python -m pip >/dev/null 2>&1 && echo yes || echo no')"
expect "commands" yes "$(run "$image" serve --help >/dev/null && echo yes)"
packages=$(grep -cE '^[a-z0-9][a-z0-9._-]*==' requirements/app.lock.txt)
listed=$(run --entrypoint sh "$image" -c 'grep -c "^| [a-z0-9]" /opt/yima/LICENCES.md')
echo "licences: $((listed - 1)) listed of $packages locked (what is for other systems is not installed)"
expect "a misspelt setting is refused with" 1 "$(run --env YIMA_KAFKA_BOOTSTRP=kafka:9092 "$image" serve intake >/dev/null 2>&1 && echo 0 || echo $?)"
expect "a missing secret is refused with" 1 "$(run --env YIMA_SECRETS_FILE=/run/secrets/none --env YIMA_PUBLIC_URL=https://yima.example \
  --env YIMA_DATABASE_URL=postgresql://yima@127.0.0.1:9/yima --env YIMA_KAFKA_BOOTSTRAP=127.0.0.1:9 "$image" serve intake >/dev/null 2>&1 && echo 0 || echo $?)"
podman images --filter "reference=$image" --format 'size: {{.Size}}'
