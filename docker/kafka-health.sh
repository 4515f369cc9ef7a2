#!/usr/bin/env bash
# Succeeds if the broker answers a request. Kafka's own tools could ask too, but each start of a JVM costs a second of a
# core, and on a busy machine more than any sensible time-out.
set -euo pipefail

exec 3<>/dev/tcp/127.0.0.1/9093
# ApiVersions (18) in version 0, with correlation id 1 and a client id of two letters; before it, its length.
printf '\0\0\0\x0c\0\x12\0\0\0\0\0\x01\0\x02up' >&3
# The answer: its length, the correlation id, and the error code 0.
head -c 10 <&3 | tail -c 6 | cmp -s - <(printf '\0\0\0\x01\0\0')
