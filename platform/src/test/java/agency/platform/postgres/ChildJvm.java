package agency.platform.postgres;

import java.nio.file.Path;

/** A program that runs an embedded PostgreSQL until it is killed, for tests that kill it. */
final class ChildJvm {
    private ChildJvm() {}

    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedPostgres server =
                new EmbeddedPostgres(Path.of(arguments[0]), Path.of(arguments[1]));
        server.start();
        System.out.println(
                server.pid() + " " + server.watcherPid() + " " + server.ownerUrl("postgres"));
        Thread.sleep(Long.MAX_VALUE);
    }
}
