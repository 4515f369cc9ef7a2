package io.salespulse.local.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlinkConfigurationTest {

    private static final Path FOLDER = Path.of("/data/my flink");

    @Test
    void isAYamlDocument() {
        assertThat(FlinkConfiguration.of(FOLDER, 6123, 8081, 4, Map.of()).toYaml())
                .isEqualTo(
                        """
                        classloader.parent-first-patterns.additional: 'org.postgresql'
                        cluster.registration.error-delay: '1 s'
                        cluster.registration.max-timeout: '1 s'
                        cluster.registration.refused-registration-delay: '1 s'
                        execution.checkpointing.dir: 'file:///data/my flink/checkpoints'
                        execution.checkpointing.externalized-checkpoint-retention: 'RETAIN_ON_CANCELLATION'
                        execution.checkpointing.incremental: 'true'
                        execution.checkpointing.num-retained: '3'
                        execution.checkpointing.savepoint-dir: 'file:///data/my flink/savepoints'
                        heartbeat.interval: '2 s'
                        heartbeat.timeout: '10 s'
                        io.tmp.dirs: '/data/my flink/tmp'
                        jobmanager.bind-host: '127.0.0.1'
                        jobmanager.memory.process.size: '768m'
                        jobmanager.rpc.address: '127.0.0.1'
                        jobmanager.rpc.port: '6123'
                        parallelism.default: '1'
                        rest.address: '127.0.0.1'
                        rest.bind-address: '127.0.0.1'
                        rest.port: '8081'
                        state.backend.rocksdb.memory.partitioned-index-filters: 'true'
                        state.backend.rocksdb.use-bloom-filter: 'true'
                        state.backend.type: 'rocksdb'
                        taskmanager.bind-host: '127.0.0.1'
                        taskmanager.host: '127.0.0.1'
                        taskmanager.memory.managed.size: '256m'
                        taskmanager.memory.process.size: '1408m'
                        taskmanager.numberOfTaskSlots: '4'
                        web.upload.dir: '/data/my flink/tmp/web'
                        """);
    }

    @Test
    void letsExtraSettingsWin() {
        Map<String, String> extra = Map.of("heartbeat.timeout", "5 s", "metrics.scope", "it's");
        assertThat(FlinkConfiguration.of(FOLDER, 1, 2, 3, extra).toYaml())
                .contains("heartbeat.timeout: '5 s'\n", "metrics.scope: 'it''s'\n");
    }

    @Test
    void knowsWhatMemoryDependsOn() {
        String settings = FlinkConfiguration.of(FOLDER, 1, 2, 3, Map.of()).memorySettings();
        assertThat(FlinkConfiguration.of(Path.of("/other"), 4, 5, 3, Map.of()).memorySettings())
                .isEqualTo(settings);
        assertThat(FlinkConfiguration.of(FOLDER, 1, 2, 2, Map.of()).memorySettings())
                .isNotEqualTo(settings);
    }
}
