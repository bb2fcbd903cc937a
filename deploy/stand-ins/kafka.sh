#!/bin/bash
# Begins as Kafka's official image does: KAFKA_A_B is a.b of its properties, and its storage is made once.
set -eu
properties=/tmp/server.properties
env | grep '^KAFKA_' | grep -v '^KAFKA_HEAP_OPTS=' | while IFS='=' read -r name value; do
  key=${name#KAFKA_}
  echo "$(tr '[:upper:]_' '[:lower:].' <<<"$key")=$value"
done >"$properties"
echo "inter.broker.listener.name=PLAINTEXT" >>"$properties"
mkdir -p "$KAFKA_LOG_DIRS"
chown -R appuser:appuser "$KAFKA_LOG_DIRS"
# shellcheck disable=SC2206 # Words.
as_kafka=(setpriv --reuid=appuser --regid=appuser --clear-groups /opt/java/bin/java $KAFKA_HEAP_OPTS -cp '/opt/kafka/*')
"${as_kafka[@]}" kafka.tools.StorageTool format --ignore-formatted --cluster-id="$CLUSTER_ID" --config="$properties"
exec "${as_kafka[@]}" kafka.Kafka "$properties"
