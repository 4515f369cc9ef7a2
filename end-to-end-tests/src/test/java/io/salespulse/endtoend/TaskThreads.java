package io.salespulse.endtoend;

import io.salespulse.local.flink.FlinkCluster.TaskManager;
import io.salespulse.local.process.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Says in one line what the tasks of a cluster do, for the message of a test that waits in vain.
 */
final class TaskThreads {

    /** Name, subtask and attempt, as in {@code "window (1/2)#0"}. */
    private static final Pattern TASK = Pattern.compile("^\"(.+ \\(\\d+/\\d+\\)#\\d+.*?)\" #");

    private static final Pattern FRAME = Pattern.compile("^\\s+at (?:[^/]+/)?([^(]+)\\(");
    private static final int FRAMES = 15;

    private TaskThreads() {}

    /** Each task's thread with its innermost frames. */
    static String of(List<TaskManager> taskManagers) {
        List<String> threads =
                taskManagers.stream()
                        .filter(Service::isAlive)
                        .flatMap(each -> of(each.pid()).stream())
                        .toList();
        return threads.isEmpty() ? "No task has a thread." : String.join("; ", threads);
    }

    static List<String> of(long pid) {
        List<String> threads = new ArrayList<>();
        for (String thread :
                JdkTool.run("jcmd", Long.toString(pid), "Thread.print").split("\n\n")) {
            var task = TASK.matcher(thread);
            if (task.find()) {
                threads.add(task.group(1) + " in " + innermostFrames(thread));
            }
        }
        return threads;
    }

    private static String innermostFrames(String thread) {
        return String.join(
                " < ",
                thread.lines()
                        .map(FRAME::matcher)
                        .filter(frame -> frame.find())
                        .map(frame -> frame.group(1))
                        .limit(FRAMES)
                        .toList());
    }
}
