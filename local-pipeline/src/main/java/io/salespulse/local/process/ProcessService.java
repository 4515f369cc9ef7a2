package io.salespulse.local.process;

import java.util.concurrent.ExecutionException;

/** The life of a {@link Service} around a {@link ManagedProcess}. */
public abstract class ProcessService implements Service {

    private final String name;
    private volatile ManagedProcess process;

    protected ProcessService(String name) {
        this.name = name;
    }

    /** Prepares what the process needs on disk and starts it. */
    protected abstract ManagedProcess launch();

    /**
     * Waits until the process serves requests; makes sure that it holds what others expect of it.
     */
    protected abstract void awaitReady(ManagedProcess process);

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final synchronized void start() {
        if (isAlive()) {
            throw new IllegalStateException(name + " is running already");
        }
        process = launch();
        try {
            awaitReady(process);
        } catch (RuntimeException e) {
            process.kill();
            throw e;
        }
    }

    @Override
    public final boolean isAlive() {
        ManagedProcess current = process;
        return current != null && current.isAlive();
    }

    @Override
    public final long pid() {
        return started().pid();
    }

    @Override
    public final int awaitExit() throws InterruptedException {
        try {
            return started().onExit().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public final synchronized void stop() {
        if (isAlive()) {
            process.stop();
        }
    }

    @Override
    public final void kill() {
        if (isAlive()) {
            process.kill();
        }
    }

    @Override
    public final void freeze() {
        started().freeze();
    }

    @Override
    public final void thaw() {
        started().thaw();
    }

    private ManagedProcess started() {
        ManagedProcess current = process;
        if (current == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return current;
    }
}
