package agency.bench.load;

/** What a load costs a process tree: CPU seconds while it was measured, memory at its end. */
public final class Cost implements Watch {

    private final ProcessTree processes;
    private double cpuAtBegin;
    private long nanosAtBegin;
    private double cpuSeconds;
    private double seconds;
    private double mebibytes;

    /** Watches these processes. */
    public Cost(ProcessTree processes) {
        this.processes = processes;
    }

    @Override
    public void begin() {
        cpuAtBegin = processes.cpuSeconds();
        nanosAtBegin = System.nanoTime();
    }

    @Override
    public void end() {
        cpuSeconds = processes.cpuSeconds() - cpuAtBegin;
        seconds = (System.nanoTime() - nanosAtBegin) / 1e9;
        mebibytes = processes.pssMebibytes();
    }

    /** CPU seconds used a second: 1 is one core. */
    public double cores() {
        return cpuSeconds / seconds;
    }

    /** CPU microseconds for each of so many answers a second. */
    public double microsPerAnswer(double answersPerSecond) {
        return cores() / answersPerSecond * 1e6;
    }

    /** Memory in MiB, sum of proportional set sizes. */
    public double mebibytes() {
        return mebibytes;
    }
}
