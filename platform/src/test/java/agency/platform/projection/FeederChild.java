package agency.platform.projection;

import agency.platform.log.Faults;
import agency.platform.log.LogKit;
import agency.platform.log.PostgresEventLog;
import java.io.IOException;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** A process that feeds its share of {@link SlowTotals} until it is told to end. */
final class FeederChild {
    private FeederChild() {}

    /** Arguments: JDBC URL, lease in ms, the fence, the pause of each batch in ms. */
    public static void main(String[] arguments) {
        DataSource database = Faults.pool(arguments[0], 6, 30);
        PostgresEventLog log = LogKit.started(database);
        LogInstances instances = new LogInstances(() -> database, log, LogKit.IDS, false);
        instances.start();
        Jdbi jdbi = Jdbi.create(database);
        LogProjections projections =
                new LogProjections(
                        log,
                        () -> jdbi,
                        instances,
                        new TableFeed.Feeding(
                                instances.self().toString(),
                                false,
                                Integer.parseInt(arguments[1]),
                                60_000,
                                arguments[2]));
        projections.add(new SlowTotals(Long.parseLong(arguments[3])));
        projections.start();
        System.out.println("ready " + instances.self());
        try {
            System.in.read();
        } catch (IOException e) {
            // The parent is gone.
        }
        projections.close();
        System.exit(0);
    }

    /** A running child, seen from the test. */
    static final class Running {
        private final Process process;

        Running(String url, int leaseMs, String fence, long pauseMs) throws IOException {
            process =
                    new ProcessBuilder(
                                    System.getProperty("java.home") + "/bin/java",
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-Xmx128m",
                                    "-Dlogback.configurationFile=quiet-logback.xml",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    FeederChild.class.getName(),
                                    url,
                                    Integer.toString(leaseMs),
                                    fence,
                                    Long.toString(pauseMs))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (process.inputReader().readLine() == null) {
                throw new IOException("the child did not start");
            }
        }

        void stop() throws Exception {
            signal("-STOP");
        }

        void resume() throws Exception {
            signal("-CONT");
        }

        private void signal(String name) throws Exception {
            int answer =
                    new ProcessBuilder("kill", name, Long.toString(process.pid()))
                            .start()
                            .waitFor();
            if (answer != 0) {
                throw new IOException("kill " + name + " answered " + answer);
            }
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }
    }
}
