#!/usr/bin/env bash
# Creates the topics that are missing; leaves those that are there as they are.
set -euo pipefail

export KAFKA_HEAP_OPTS='-Xmx64m'
export KAFKA_JVM_PERFORMANCE_OPTS='-XX:+UseSerialGC -XX:TieredStopAtLevel=1'
week=604800000

create() {
  local topic="$1"
  shift
  # LogAppendTime: with the producers' clocks, Kafka would delete a topic of past events within minutes.
  /opt/kafka/bin/kafka-topics.sh --bootstrap-server kafka:29092 --create --if-not-exists --topic "$topic" \
    --config message.timestamp.type=LogAppendTime --config retention.ms="$week" "$@"
}

create transactions --partitions "${SALESPULSE_PARTITIONS:-4}"
# A rejected record comes with headers that say why, so it may be larger than it was.
create transactions.dead-letter --partitions 1 --config max.message.bytes=2097176
