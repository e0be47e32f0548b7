package agency.platform.projection;

import agency.kernel.fact.Position;
import agency.kernel.fault.Fault;
import agency.platform.house.Part;
import agency.platform.log.EventLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Projections of the log. Tables are fed by one process at a time, each by a thread of its own;
 * memory views are fed in every process.
 */
public final class LogProjections implements Projections, Part {
    private static final Logger LOG = LoggerFactory.getLogger(LogProjections.class);

    private final EventLog log;
    private final Supplier<Jdbi> database;
    private final LogInstances instances;
    private final int leaseMs;
    private final long graceMs;
    private final Object progress = new Object();
    private final MemoryFeed memory;
    private final List<TableFeed> tables = new ArrayList<>();
    private AutoCloseable listening = () -> {};
    private boolean started;

    /** Projections of this log into this database. */
    public LogProjections(EventLog log, Supplier<Jdbi> database, LogInstances instances) {
        this(log, database, instances, LogInstances.LEASE_MS, Limits.GRACE_MS);
    }

    LogProjections(
            EventLog log,
            Supplier<Jdbi> database,
            LogInstances instances,
            int leaseMs,
            long graceMs) {
        this.log = log;
        this.database = database;
        this.instances = instances;
        this.leaseMs = leaseMs;
        this.graceMs = graceMs;
        this.memory =
                new MemoryFeed(
                        log,
                        position -> {
                            instances.applied(position);
                            progressed();
                        });
    }

    @Override
    public void add(Projection projection) {
        unstarted();
        for (TableFeed table : tables) {
            if (table.name().equals(projection.name())) {
                throw new IllegalArgumentException("two projections are called " + table.name());
            }
        }
        tables.add(
                new TableFeed(
                        projection,
                        log,
                        database,
                        instances.self().toString(),
                        leaseMs,
                        graceMs,
                        this::progressed));
    }

    @Override
    public void add(MemoryView view) {
        unstarted();
        memory.add(view);
    }

    private void unstarted() {
        if (started) {
            throw new IllegalStateException("projections are added before the start");
        }
    }

    @Override
    public String name() {
        return "projections";
    }

    @Override
    public String purpose() {
        return "feeds tables and memory views from the log";
    }

    @Override
    public List<String> uses() {
        return List.of("log", "instances", "database");
    }

    @Override
    public void start() {
        started = true;
        memory.start();
        tables.forEach(TableFeed::start);
        listening =
                log.onCommit(() -> {
                    memory.wake();
                    tables.forEach(TableFeed::wake);
                });
        memory.wake();
        tables.forEach(TableFeed::wake);
    }

    private void progressed() {
        synchronized (progress) {
            progress.notifyAll();
        }
    }

    @Override
    public boolean await(Position position, List<String> projections, Duration atMost) {
        List<TableFeed> named = projections.stream().map(this::table).toList();
        long until = System.nanoTime() + atMost.toNanos();
        synchronized (progress) {
            while (!memory.has(position) || !named.stream().allMatch(t -> t.has(position))) {
                long left = (until - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                try {
                    progress.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public int generation(String projection) {
        return table(projection).generation();
    }

    private TableFeed table(String name) {
        for (TableFeed table : tables) {
            if (table.name().equals(name)) {
                return table;
            }
        }
        throw new IllegalArgumentException("no projection is called " + name);
    }

    @Override
    public List<Standing> standings() {
        long[] heads = heads();
        List<Standing> all = new ArrayList<>(memory.standings(heads));
        tables.forEach(table -> all.add(table.standing(heads)));
        return all;
    }

    private long[] heads() {
        long[] heads = new long[log.lanes()];
        for (int lane = 0; lane < heads.length; lane++) {
            heads[lane] = log.head(lane).value();
        }
        return heads;
    }

    /** The names of all, tables and views; known before the start. */
    public List<String> names() {
        List<String> all = new ArrayList<>(memory.names());
        tables.forEach(table -> all.add(table.name()));
        return all;
    }

    /** One projection and what it has set aside; empty when there is none of that name. Blocks. */
    public Optional<Detail> detail(String name) {
        long[] heads = heads();
        return tables.stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .map(table -> table.detail(heads))
                .or(() ->
                        memory.standings(heads).stream()
                                .filter(view -> view.name().equals(name))
                                .findFirst()
                                .map(view -> new Detail(view, List.of(), List.of(), 0)));
    }

    /**
     * Has the facts tried again that tables have set aside, in order, by whichever process feeds
     * them. Blocks until that is on record.
     *
     * @return how many facts that is
     */
    public int retry(String name) {
        return table(name).retry();
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (Exception e) {
            throw Fault.lasting(
                    "projections.cannot-stop", "Listening to the log did not end.", Map.of(), e);
        }
        memory.close();
        tables.forEach(TableFeed::close);
        LOG.debug("projections stopped");
    }
}
