package agency.gateway.adapter.provider.openai;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.compression.JdkZlibDecoder;
import io.netty.handler.codec.compression.ZlibWrapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.function.Consumer;

/**
 * Unpacks an answer that came packed although we asked for it plain; some proxies do that. Apart
 * from the usual way, which it must not cost anything.
 */
final class Unpacker {
    /** Most bytes of one unpacked answer: what is packed may grow a thousandfold. */
    static final long MAX_BYTES = 64L << 20;

    /** Most bytes of one unpacked piece. */
    private static final int MAX_PIECE = 256 * 1024;

    private final EmbeddedChannel decoder;
    private long unpacked;

    private Unpacker() {
        decoder = new EmbeddedChannel(new JdkZlibDecoder(ZlibWrapper.GZIP, MAX_PIECE));
    }

    /** Whether answers packed in this way can be unpacked. */
    static boolean knows(String encoding) {
        return encoding.equalsIgnoreCase("gzip") || encoding.equalsIgnoreCase("x-gzip");
    }

    static Unpacker gzip() {
        return new Unpacker();
    }

    /**
     * Unpacks a piece.
     *
     * @return false when it cannot be unpacked or would be too much
     */
    boolean take(Buffer piece, Consumer<Buffer> out) {
        try {
            decoder.writeInbound(((BufferInternal) piece).getByteBuf().retainedDuplicate());
            for (ByteBuf raw = decoder.readInbound(); raw != null; raw = decoder.readInbound()) {
                Buffer plain = Buffer.buffer(raw.readableBytes());
                byte[] bytes = new byte[raw.readableBytes()];
                raw.readBytes(bytes).release();
                unpacked += bytes.length;
                if (unpacked > MAX_BYTES) return false;
                out.accept(plain.appendBytes(bytes));
            }
            return true;
        } catch (DecompressionException e) {
            return false;
        }
    }

    void close() {
        decoder.finishAndReleaseAll();
    }
}
