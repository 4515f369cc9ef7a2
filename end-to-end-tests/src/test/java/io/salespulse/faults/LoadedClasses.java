package io.salespulse.faults;

import io.salespulse.endtoend.JdkTool;

/** Counts the classes of another JVM. */
final class LoadedClasses {

    private LoadedClasses() {}

    /** How many classes a process has loaded and not unloaded, after a garbage collection. */
    static long of(long pid) {
        JdkTool.run("jcmd", Long.toString(pid), "GC.run");
        String[] lines = JdkTool.run("jstat", "-class", Long.toString(pid)).strip().split("\n");
        String[] columns = lines[lines.length - 1].strip().split("\\s+");
        return Long.parseLong(columns[0]) - Long.parseLong(columns[2]);
    }
}
