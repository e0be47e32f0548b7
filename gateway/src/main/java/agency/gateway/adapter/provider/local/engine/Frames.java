package agency.gateway.adapter.provider.local.engine;

import agency.gateway.adapter.provider.local.engine.EngineCommand.Bias;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Cancel;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Load;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Sampling;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Start;
import agency.gateway.adapter.provider.local.engine.EngineReport.Chance;
import agency.gateway.adapter.provider.local.engine.EngineReport.Ending;
import agency.gateway.adapter.provider.local.engine.EngineReport.Failed;
import agency.gateway.adapter.provider.local.engine.EngineReport.Finished;
import agency.gateway.adapter.provider.local.engine.EngineReport.Loaded;
import agency.gateway.adapter.provider.local.engine.EngineReport.NotLoaded;
import agency.gateway.adapter.provider.local.engine.EngineReport.Piece;
import agency.gateway.adapter.provider.local.engine.EngineReport.TooLong;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames between parent and child: a length of four bytes, a byte that says what it is, its
 * fields. Both ends are ours and of one version, so there is nothing to negotiate; a frame that
 * does not fit is a broken stream.
 */
public final class Frames {
    /** Longest frame, in bytes; a prompt is bounded far below by the size of a request. */
    public static final int MAX_FRAME_BYTES = 64 << 20;

    private static final int MAX_ITEMS = 1 << 16;

    private Frames() {}

    /** Writes one command and flushes. */
    public static void write(OutputStream out, EngineCommand command) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(bytes);
        switch (command) {
            case Load(String path, int contextTokens, int threads) -> {
                data.writeByte('L');
                text(data, path);
                data.writeInt(contextTokens);
                data.writeInt(threads);
            }
            case Start start -> start(data, start);
            case Cancel(long request) -> {
                data.writeByte('C');
                data.writeLong(request);
            }
        }
        send(out, bytes);
    }

    private static void start(DataOutputStream data, Start start) throws IOException {
        data.writeByte('S');
        data.writeLong(start.request());
        texts(data, start.prompt());
        Sampling sampling = start.sampling();
        data.writeFloat(sampling.temperature());
        data.writeFloat(sampling.topP());
        data.writeInt(sampling.topK());
        data.writeFloat(sampling.minP());
        data.writeFloat(sampling.presencePenalty());
        data.writeFloat(sampling.frequencyPenalty());
        data.writeInt(sampling.seed());
        text(data, sampling.grammar());
        data.writeInt(sampling.bias().size());
        for (Bias bias : sampling.bias()) {
            data.writeInt(bias.token());
            data.writeFloat(bias.added());
        }
        texts(data, start.stops());
        data.writeInt(start.maxTokens());
        data.writeInt(start.alternatives());
    }

    /** Writes one report and flushes. */
    public static void write(OutputStream out, EngineReport report) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(bytes);
        switch (report) {
            case Loaded(int contextTokens, long millis) -> {
                data.writeByte('l');
                data.writeInt(contextTokens);
                data.writeLong(millis);
            }
            case NotLoaded(String reason) -> {
                data.writeByte('n');
                text(data, reason);
            }
            case Piece(long request, int answerTokens, String text, List<Chance> chances) -> {
                data.writeByte('p');
                data.writeLong(request);
                data.writeInt(answerTokens);
                text(data, text);
                chances(data, chances);
            }
            case Finished f -> {
                data.writeByte('f');
                data.writeLong(f.request());
                text(data, f.ending().name());
                data.writeInt(f.promptTokens());
                data.writeInt(f.cachedTokens());
                data.writeInt(f.answerTokens());
                data.writeLong(f.promptMicros());
                data.writeLong(f.answerMicros());
            }
            case TooLong(long request, int promptTokens, int contextTokens) -> {
                data.writeByte('t');
                data.writeLong(request);
                data.writeInt(promptTokens);
                data.writeInt(contextTokens);
            }
            case Failed(long request, String reason) -> {
                data.writeByte('e');
                data.writeLong(request);
                text(data, reason);
            }
        }
        send(out, bytes);
    }

    /** The next command, or null at the end of the stream. */
    public static @Nullable EngineCommand readCommand(InputStream in) throws IOException {
        DataInputStream data = frame(in);
        if (data == null) {
            return null;
        }
        int kind = data.readUnsignedByte();
        return switch (kind) {
            case 'L' -> new Load(text(data), data.readInt(), data.readInt());
            case 'S' ->
                    new Start(
                            data.readLong(),
                            texts(data),
                            sampling(data),
                            texts(data),
                            data.readInt(),
                            data.readInt());
            case 'C' -> new Cancel(data.readLong());
            default -> throw new IOException("unknown command " + kind);
        };
    }

    private static Sampling sampling(DataInputStream data) throws IOException {
        float temperature = data.readFloat();
        float topP = data.readFloat();
        int topK = data.readInt();
        float minP = data.readFloat();
        float presence = data.readFloat();
        float frequency = data.readFloat();
        int seed = data.readInt();
        String grammar = text(data);
        int count = count(data);
        List<Bias> bias = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            bias.add(new Bias(data.readInt(), data.readFloat()));
        }
        return new Sampling(
                temperature, topP, topK, minP, presence, frequency, seed, grammar, bias);
    }

    /** The next report, or null at the end of the stream. */
    public static @Nullable EngineReport readReport(InputStream in) throws IOException {
        DataInputStream data = frame(in);
        if (data == null) {
            return null;
        }
        int kind = data.readUnsignedByte();
        return switch (kind) {
            case 'l' -> new Loaded(data.readInt(), data.readLong());
            case 'n' -> new NotLoaded(text(data));
            case 'p' -> new Piece(data.readLong(), data.readInt(), text(data), chances(data, 1));
            case 'f' ->
                    new Finished(
                            data.readLong(),
                            Ending.valueOf(text(data)),
                            data.readInt(),
                            data.readInt(),
                            data.readInt(),
                            data.readLong(),
                            data.readLong());
            case 't' -> new TooLong(data.readLong(), data.readInt(), data.readInt());
            case 'e' -> new Failed(data.readLong(), text(data));
            default -> throw new IOException("unknown report " + kind);
        };
    }

    private static void send(OutputStream out, ByteArrayOutputStream bytes) throws IOException {
        if (bytes.size() > MAX_FRAME_BYTES) {
            throw new IOException(
                    "a frame of %d bytes; at most %d".formatted(bytes.size(), MAX_FRAME_BYTES));
        }
        DataOutputStream data = new DataOutputStream(out);
        data.writeInt(bytes.size());
        bytes.writeTo(data);
        data.flush();
    }

    private static @Nullable DataInputStream frame(InputStream in) throws IOException {
        byte[] head = in.readNBytes(4);
        if (head.length == 0) {
            return null;
        }
        if (head.length < 4) {
            throw new EOFException("the stream ended inside a frame");
        }
        int length = new DataInputStream(new ByteArrayInputStream(head)).readInt();
        if (length < 1 || length > MAX_FRAME_BYTES) {
            throw new IOException(
                    "a frame of %d bytes; at most %d".formatted(length, MAX_FRAME_BYTES));
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the stream ended inside a frame");
        }
        return new DataInputStream(new ByteArrayInputStream(body));
    }

    private static void text(DataOutputStream data, String text) throws IOException {
        bytes(data, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(DataInputStream data) throws IOException {
        return new String(bytes(data), StandardCharsets.UTF_8);
    }

    private static void bytes(DataOutputStream data, byte[] bytes) throws IOException {
        data.writeInt(bytes.length);
        data.write(bytes);
    }

    private static byte[] bytes(DataInputStream data) throws IOException {
        int length = data.readInt();
        if (length < 0 || length > data.available()) {
            throw new IOException(
                    "a text of %d bytes in a frame with %d left"
                            .formatted(length, data.available()));
        }
        return data.readNBytes(length);
    }

    private static void texts(DataOutputStream data, List<String> texts) throws IOException {
        data.writeInt(texts.size());
        for (String text : texts) {
            text(data, text);
        }
    }

    private static List<String> texts(DataInputStream data) throws IOException {
        int count = count(data);
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(text(data));
        }
        return texts;
    }

    private static void chances(DataOutputStream data, List<Chance> chances) throws IOException {
        data.writeInt(chances.size());
        for (Chance chance : chances) {
            text(data, chance.bytes());
            data.writeFloat(chance.logProbability());
            chances(data, chance.alternatives());
        }
    }

    private static List<Chance> chances(DataInputStream data, int depth) throws IOException {
        int count = count(data);
        if (count > 0 && depth < 0) {
            throw new IOException("alternatives within alternatives");
        }
        List<Chance> chances = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            chances.add(new Chance(text(data), data.readFloat(), chances(data, depth - 1)));
        }
        return chances;
    }

    private static int count(DataInputStream data) throws IOException {
        int count = data.readInt();
        if (count < 0 || count > MAX_ITEMS) {
            throw new IOException("a list of %d items; at most %d".formatted(count, MAX_ITEMS));
        }
        return count;
    }
}
