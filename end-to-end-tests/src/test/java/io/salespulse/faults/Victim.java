package io.salespulse.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.salespulse.endtoend.Pipeline;
import io.salespulse.endtoend.Stack;
import io.salespulse.local.flink.FlinkCluster;
import io.salespulse.local.flink.FlinkCluster.TaskManager;
import io.salespulse.local.flink.FlinkRestException;
import io.salespulse.local.process.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A pipeline under load that is about to suffer, with everything that is watching it. */
final class Victim implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int RATE = 300;

    private final Pace pace;
    private final Pipeline pipeline;
    private final TcpProxy proxy;
    private final Load load;
    private final Observer observer;
    private final Set<Service> starting = ConcurrentHashMap.newKeySet();
    private final Queue<String> failedStarts = new ConcurrentLinkedQueue<>();
    private String cancelledJob;
    private Instant clock;
    private boolean hasSurvived = true;

    Victim(Pace pace, long seed) throws Exception {
        this.pace = pace;
        pipeline = Pipeline.create(4);
        proxy = new TcpProxy(pipeline.stack().postgres().port());
        startJob(2, Optional.empty());
        load = new Load(pipeline, RATE, seed);
        observer = new Observer(pipeline);
        await("first rows", () -> recordsInTables() > 0);
    }

    Pace pace() {
        return pace;
    }

    Stack stack() {
        return pipeline.stack();
    }

    Pipeline pipeline() {
        return pipeline;
    }

    TcpProxy proxy() {
        return proxy;
    }

    Load load() {
        return load;
    }

    void startJob(int parallelism, Optional<Path> restoreFrom) {
        pipeline.startJob(
                parallelism,
                restoreFrom,
                "--jdbc-url",
                pipeline.jdbcUrl().replaceFirst(":\\d+/", ":" + proxy.port() + "/"),
                "--idle-timeout",
                pace.idleTimeout().toSeconds() + "s");
    }

    /**
     * Whether everything held after the last faults; if not, nothing is known about what comes
     * after them.
     */
    boolean hasSurvived() {
        return hasSurvived;
    }

    /**
     * Lets faults happen, one upon the other, and checks everything that must hold after them.
     *
     * @return from the end of the last fault, or when it started the clock, to fresh rows
     */
    Duration survive(Fault... faults) throws Exception {
        hasSurvived = false;
        awaitAllUp();
        stack().flink().rest().checkpoint(pipeline.jobId(), PATIENCE);
        List<Long> processes = taskManagerProcesses();
        for (Fault fault : faults) {
            startWhatHasEnded();
            await("all started", starting::isEmpty);
            clock = null;
            fault.strike(this);
        }
        if (clock == null) {
            startTheClock();
        }
        awaitFreshRows();
        Duration recovery = Duration.between(clock, Instant.now());
        if (Arrays.stream(faults).allMatch(Fault::taskManagersSurvive)) {
            assertThat(taskManagerProcesses()).as("TaskManagers").isEqualTo(processes);
        }
        awaitAllUp();
        assertEqual();
        hasSurvived = true;
        return recovery;
    }

    /** The table holds more than the topic does now: rows that are yet to come. */
    void awaitFreshRows() {
        long now = pipeline.recordCount();
        await("fresh rows", () -> recordsInTables() > now);
    }

    /** Every row, rejection and dead letter equals the topic, and nothing odd was ever shown. */
    void assertEqual() throws Exception {
        load.pause();
        try {
            pipeline.assertEqualToTopic();
        } finally {
            load.resume();
        }
        long looks = observer.looks();
        await("another look", () -> observer.looks() > looks);
        assertThat(observer.violations()).isEmpty();
    }

    /** Every event that the broker acknowledged is in the topic as it was sent. */
    void assertNothingAcknowledgedIsMissing() {
        load.pause();
        try {
            assertThat(load.acknowledged().count()).isPositive();
            assertThat(load.acknowledged().missingFrom(pipeline.readAll(pipeline.topic())))
                    .as("acknowledged, and not in the topic as they were sent")
                    .isEmpty();
        } finally {
            load.resume();
        }
        assertThat(load.failed()).isZero();
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(condition);
    }

    private long recordsInTables() {
        return Long.parseLong(
                pipeline.query(
                                """
                                SELECT coalesce((SELECT sum(transaction_count) FROM category_sales), 0)
                                  + coalesce((SELECT sum(event_count) FROM rejected_events), 0)
                                """)
                        .get(0));
    }

    // ---- what faults are made of ----

    /** Recovery is measured from now on. */
    void startTheClock() {
        clock = Instant.now();
    }

    Instant clock() {
        return clock;
    }

    /** Time that a part stays away. */
    void pass(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }

    private List<Long> taskManagerProcesses() {
        assertThat(stack().flink().taskManagers()).allMatch(Service::isAlive);
        return stack().flink().taskManagers().stream().map(Service::pid).toList();
    }

    /** One that runs tasks of the job, if any runs. */
    TaskManager busyTaskManager() {
        return busyTaskManager(pipeline);
    }

    static TaskManager busyTaskManager(Pipeline pipeline) {
        FlinkCluster flink = pipeline.stack().flink();
        Set<String> busy = flink.rest().taskManagersOf(pipeline.jobId());
        return flink.taskManagers().stream()
                .filter(Service::isAlive)
                .min(Comparator.comparing(taskManager -> !busy.contains(taskManager.id())))
                .orElseThrow();
    }

    void awaitRunsWithout(TaskManager gone) {
        await(
                "tasks elsewhere",
                () -> !stack().flink().rest().taskManagersOf(pipeline.jobId()).contains(gone.id()));
        awaitRunning();
    }

    /** All tasks run, none of them from before this time. */
    void awaitRunsSince(Instant time) {
        awaitRunning();
        await(
                "new tasks",
                () -> {
                    for (JsonNode vertex :
                            stack().flink().rest().details(pipeline.jobId()).path("vertices")) {
                        if (vertex.path("start-time").asLong() < time.toEpochMilli()) {
                            return false;
                        }
                    }
                    return true;
                });
    }

    private void awaitRunning() {
        await(
                "running tasks",
                () -> {
                    stack().flink().rest().awaitRunning(pipeline.jobId(), PATIENCE);
                    return true;
                });
    }

    /** Starts what was killed; the job runs, with slots to spare. */
    void awaitAllUp() {
        proxy.heal();
        failedStarts.clear();
        try {
            await(
                    "all parts, and free slots",
                    () -> {
                        // Flink's processes may give up ZooKeeper late, and end meanwhile.
                        startWhatHasEnded();
                        stack().flink()
                                .rest()
                                .awaitRunning(pipeline.jobId(), Duration.ofSeconds(5));
                        return starting.isEmpty() && stack().flink().rest().freeSlots() >= 4;
                    });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("Not all parts came up. Failed starts: " + failedStarts, e);
        }
    }

    /**
     * As Docker does it, or whatever else supervises the processes: each by itself, as a
     * TaskManager waits for the JobManager, which may end while it does.
     */
    private void startWhatHasEnded() {
        stack().flink().services().stream()
                .filter(service -> !service.isAlive() && starting.add(service))
                .forEach(
                        service -> {
                            Thread thread =
                                    new Thread(() -> start(service), "start " + service.name());
                            thread.setDaemon(true);
                            thread.start();
                        });
    }

    private void start(Service service) {
        try {
            service.start();
        } catch (RuntimeException e) {
            failedStarts.add(e.getMessage());
        } finally {
            starting.remove(service);
        }
    }

    void beginCheckpoint() {
        Thread checkpoint =
                new Thread(
                        () -> {
                            try {
                                stack().flink().rest().checkpoint(pipeline.jobId(), PATIENCE);
                            } catch (FlinkRestException e) {
                                // The broker dies meanwhile, and the checkpoint may with it.
                            }
                        },
                        "checkpoint");
        checkpoint.setDaemon(true);
        checkpoint.start();
    }

    /** Every 100 ms the server ends all sessions of the job. */
    void terminateBackends(Duration time) throws SQLException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        try (Connection connection = stack().postgres().connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            while (System.nanoTime() < end) {
                statement.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'salespulse_writer'");
                Thread.sleep(100);
            }
        }
    }

    void lockRows(Duration time) throws SQLException, InterruptedException {
        try (Connection connection = pipeline.connect("salespulse_writer");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(
                    "SET LOCAL transaction_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0");
            statement.execute("SELECT FROM category_sales FOR UPDATE");
            Thread.sleep(time.toMillis());
            connection.rollback();
        }
    }

    void addPartition() {
        pipeline.withAdmin(
                admin -> {
                    int count =
                            admin.describeTopics(List.of(pipeline.topic()))
                                    .allTopicNames()
                                    .get()
                                    .get(pipeline.topic())
                                    .partitions()
                                    .size();
                    return admin.createPartitions(
                                    Map.of(pipeline.topic(), NewPartitions.increaseTo(count + 1)))
                            .all()
                            .get();
                });
    }

    /** The job's checkpoint folder is a file for a while: root may write where it likes. */
    void failCheckpoints() throws IOException {
        Path folder = stack().flink().checkpoints().checkpoints().resolve(pipeline.jobId());
        Path aside = folder.resolveSibling(pipeline.jobId() + "-aside");
        Files.move(folder, aside);
        Files.createFile(folder);
        try {
            checkpointFails();
            checkpointFails();
        } finally {
            Files.delete(folder);
            Files.move(aside, folder);
        }
        stack().flink().rest().checkpoint(pipeline.jobId(), PATIENCE);
    }

    /** The topic takes only tiny records for a while, as if it were full. */
    void refuseDeadLetters(Duration time) throws InterruptedException {
        setDeadLetterLimit("100");
        pass(time);
        setDeadLetterLimit("2097176");
    }

    private void setDeadLetterLimit(String bytes) {
        ConfigResource topic =
                new ConfigResource(ConfigResource.Type.TOPIC, pipeline.deadLetterTopic());
        AlterConfigOp limit =
                new AlterConfigOp(
                        new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET);
        pipeline.withAdmin(
                admin -> admin.incrementalAlterConfigs(Map.of(topic, List.of(limit))).all().get());
    }

    void cancelJob() {
        cancelledJob = pipeline.jobId();
        pipeline.cancelJob();
    }

    /** More checkpoints than one, and rows that are newer than all of them. */
    void awaitCheckpointsBehindTheTable() {
        for (int i = 0; i < 2; i++) {
            stack().flink().rest().checkpoint(pipeline.jobId(), PATIENCE);
            awaitFreshRows();
        }
    }

    /** Of those that the cancelled job has left. */
    Path oldestCheckpoint() throws IOException {
        Path folder = stack().flink().checkpoints().checkpoints().resolve(cancelledJob);
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> Files.exists(child.resolve("_metadata")))
                    .min(Comparator.comparing(Victim::checkpointNumber))
                    .orElseThrow();
        }
    }

    private static int checkpointNumber(Path checkpoint) {
        return Integer.parseInt(checkpoint.getFileName().toString().substring("chk-".length()));
    }

    private void checkpointFails() {
        int before = stack().flink().rest().completedCheckpoints(pipeline.jobId());
        try {
            stack().flink().rest().checkpoint(pipeline.jobId(), Duration.ofSeconds(5));
        } catch (FlinkRestException e) {
            // As it should; what counts is that none was completed.
        }
        assertThat(stack().flink().rest().completedCheckpoints(pipeline.jobId())).isEqualTo(before);
    }

    /**
     * Fails the job again and again by cutting its way to the database.
     *
     * @return classes that are loaded in all TaskManagers after each restart
     */
    List<Long> loadedClassesOverRestarts(int restarts) throws Exception {
        List<Long> loaded = new ArrayList<>();
        for (int restart = 0; restart < restarts; restart++) {
            proxy.refuse();
            await("a failure", () -> !state().equals("RUNNING"));
            proxy.heal();
            awaitFreshRows();
            long classes = 0;
            for (TaskManager taskManager : stack().flink().taskManagers()) {
                classes += LoadedClasses.of(taskManager.pid());
            }
            loaded.add(classes);
        }
        return loaded;
    }

    private String state() {
        return stack().flink().rest().job(pipeline.jobId()).orElseThrow().state();
    }

    @Override
    public void close() throws Exception {
        observer.close();
        load.close();
        pipeline.close();
        proxy.close();
    }
}
