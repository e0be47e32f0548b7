package agency.gateway.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A provider made of a raw socket: answers each request with the next script, byte by byte. */
public final class RawUpstream implements AutoCloseable {
    /** What to do with a request once it has been read. */
    public interface Script {
        /** Writes what it likes, or does worse. */
        void play(Asked asked, Line line) throws Exception;
    }

    /** A request as it came. */
    public record Asked(String head, String body) {
        /** The value of a header, or an empty text. */
        public String header(String name) {
            return head.lines()
                    .filter(l -> l.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(l -> l.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    /** The connection, as a script sees it. */
    public static final class Line {
        private final Socket socket;

        Line(Socket socket) {
            this.socket = socket;
        }

        /** Writes and flushes a text. */
        public Line send(String text) throws IOException {
            return send(text.getBytes(UTF_8));
        }

        /** Writes and flushes bytes. */
        public Line send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        }

        /** A whole plain answer. */
        public Line json(int status, String body, String... headers) throws IOException {
            return answer(status, "application/json", body, headers);
        }

        /** A whole plain answer of any type. */
        public Line answer(int status, String type, String body, String... headers)
                throws IOException {
            byte[] bytes = body.getBytes(UTF_8);
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
            head.append("content-type: ").append(type).append("\r\n");
            for (String header : headers) head.append(header).append("\r\n");
            head.append("content-length: ").append(bytes.length).append("\r\n\r\n");
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(head.toString().getBytes(ISO_8859_1));
            all.writeBytes(bytes);
            return send(all.toByteArray());
        }

        /** The head of a stream. */
        public Line streamHead(String... headers) throws IOException {
            StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\n");
            head.append("content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n");
            for (String header : headers) head.append(header).append("\r\n");
            return send(head + "\r\n");
        }

        /** One chunk of a chunked body. */
        public Line chunk(String text) throws IOException {
            byte[] bytes = text.getBytes(UTF_8);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(ISO_8859_1));
            all.writeBytes(bytes);
            all.writeBytes(new byte[] {'\r', '\n'});
            return send(all.toByteArray());
        }

        /** The end of a chunked body. */
        public Line lastChunk() throws IOException {
            return send("0\r\n\r\n");
        }

        /** Resets the connection. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Closes the connection in order. */
        public void close() throws IOException {
            socket.close();
        }

        /** Waits until the other side has closed; anything it sends is dropped. */
        public void awaitClosed() throws IOException {
            try {
                while (socket.getInputStream().read() >= 0) {}
            } catch (java.net.SocketException reset) {
                // as good as closed
            }
        }
    }

    private final ServerSocket server;
    private final BlockingQueue<Script> scripts = new LinkedBlockingQueue<>();
    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
    private volatile Script always = (a, line) -> line.close();

    /** Listens on a free port of the loopback address. */
    public RawUpstream() throws IOException {
        server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** Its port. */
    public int port() {
        return server.getLocalPort();
    }

    /** Plays this to the next request without a script. */
    public RawUpstream next(Script script) {
        scripts.add(script);
        return this;
    }

    /** Plays this to every request that has no script of its own. */
    public RawUpstream always(Script script) {
        always = script;
        return this;
    }

    /** The next request that came, waiting for it. */
    public Asked asked() throws InterruptedException {
        Asked one = asked.poll(60, java.util.concurrent.TimeUnit.SECONDS);
        if (one == null) throw new AssertionError("the upstream was not asked");
        return one;
    }

    /** Requests that came and were not looked at. */
    public List<Asked> others() {
        return List.copyOf(asked);
    }

    /** How many connections there have been. */
    public int connections() {
        return open.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new java.io.BufferedInputStream(socket.getInputStream());
            while (true) {
                Asked one = read(in);
                if (one == null) return;
                Script script = scripts.poll();
                asked.add(one);
                (script == null ? always : script).play(one, new Line(socket));
                if (socket.isClosed()) return;
            }
        } catch (IOException gone) {
            // the gateway left
        } catch (Exception e) {
            throw new AssertionError("a script failed", e);
        }
    }

    private static @org.jspecify.annotations.Nullable Asked read(InputStream in)
            throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) return null;
            head.append((char) b);
        }
        Asked one = new Asked(head.toString(), "");
        String length = one.header("content-length");
        byte[] body = in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
        return new Asked(head.toString(), new String(body, UTF_8));
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Anything an {@link OutputStream} would do is done by {@link Line}. */
    @Override
    public String toString() {
        return "RawUpstream:" + port();
    }
}
