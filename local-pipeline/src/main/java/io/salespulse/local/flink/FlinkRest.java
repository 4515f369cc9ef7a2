package io.salespulse.local.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.salespulse.local.process.Await;
import io.salespulse.local.terminal.LocalPipelineException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.stream.StreamSupport;

/**
 * A cluster's REST interface. Every method throws a {@link FlinkRestException} if the JobManager
 * does not answer within its time, or answers with an error.
 */
public final class FlinkRest {

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    /** The job's main method runs within the request. */
    private static final Duration RUN_TIMEOUT = Duration.ofSeconds(120);

    private static final Set<String> TERMINAL_STATES =
            Set.of("FINISHED", "FAILED", "CANCELED", "SUSPENDED");

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
    private final URI root;

    /**
     * A client; does not connect yet.
     *
     * @param port of the interface on 127.0.0.1
     */
    public FlinkRest(int port) {
        root = URI.create("http://127.0.0.1:" + port);
    }

    /**
     * A job as the cluster lists it.
     *
     * @param state Flink's name of it, for example {@code RUNNING}
     */
    public record Job(String id, String name, String state) {

        /** Whether the job has ended for good. */
        public boolean isTerminal() {
            return TERMINAL_STATES.contains(state);
        }
    }

    /** Whether the JobManager answers and has a leader. */
    public boolean answers() {
        try {
            get("/overview");
            return true;
        } catch (FlinkRestException e) {
            return false;
        }
    }

    /** Ids of the registered TaskManagers. */
    public Set<String> taskManagerIds() {
        Set<String> ids = new LinkedHashSet<>();
        get("/taskmanagers")
                .path("taskmanagers")
                .forEach(each -> ids.add(each.path("id").asText()));
        return ids;
    }

    /** Slots of all registered TaskManagers that run nothing. */
    public int freeSlots() {
        return get("/overview").path("slots-available").asInt();
    }

    /**
     * RPC address under which a TaskManager is registered, which differs at each of its starts;
     * empty if it is not.
     */
    Optional<String> taskManagerAddress(String id) {
        return StreamSupport.stream(get("/taskmanagers").path("taskmanagers").spliterator(), false)
                .filter(each -> each.path("id").asText().equals(id))
                // Its slots are known a moment after the TaskManager itself.
                .filter(each -> each.path("slotsNumber").asInt() > 0)
                .map(each -> each.path("path").asText())
                .findFirst();
    }

    /**
     * Uploads a jar.
     *
     * @return its id, for {@link #run}
     */
    public String upload(Path jar) {
        String boundary = UUID.randomUUID().toString();
        String head =
                "--%s\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\"%s\"\r\nContent-Type: application/x-java-archive\r\n\r\n"
                        .formatted(boundary, jar.getFileName());
        BodyPublisher body;
        try {
            body =
                    BodyPublishers.concat(
                            BodyPublishers.ofString(head),
                            BodyPublishers.ofFile(jar),
                            BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
        } catch (IOException e) {
            throw new LocalPipelineException("Cannot read " + jar + ": " + e, e);
        }
        JsonNode answer =
                send(
                        HttpRequest.newBuilder(root.resolve("/jars/upload"))
                                .timeout(RUN_TIMEOUT)
                                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                                .POST(body));
        return Path.of(answer.path("filename").asText()).getFileName().toString();
    }

    /**
     * Runs the main class of an uploaded jar; returns when it has submitted its job.
     *
     * @param arguments for the main method
     * @param restoreFrom checkpoint or savepoint folder, if the job is to continue from one
     * @return the job's id
     */
    public String run(
            String jarId, List<String> arguments, int parallelism, Optional<Path> restoreFrom) {
        ObjectNode request = json.createObjectNode();
        ArrayNode list = request.putArray("programArgsList");
        arguments.forEach(list::add);
        request.put("parallelism", parallelism);
        restoreFrom.ifPresent(folder -> request.put("savepointPath", fileUri(folder)));
        return post("/jars/" + jarId + "/run", request, RUN_TIMEOUT).path("jobid").asText();
    }

    /** Uploads and runs a jar in one step. */
    public String submit(
            Path jar, List<String> arguments, int parallelism, Optional<Path> restoreFrom) {
        return run(upload(jar), arguments, parallelism, restoreFrom);
    }

    /** All jobs that the JobManager knows, ended ones included. */
    public List<Job> jobs() {
        List<Job> jobs = new ArrayList<>();
        get("/jobs/overview")
                .path("jobs")
                .forEach(
                        job ->
                                jobs.add(
                                        new Job(
                                                job.path("jid").asText(),
                                                job.path("name").asText(),
                                                job.path("state").asText())));
        return jobs;
    }

    /** One job; empty if the JobManager does not know it. */
    public Optional<Job> job(String jobId) {
        return jobs().stream().filter(job -> job.id().equals(jobId)).findFirst();
    }

    /** The job's details as Flink gives them ({@code /jobs/<id>}). */
    public JsonNode details(String jobId) {
        return get("/jobs/" + jobId);
    }

    /**
     * Waits until every task of the job runs.
     *
     * @throws LocalPipelineException if the job ends before that or the time is up
     */
    public void awaitRunning(String jobId, Duration timeout) {
        boolean running = Await.until(timeout, () -> hasEnded(jobId) || allTasksRun(jobId));
        if (!running || hasEnded(jobId)) {
            throw new LocalPipelineException(
                    "The job does not run (state %s). %s"
                            .formatted(
                                    stateName(jobId),
                                    rootCause(jobId).orElse("Flink names no exception.")));
        }
    }

    private String stateName(String jobId) {
        return job(jobId).map(Job::state).orElse("unknown");
    }

    /**
     * Flink forgets a job that ends after it was suspended, as its JobManager was not the leader
     * for a while: the store of ended jobs takes the second end for a replacement, and deletes
     * both.
     */
    private boolean isAlive(String jobId) {
        return job(jobId).map(job -> !job.isTerminal()).orElse(false);
    }

    private boolean hasEnded(String jobId) {
        return job(jobId).map(Job::isTerminal).orElse(false);
    }

    /**
     * The job's details would say so, too, but they are up to three seconds old (web UI's cache).
     */
    private boolean allTasksRun(String jobId) {
        return StreamSupport.stream(get("/jobs/overview").path("jobs").spliterator(), false)
                .filter(job -> job.path("jid").asText().equals(jobId))
                .filter(job -> job.path("state").asText().equals("RUNNING"))
                .map(job -> job.path("tasks"))
                .anyMatch(tasks -> tasks.path("running").asInt() == tasks.path("total").asInt(-1));
    }

    /** Ids of the TaskManagers that run the job's tasks. */
    public Set<String> taskManagersOf(String jobId) {
        Set<String> ids = new LinkedHashSet<>();
        for (JsonNode vertex : details(jobId).path("vertices")) {
            get("/jobs/%s/vertices/%s/taskmanagers".formatted(jobId, vertex.path("id").asText()))
                    .path("taskmanagers")
                    .forEach(each -> ids.add(each.path("taskmanager-id").asText()));
        }
        return ids;
    }

    /** Number of checkpoints that the job has completed since it was submitted. */
    public int completedCheckpoints(String jobId) {
        return get("/jobs/" + jobId + "/checkpoints").path("counts").path("completed").asInt();
    }

    /** Takes a checkpoint now and waits until it is complete. */
    public void checkpoint(String jobId, Duration timeout) {
        ObjectNode request = json.createObjectNode().put("checkpointType", "CONFIGURED");
        String path = "/jobs/" + jobId + "/checkpoints";
        awaitOperation(path, post(path, request, REQUEST_TIMEOUT), timeout);
    }

    /** Stops the job with a savepoint, without draining it; the savepoint's folder. */
    public Path stopWithSavepoint(String jobId, Duration timeout) {
        ObjectNode request = json.createObjectNode().put("drain", false);
        JsonNode trigger = post("/jobs/" + jobId + "/stop", request, REQUEST_TIMEOUT);
        JsonNode operation = awaitOperation("/jobs/" + jobId + "/savepoints", trigger, timeout);
        return Path.of(operation.path("location").asText().replaceFirst("^file:/+", "/"));
    }

    /** Cancels the job and waits until it has ended; its checkpoints stay. */
    public void cancel(String jobId, Duration timeout) {
        send(
                HttpRequest.newBuilder(root.resolve("/jobs/" + jobId + "?mode=cancel"))
                        .timeout(REQUEST_TIMEOUT)
                        .method("PATCH", BodyPublishers.noBody()));
        if (!Await.until(timeout, () -> !isAlive(jobId))) {
            throw new FlinkRestException(
                    "Job %s is not cancelled after %s (state %s)"
                            .formatted(jobId, timeout, stateName(jobId)));
        }
    }

    /** Stack traces of the job's failures that Flink remembers, newest first. */
    public List<String> exceptions(String jobId) {
        List<String> traces = new ArrayList<>();
        get("/jobs/" + jobId + "/exceptions")
                .path("exceptionHistory")
                .path("entries")
                .forEach(entry -> traces.add(entry.path("stacktrace").asText()));
        return traces;
    }

    /** The innermost cause of the newest failure, in one line. */
    public Optional<String> rootCause(String jobId) {
        return exceptions(jobId).stream().findFirst().map(StackTraces::rootCause);
    }

    private JsonNode awaitOperation(String path, JsonNode trigger, Duration timeout) {
        String status = path + "/" + trigger.path("request-id").asText();
        JsonNode[] last = new JsonNode[1];
        boolean done =
                Await.until(
                        timeout,
                        () -> {
                            last[0] = get(status);
                            return last[0].path("status").path("id").asText().equals("COMPLETED");
                        });
        if (!done) {
            throw new FlinkRestException("Flink did not finish " + status + " within " + timeout);
        }
        JsonNode operation = last[0].path("operation");
        if (operation.has("failure-cause")) {
            throw new FlinkRestException(
                    StackTraces.rootCause(
                            operation.path("failure-cause").path("stack-trace").asText()));
        }
        return operation;
    }

    /** As Flink reads it: without percent-encoding. */
    static String fileUri(Path file) {
        return "file://" + file;
    }

    private JsonNode get(String path) {
        return send(HttpRequest.newBuilder(root.resolve(path)).timeout(REQUEST_TIMEOUT).GET());
    }

    private JsonNode post(String path, JsonNode body, Duration timeout) {
        return send(
                HttpRequest.newBuilder(root.resolve(path))
                        .timeout(timeout)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body.toString())));
    }

    private JsonNode send(HttpRequest.Builder request) {
        HttpRequest built = request.build();
        try {
            HttpResponse<String> response = http.send(built, HttpResponse.BodyHandlers.ofString());
            JsonNode body = json.readTree(response.body().isEmpty() ? "{}" : response.body());
            if (response.statusCode() >= 400) {
                throw new FlinkRestException(StackTraces.rootCause(errors(body)));
            }
            return body;
        } catch (IOException e) {
            throw new FlinkRestException("The JobManager does not answer at " + root, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    private static String errors(JsonNode body) {
        StringBuilder text = new StringBuilder();
        body.path("errors").forEach(error -> text.append(error.asText()).append('\n'));
        return text.toString();
    }
}
