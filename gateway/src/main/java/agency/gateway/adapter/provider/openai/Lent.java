package agency.gateway.adapter.provider.openai;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * The bytes of a buffer, to be looked at and not changed; without a copy where the buffer lies on
 * the heap, as those of Vert.x do.
 */
@SuppressWarnings("ArrayRecordComponent") // lent for one call, never compared
record Lent(byte[] bytes, int from, int to) {

    static Lent of(Buffer buffer) {
        ByteBuf raw = ((BufferInternal) buffer).getByteBuf();
        if (raw.hasArray()) {
            int from = raw.arrayOffset() + raw.readerIndex();
            return new Lent(raw.array(), from, from + raw.readableBytes());
        }
        byte[] copy = buffer.getBytes();
        return new Lent(copy, 0, copy.length);
    }

    /** Whether these are all of the lent bytes, themselves and no copy. */
    @SuppressWarnings("ReferenceEquality") // the very array is meant
    boolean isAll(byte[] others, int othersFrom, int othersTo) {
        return others == bytes && othersFrom == from && othersTo == to;
    }

    static Buffer copied(byte[] bytes, int from, int to) {
        return Buffer.buffer(to - from).appendBytes(bytes, from, to - from);
    }
}
