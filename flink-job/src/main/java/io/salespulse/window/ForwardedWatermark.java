package io.salespulse.window;

/**
 * The last watermark that a subtask sent on, for a checkpoint: Flink itself does not keep it. A
 * Flink POJO.
 */
public class ForwardedWatermark {

    /** Epoch milliseconds; {@link Long#MIN_VALUE} before the first one. */
    public long watermark;

    /** The subtask held nobody up at that time. */
    public boolean idle;

    public ForwardedWatermark() {}

    ForwardedWatermark(long watermark, boolean idle) {
        this.watermark = watermark;
        this.idle = idle;
    }

    /**
     * What all subtasks together had reached: the lowest of the active ones, or, as Flink has it
     * when all are idle, the highest of the idle ones.
     *
     * @return {@link Long#MIN_VALUE} for no entries
     */
    static long combined(Iterable<ForwardedWatermark> subtasks) {
        long lowestActive = Long.MAX_VALUE;
        long highestIdle = Long.MIN_VALUE;
        for (ForwardedWatermark subtask : subtasks) {
            if (subtask.idle) {
                highestIdle = Math.max(highestIdle, subtask.watermark);
            } else {
                lowestActive = Math.min(lowestActive, subtask.watermark);
            }
        }
        return lowestActive == Long.MAX_VALUE ? highestIdle : lowestActive;
    }
}
