package agency.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import agency.platform.crypto.Secret;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What hangs is told from what takes long and from what is not there. */
@Timeout(60)
class StuckRecoveryTest {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** {@code SSLRequest} and {@code GSSENCRequest} of the frontend/backend protocol. */
    private static final int ENCRYPT = 80877103;

    private ServerSocket refusing;
    private volatile String code = "57P03";

    @BeforeEach
    void listen() throws IOException {
        refusing = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
        Thread.startVirtualThread(() -> {
            while (!refusing.isClosed()) {
                try (Socket caller = refusing.accept()) {
                    refuse(caller);
                } catch (IOException gone) {
                    // The caller, or the test.
                }
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        refusing.close();
    }

    /** As PostgreSQL does: after the start-up message, with a code. */
    private void refuse(Socket caller) throws IOException {
        DataInputStream in = new DataInputStream(caller.getInputStream());
        OutputStream out = caller.getOutputStream();
        while (true) {
            byte[] message = new byte[in.readInt() - 4];
            in.readFully(message);
            int asked = ByteBuffer.wrap(message).getInt();
            if (asked != ENCRYPT && asked != ENCRYPT + 1) {
                break;
            }
            out.write('N');
            out.flush();
        }
        byte[] fields =
                ("SFATAL\0VFATAL\0C" + code + "\0Mnot yet\0\0").getBytes(StandardCharsets.UTF_8);
        out.write(ByteBuffer.allocate(5).put((byte) 'E').putInt(fields.length + 4).array());
        out.write(fields);
        out.flush();
    }

    private boolean sureInTime(String children, int port) throws Exception {
        Process server = new ProcessBuilder("/bin/sh", "-c", children + " & wait").start();
        try {
            StuckRecovery stuck = new StuckRecovery(PATIENCE);
            ConnectionTarget target =
                    new ConnectionTarget(
                            "127.0.0.1", port, "postgres", "x", Secret.of("x"), Map.of());
            long end = System.nanoTime() + 4 * PATIENCE.toNanos();
            while (System.nanoTime() < end) {
                if (stuck.sure(target, server.toHandle())) {
                    return true;
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
            return false;
        } finally {
            server.children().forEach(ProcessHandle::destroyForcibly);
            server.destroyForcibly();
        }
    }

    @Test
    void refusingWithoutDoingAnythingIsHanging() throws Exception {
        assertThat(sureInTime("sleep 100", refusing.getLocalPort())).isTrue();
    }

    @Test
    void refusingWhileItWorksIsRecovering() throws Exception {
        assertThat(sureInTime("while :; do :; done", refusing.getLocalPort())).isFalse();
    }

    @Test
    void anotherRefusalIsSomethingElse() throws Exception {
        code = "53300";
        assertThat(sureInTime("sleep 100", refusing.getLocalPort())).isFalse();
    }

    @Test
    void nobodyThereIsSomethingElse() throws Exception {
        int port = refusing.getLocalPort();
        refusing.close();
        assertThat(sureInTime("sleep 100", port)).isFalse();
    }
}
