package agency.bench.accounting;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * One caller on a socket of its own: sends a request, reads the answer or leaves as ordered. Plain
 * sockets, so that leaving means that the connection is gone at that moment.
 */
final class Caller {

    private static final int READ_TIMEOUT_MS = 60_000;
    private static final int LARGEST_ANSWER_BYTES = 16 << 20;

    private Caller() {}

    /** How a request ended for its caller. */
    enum Seen {
        /** Status 200 and the whole answer. */
        ANSWERED,
        /** Another status. */
        REFUSED,
        /** The caller left, as ordered. */
        LEFT,
        /** The connection broke, or nothing listened. */
        BROKEN,
        /** Nothing listened. */
        NOBODY
    }

    static Seen call(int port, String key, Mix.Order order) {
        Socket socket;
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
        } catch (IOException nobody) {
            return Seen.NOBODY;
        }
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(order.leaveAfterMs() > 0 ? order.leaveAfterMs() : READ_TIMEOUT_MS);
            byte[] body = order.body().getBytes(StandardCharsets.UTF_8);
            String head =
                    "POST "
                            + order.path()
                            + " HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n"
                            + "authorization: Bearer "
                            + key
                            + "\r\ncontent-type: application/json\r\ncontent-length: "
                            + body.length
                            + "\r\n\r\n";
            var out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
            out.flush();
            return read(socket.getInputStream(), order);
        } catch (SocketTimeoutException e) {
            return order.leaveAfterMs() > 0 ? Seen.LEFT : Seen.BROKEN;
        } catch (IOException e) {
            return Seen.BROKEN;
        }
    }

    private static Seen read(InputStream in, Mix.Order order) throws IOException {
        StringBuilder answer = new StringBuilder();
        byte[] bytes = new byte[8192];
        int frames = 0;
        int looked = 0;
        long leaveAt =
                order.leaveAfterMs() > 0
                        ? System.nanoTime() + order.leaveAfterMs() * 1_000_000L
                        : Long.MAX_VALUE;
        while (true) {
            int count = in.read(bytes);
            if (count < 0) break;
            answer.append(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
            if (answer.length() > LARGEST_ANSWER_BYTES) throw new IOException("an endless answer");
            for (int at = answer.indexOf("data: ", looked);
                    at >= 0;
                    at = answer.indexOf("data: ", looked)) {
                frames++;
                looked = at + 6;
            }
            if (order.leaveAfterFrames() > 0 && frames >= order.leaveAfterFrames())
                return Seen.LEFT;
            if (System.nanoTime() > leaveAt) return Seen.LEFT;
        }
        if (answer.length() < 12) return Seen.BROKEN;
        if (!answer.substring(9, 12).equals("200")) return Seen.REFUSED;
        boolean whole = order.stream() ? answer.indexOf("data: [DONE]") > 0 : complete(answer);
        return whole ? Seen.ANSWERED : Seen.BROKEN;
    }

    private static boolean complete(CharSequence answer) {
        String text = answer.toString();
        int end = text.indexOf("\r\n\r\n");
        String head = end < 0 ? "" : text.substring(0, end).toLowerCase(java.util.Locale.ROOT);
        int at = head.indexOf("content-length:");
        if (at < 0) return text.endsWith("0\r\n\r\n");
        String length = head.substring(at + 15).split("\r\n")[0].trim();
        return text.length() - end - 4 == Integer.parseInt(length);
    }
}
