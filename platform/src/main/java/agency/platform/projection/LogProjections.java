package agency.platform.projection;

import agency.kernel.fact.Position;
import agency.kernel.fault.Fault;
import agency.platform.house.Part;
import agency.platform.log.EventLog;
import agency.platform.log.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Projections of the log. The shards of tables are shared out among the processes; memory views are
 * fed in every one.
 */
public final class LogProjections implements Projections, Part {
    private static final Logger LOG = LoggerFactory.getLogger(LogProjections.class);

    private final EventLog log;
    private final Supplier<Jdbi> database;
    private final TableFeed.Feeding feeding;
    private final Object progress = new Object();
    private final MemoryFeed memory;
    private final List<TableFeed> tables = new ArrayList<>();
    private AutoCloseable listening = () -> {};
    private boolean started;

    /** Projections of this log into this database. */
    public LogProjections(EventLog log, Supplier<Jdbi> database, LogInstances instances) {
        this(
                log,
                database,
                instances,
                new TableFeed.Feeding(
                        instances.self().toString(),
                        instances.alone(),
                        instances.alone() ? Limits.ALONE_LEASE_MS : LogInstances.LEASE_MS,
                        Limits.KEPT_MS,
                        SqlGenerationStore.FENCE));
    }

    LogProjections(
            EventLog log,
            Supplier<Jdbi> database,
            LogInstances instances,
            TableFeed.Feeding feeding) {
        this.log = log;
        this.database = database;
        this.feeding = feeding;
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
        if (projection.shards() < 1 || projection.shards() > Slice.MOST) {
            throw new IllegalArgumentException("a lane is cut into 1 to " + Slice.MOST + " shards");
        }
        tables.add(new TableFeed(projection, log, database, feeding, this::progressed));
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
        while (true) {
            synchronized (progress) {
                boolean tables = named.stream().allMatch(table -> table.has(position));
                if (tables && memory.has(position)) {
                    return true;
                }
                long left = (until - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                try {
                    progress.wait(named.isEmpty() ? left : Math.min(left, Limits.LOOK_MS));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            // What other processes feed does not wake us.
            named.stream().filter(table -> !table.has(position)).forEach(TableFeed::look);
        }
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
                                .map(view -> new Detail(view, List.of(), List.of(), List.of(), 0)));
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

    /**
     * Begins to build the rows of a projection anew, beside those that queries read; they are
     * switched to when they are built. Blocks until that is on record.
     */
    public Rebuilt rebuild(String name) {
        return table(name).rebuild();
    }

    /**
     * Has queries read an earlier generation of a projection again. Blocks.
     *
     * @param to which; null: the one before the live one
     */
    public RolledBack rollBack(String name, @Nullable Integer to) {
        return table(name).rollBack(to);
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
