#!/usr/bin/env bash
# Submits the job to a Flink session cluster, unless it is there already. Can be run at any time, and twice at once.
# The arguments are options of the job (sales-analytics-job.jar --help). main() runs in the JobManager, so the database
# password must be in that process's environment. Settings, each an environment variable:
#
#   FLINK_URL               the JobManager's REST interface; default http://jobmanager:8081
#   FLINK_STATE             folder with the cluster's checkpoints/ and savepoints/; default /flink
#   JOB_JAR                 default /opt/salespulse/sales-analytics-job.jar
#   SALESPULSE_RESTORE      where a job that is not there begins: latest (the newest checkpoint or savepoint of a job
#                           that this script submitted; the default), none (the beginning of the topic), or the folder
#                           of a savepoint or checkpoint
#   SALESPULSE_PARALLELISM  the most subtasks of an operator; default: the cluster's parallelism.default
#   SUBMIT_TIMEOUT          seconds to wait for the JobManager, and for an ending job to end; default 180
#
# Exit code: 0 if there is one such job now, 1 if not.
set -euo pipefail

flink_url="${FLINK_URL:-http://jobmanager:8081}"
state_dir="${FLINK_STATE:-/flink}"
jar="${JOB_JAR:-/opt/salespulse/sales-analytics-job.jar}"
restore="${SALESPULSE_RESTORE:-latest}"
parallelism="${SALESPULSE_PARALLELISM:-}"
timeout="${SUBMIT_TIMEOUT:-180}"

job_name=sales-analytics
# Ids of jobs that are submitted here begin with it, and so do the folders of their checkpoints and savepoints: those of
# another job, say an aborted backfill, are nothing to continue from.
id_prefix=5a1e5

say() {
  printf 'submit-job: %s\n' "$*"
}

fail() {
  printf 'submit-job: %s\n' "$*" >&2
  exit 1
}

# Prints the answer to a request; fails if there is none, or an error.
rest() {
  local path="$1"
  shift
  curl --silent --fail --max-time 10 "$@" "$flink_url$path"
}

# The value of a text field in one line of JSON.
field() {
  sed -n 's/.*"'"$1"'" *: *"\([^"]*\)".*/\1/p'
}

# Prints id and state of every job of this name, ended ones too; fails while the JobManager does not answer.
list_jobs() {
  local answer line
  answer=$(rest /jobs/overview) || return 1
  case "$answer" in
    '{"jobs":['*) ;;
    *) return 1 ;;
  esac
  printf '%s\n' "$answer" | tr '{' '\n' | { grep -F '"name":"'"$job_name"'"' || true; } \
    | while IFS= read -r line; do
        printf '%s %s\n' "$(printf '%s\n' "$line" | field jid)" "$(printf '%s\n' "$line" | field state)"
      done | sort
}

# Sets jobs. A JobManager answers only when it leads, and it leads only when it has recovered its jobs; two equal
# answers are for one that is just being replaced.
await_jobs() {
  local before=unknown deadline=$((SECONDS + timeout)) said=$SECONDS
  until jobs=$(list_jobs) && [ "$jobs" = "$before" ]; do
    [ "$SECONDS" -lt "$deadline" ] || fail "No JobManager answers at $flink_url within $timeout s. Is it running?"
    if [ $((SECONDS - said)) -ge 10 ]; then
      say "waiting for the JobManager at $flink_url"
      said=$SECONDS
    fi
    before="$jobs"
    sleep 1
  done
}

# The jobs in the given states, a regular expression.
jobs_in() {
  printf '%s\n' "$jobs" | grep -E " ($1)\$" || true
}

# Sets jobs so that none of them is about to end.
await_settled_jobs() {
  local ending said="" deadline=$((SECONDS + timeout))
  await_jobs
  while ending=$(jobs_in 'CANCELLING|FAILING') && [ -n "$ending" ]; do
    [ "$SECONDS" -lt "$deadline" ] || fail "Job $ending, and has not ended within $timeout s. See $flink_url."
    [ "$ending" = "$said" ] || say "job $ending; waiting for its end"
    said="$ending"
    await_jobs
  done
}

newest_retained() {
  ls -td "$state_dir/checkpoints/$id_prefix"*/chk-*/_metadata \
    "$state_dir/savepoints/savepoint-$id_prefix"*/_metadata 2>/dev/null | head -n 1 || true
}

# Sets start (empty for the beginning) and says why.
choose_start() {
  local newest="$1"
  case "$restore" in
    none)
      start=""
      say "starting from the beginning of the topic, as SALESPULSE_RESTORE=none says"
      ;;
    latest)
      start="${newest%/_metadata}"
      if [ -n "$start" ]; then
        say "continuing from $start, the newest checkpoint or savepoint"
      else
        say "starting from the beginning of the topic: there is no checkpoint or savepoint of an earlier job in $state_dir"
      fi
      ;;
    *)
      start="${restore#file://}"
      [ -f "$start/_metadata" ] || fail "SALESPULSE_RESTORE: $restore is no savepoint or checkpoint: $start/_metadata does not exist. Take one of those in $state_dir/savepoints, or latest, or none."
      say "continuing from $start, as SALESPULSE_RESTORE says"
      ;;
  esac
}

# The JobManager takes each id only once. Whoever sees the same newest checkpoint and the same ended jobs chooses the
# same id, so of two that submit at once the second is refused.
job_id() {
  printf '%s%s\n' "$id_prefix" "$(printf '%s\n%s\n' "$1" "$jobs" | digest | cut -c 1-27)"
}

digest() {
  if command -v md5sum >/dev/null; then md5sum; else md5; fi
}

json_string() {
  printf '"%s"' "$(printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g')"
}

request_body() {
  local id="$1" separator="" argument
  shift
  printf '{"jobId": "%s"' "$id"
  [ -z "$start" ] || printf ', "savepointPath": %s' "$(json_string "file://$start")"
  [ -z "$parallelism" ] || printf ', "parallelism": %s' "$parallelism"
  printf ', "programArgsList": ['
  for argument in "$@"; do
    printf '%s%s' "$separator" "$(json_string "$argument")"
    separator=', '
  done
  printf ']}\n'
}

# The reason in an error that Flink answers with: the message of the innermost cause.
reason_in() {
  awk '{ gsub(/\\n/, "\n"); gsub(/\\t/, "\t"); gsub(/\\"/, "\""); print }' \
    | sed -n 's/^Caused by: [A-Za-z0-9_.$]*: //p' | tail -n 1
}

submit() {
  local id="$1" uploaded answer status=0
  shift
  [ -r "$jar" ] || fail "JOB_JAR: cannot read $jar"
  answer=$(curl --silent --show-error --fail --max-time 120 -F "jarfile=@$jar" "$flink_url/jars/upload") \
    || fail "The JobManager at $flink_url does not take the jar."
  uploaded=$(printf '%s\n' "$answer" | field filename)
  uploaded="${uploaded##*/}"
  answer=$(request_body "$id" "$@" \
    | curl --silent --show-error --max-time 180 -H 'Content-Type: application/json' --data-binary @- \
      "$flink_url/jars/$uploaded/run") || status=$?
  rest "/jars/$uploaded" --request DELETE >/dev/null || true
  [ "$status" -eq 0 ] || fail "The JobManager at $flink_url did not answer the submission."
  case "$answer" in
    '{"jobid":"'*) say "submitted job $id" ;;
    *DuplicateJobSubmissionException*) say "somebody else has just submitted job $id: nothing to do" ;;
    *) fail "The job does not start: $(printf '%s\n' "$answer" | reason_in | grep . || printf '%s' "$answer")" ;;
  esac
}

# Waits until all tasks of the job run: a job counts as running before that, also one that cannot restore its state.
await_running() {
  local id="$1" state="" tasks="" cause deadline=$((SECONDS + 60))
  while [ "$SECONDS" -lt "$deadline" ]; do
    if jobs=$(list_jobs) && tasks=$(task_counts "$id"); then
      state=$(printf '%s\n' "$jobs" | sed -n "s/^$id //p")
      case "$state" in
        RUNNING)
          if [ "$(number running "$tasks")" = "$(number total "$tasks")" ]; then
            say "job $id is RUNNING"
            return
          fi
          ;;
        FAILED | CANCELED | FINISHED)
          fail "Job $id is $state: $(root_cause "$id"). See $flink_url."
          ;;
      esac
    fi
    sleep 1
  done
  cause=$(root_cause "$id")
  if [ -n "$cause" ]; then
    say "job $id is ${state:-unknown} after 60 s, and will be tried again: $cause. See $flink_url."
  else
    say "job $id is ${state:-unknown} after 60 s; it runs as soon as there is a TaskManager with a free slot. See $flink_url."
  fi
}

# How many of a job's tasks are in which state, as JSON.
task_counts() {
  rest /jobs/overview | tr '{' '\n' | grep -A 1 -F '"jid":"'"$1"'"' | tail -n 1
}

number() {
  printf '%s\n' "$2" | sed -n 's/.*"'"$1"'" *: *\([0-9]*\).*/\1/p'
}

# The innermost cause of the job's newest failure, if it had one.
root_cause() {
  local answer
  answer=$(rest "/jobs/$1/exceptions") || return 0
  printf '%s\n' "$answer" | sed "s/\\\\\"/'/g" | tr '{' '\n' | sed -n 's/.*"stacktrace" *: *"\([^"]*\)".*/\1/p' \
    | awk 'NR == 1 { gsub(/\\n/, "\n"); gsub(/\\t/, "\t"); print }' \
    | sed -n -e '1s/^\([A-Za-z0-9_$]*\.\)*//p' -e 's/^Caused by: \([A-Za-z0-9_$]*\.\)*//p' | tail -n 1
}

case "$parallelism" in
  *[!0-9]* | 0) fail "SALESPULSE_PARALLELISM must be a whole number above 0, but is '$parallelism'." ;;
esac

await_settled_jobs
active=$(jobs_in 'INITIALIZING|CREATED|RUNNING|RESTARTING|RECONCILING|SUSPENDED')
if [ -n "$active" ]; then
  say "nothing to do, the job is there: $(printf '%s\n' "$active" | tr '\n' ';')"
  exit 0
fi
if [ -n "$jobs" ]; then
  say "no job $job_name runs; ended are: $(printf '%s\n' "$jobs" | tr '\n' ';')"
else
  say "no job $job_name is known to the JobManager"
fi
newest=$(newest_retained)
choose_start "$newest"
id=$(job_id "$newest")
submit "$id" "$@"
await_running "$id"
