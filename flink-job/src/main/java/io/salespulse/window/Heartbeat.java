package io.salespulse.window;

/**
 * A sign of life of one source subtask. A Flink POJO.
 *
 * <p>Times are epoch milliseconds; zero or less where there is none yet.
 */
public class Heartbeat {

    public int subtask;
    public long watermark;
    public long newestEventTime;

    public Heartbeat() {}

    public Heartbeat(int subtask, long watermark, long newestEventTime) {
        this.subtask = subtask;
        this.watermark = watermark;
        this.newestEventTime = newestEventTime;
    }
}
