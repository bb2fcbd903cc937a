#!/bin/sh
# The Secrets that the services need, from the files that `deploy/secrets.sh` made: `sh deploy/k8s/secrets.sh | kubectl
# apply -f -`. What is printed is secret. The accounts at Kafka, its certificates and the Ingress's are made by operators.
set -eu
directory=${1:-$(dirname "$0")/../secrets}

encoded() { base64 <"$1" | tr -d '\n'; }
head_of() { printf -- '---\napiVersion: v1\nkind: Secret\nmetadata: { name: %s, namespace: yima }\ntype: %s\ndata:\n' "$1" "$2"; }
account() {
  head_of "$1" kubernetes.io/basic-auth
  printf '  username: %s\n  password: %s\n' "$(printf %s "$2" | base64)" "$(encoded "$directory/$3")"
}

head_of yima-platform Opaque
printf '  platform.json: %s\n' "$(encoded "$directory/platform.json")"
account yima-database yima postgres
for name in intake routing notify reporting; do
  account "yima-database-$name" "yima_$name" "$name"
done
account yima-database-grafana yima_grafana grafana-reader
