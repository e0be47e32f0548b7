package agency.platform.log;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * A process that appends to hot and cold streams as fast as it can and prints what was
 * acknowledged, until it is killed.
 */
final class StormChild {
    private static final int WRITERS = 8;

    private StormChild() {}

    /** Arguments: JDBC URL, seed, SQL function, {@code honest} or {@code hasty}. */
    public static void main(String[] arguments) {
        DataSource pool = Faults.pool(arguments[0], 4, 5);
        DataSource database = arguments[3].equals("hasty") ? hasty(pool) : pool;
        PostgresEventLog log =
                new PostgresEventLog(
                        () -> database,
                        new LogSettings(1, 1L << 23, 1_000, 5_000, 60_000),
                        LogKit.FACTS,
                        () -> LogKit.BOX,
                        LogKit.IDS,
                        arguments[2]);
        log.start();
        for (int i = 0; i < WRITERS; i++) {
            Random random = new Random(Long.parseLong(arguments[1]) + i);
            Thread.startVirtualThread(() -> storm(log, random));
        }
        try {
            System.in.read();
        } catch (IOException e) {
            // The parent is gone.
        }
        System.exit(0);
    }

    private static void storm(PostgresEventLog log, Random random) {
        while (true) {
            UUID id = LogKit.IDS.next();
            boolean hot = random.nextInt(3) == 0;
            Append append =
                    new Append(
                            LogKit.stream(hot ? "hot-" + random.nextInt(3) : "cold-" + id),
                            hot ? Append.ANY : 0,
                            List.of(new LogKit.Counted(1)),
                            LogKit.meta(),
                            id,
                            List.of());
            if (log.append(append).join() instanceof Appended.Ok ok) {
                System.out.println("A " + id + " " + ok.last().value() + " .");
            }
        }
    }

    /** Answers before it commits: the protection taken away. */
    private static DataSource hasty(DataSource honest) {
        return proxy(
                DataSource.class,
                honest,
                (name, call) ->
                        name.equals("getConnection") ? hasty((Connection) call.now()) : call.now());
    }

    private interface Call {
        Object now() throws SQLException;
    }

    private interface Handler {
        Object handle(String name, Call call) throws SQLException;
    }

    private static Connection hasty(Connection honest) {
        return proxy(
                Connection.class,
                honest,
                (name, call) -> {
                    if (name.equals("setNetworkTimeout")) {
                        honest.setAutoCommit(false);
                        Thread.startVirtualThread(() -> commitLate(honest));
                    }
                    return call.now();
                });
    }

    private static void commitLate(Connection connection) {
        try {
            while (true) {
                Thread.sleep(300);
                connection.commit();
            }
        } catch (SQLException | InterruptedException e) {
            // The connection is gone.
        }
    }

    private static <T> T proxy(Class<T> type, T target, Handler handler) {
        return type.cast(
                Proxy.newProxyInstance(
                        StormChild.class.getClassLoader(),
                        new Class<?>[] {type},
                        (self, method, given) ->
                                handler.handle(
                                        method.getName(),
                                        () -> {
                                            try {
                                                return method.invoke(target, given);
                                            } catch (InvocationTargetException e) {
                                                if (e.getCause() instanceof SQLException sql) {
                                                    throw sql;
                                                }
                                                throw new IllegalStateException(e.getCause());
                                            } catch (IllegalAccessException e) {
                                                throw new IllegalStateException(e);
                                            }
                                        })));
    }

    /** A running child, seen from the test: what it has been told was recorded. */
    static final class Running {
        private final Process process;
        private final Thread reading;

        Running(
                String url,
                long seed,
                String function,
                String how,
                Map<UUID, Long> acknowledged,
                AtomicLong count)
                throws IOException {
            process =
                    new ProcessBuilder(
                                    java(),
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-Xmx128m",
                                    "-Dlogback.configurationFile=quiet-logback.xml",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    StormChild.class.getName(),
                                    url,
                                    Long.toString(seed),
                                    function,
                                    how)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            reading =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (BufferedReader lines =
                                        new BufferedReader(
                                                new InputStreamReader(
                                                        process.getInputStream(),
                                                        StandardCharsets.UTF_8))) {
                                    for (String line = lines.readLine();
                                            line != null;
                                            line = lines.readLine()) {
                                        String[] words = line.split(" ", -1);
                                        // The last line may be cut by the kill.
                                        if (words.length == 4
                                                && words[0].equals("A")
                                                && words[1].length() == 36) {
                                            acknowledged.put(
                                                    UUID.fromString(words[1]),
                                                    Long.parseLong(words[2]));
                                            count.incrementAndGet();
                                        }
                                    }
                                } catch (IOException e) {
                                    // Killed.
                                }
                            });
        }

        private static String java() {
            return System.getProperty("java.home") + "/bin/java";
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
            reading.join();
        }
    }

    /** A map for what children were told. */
    static Map<UUID, Long> told() {
        return new ConcurrentHashMap<>();
    }
}
