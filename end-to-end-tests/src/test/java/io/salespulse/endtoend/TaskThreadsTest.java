package io.salespulse.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class TaskThreadsTest {

    @Test
    void tellsWhereATaskIs() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread task = new Thread(() -> standStill(running, end), "windows -> sales (2/4)#17");
        task.start();
        running.await();
        try {
            assertThat(TaskThreads.of(ProcessHandle.current().pid()))
                    .singleElement()
                    .asString()
                    .startsWith("windows -> sales (2/4)#17 in ")
                    .contains(
                            "java.util.concurrent.CountDownLatch.await"
                                    + " < io.salespulse.endtoend.TaskThreadsTest.standStill");
        } finally {
            end.countDown();
            task.join();
        }
    }

    private static void standStill(CountDownLatch running, CountDownLatch end) {
        running.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
