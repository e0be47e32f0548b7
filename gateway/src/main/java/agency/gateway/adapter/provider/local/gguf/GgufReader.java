package agency.gateway.adapter.provider.local.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the key-value part of a GGUF file, version 2 or 3, with a bound on everything.
 *
 * <p>Source: ggml-org/ggml {@code docs/gguf.md}. Only what {@link GgufHeader} holds is kept; the
 * rest is stepped over. The file may come from anywhere, so no length in it is believed before it
 * is checked.
 */
public final class GgufReader implements AutoCloseable {
    /** Most key-value pairs in a header. */
    static final int MAX_ENTRIES = 4_096;

    /** Most tensors in a model. */
    static final long MAX_TENSORS = 65_536;

    /** Longest string, in bytes: chat templates reach some 30 KB. */
    static final int MAX_STRING_BYTES = 1 << 20;

    /** Most elements in an array: vocabularies reach some 300,000, merges twice that. */
    static final long MAX_ELEMENTS = 4_000_000;

    /** Most bytes read for one header. */
    static final long MAX_HEADER_BYTES = 256L << 20;

    /** Most control tokens kept. */
    static final int MAX_CONTROL_TOKENS = 8_192;

    private static final int MAGIC = 0x46554747;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int CONTROL_TOKEN = 3;
    private static final int[] SCALAR_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    private final FileChannel file;
    private final long fileBytes;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private long taken;
    private List<String> tokens = List.of();
    private int[] tokenKinds = new int[0];

    private GgufReader(FileChannel file, long fileBytes) {
        this.file = file;
        this.fileBytes = fileBytes;
        buffer.limit(0);
    }

    /**
     * The header of {@code path}.
     *
     * @throws NotAModel if it is no GGUF file, is damaged, or ends early
     * @throws IOException if it cannot be read
     */
    public static GgufHeader read(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
                GgufReader reader = new GgufReader(channel, channel.size())) {
            return reader.header();
        }
    }

    @Override
    public void close() {
        tokens = List.of();
    }

    private GgufHeader header() throws IOException {
        if (fileBytes < 24) {
            throw new NotAModel(
                    "The file has only %d bytes; a GGUF model begins with 24."
                            .formatted(fileBytes));
        }
        if (int32() != MAGIC) {
            throw new NotAModel("The file does not begin with GGUF; it is not a GGUF model.");
        }
        int version = int32();
        if (version != 2 && version != 3) {
            throw new NotAModel(
                    "The file says GGUF version %d; versions 2 and 3 are read.".formatted(version));
        }
        long tensorCount = bounded(int64(), MAX_TENSORS, "tensors");
        long entries = bounded(int64(), MAX_ENTRIES, "header entries");
        Map<String, Object> kept = new HashMap<>();
        for (long i = 0; i < entries; i++) {
            String key = string();
            entry(key, int32(), kept);
        }
        checkTensors(tensorCount);
        String architecture = text(kept, "general.architecture").orElse("");
        if (architecture.isEmpty()) {
            throw new NotAModel("The header does not name an architecture (general.architecture).");
        }
        return new GgufHeader(
                architecture,
                text(kept, "general.name"),
                text(kept, "general.license"),
                (int)
                        Math.min(
                                Integer.MAX_VALUE,
                                number(kept, architecture + ".context_length", 0)),
                text(kept, "tokenizer.chat_template"),
                token(number(kept, "tokenizer.ggml.bos_token_id", -1)),
                token(number(kept, "tokenizer.ggml.eos_token_id", -1)),
                controlTokens(),
                tensorCount);
    }

    private void entry(String key, int type, Map<String, Object> kept) throws IOException {
        if (type == STRING) {
            String value = string();
            if (key.startsWith("general.") || key.equals("tokenizer.chat_template")) {
                kept.put(key, value);
            }
        } else if (type == ARRAY) {
            array(key);
        } else {
            long value = scalar(type);
            kept.put(key, value);
        }
    }

    private void array(String key) throws IOException {
        int type = int32();
        long count = bounded(int64(), MAX_ELEMENTS, "elements in " + printable(key));
        if (count > fileBytes - taken) {
            throw new NotAModel(
                    "The file ends inside its header, after %d bytes.".formatted(fileBytes));
        }
        if (type == STRING && key.equals("tokenizer.ggml.tokens")) {
            List<String> texts = new ArrayList<>((int) count);
            for (long i = 0; i < count; i++) {
                texts.add(string());
            }
            tokens = texts;
        } else if (type == STRING) {
            for (long i = 0; i < count; i++) {
                skip(stringBytes());
            }
        } else if (type == 5 && key.equals("tokenizer.ggml.token_type")) {
            tokenKinds = new int[(int) count];
            for (int i = 0; i < count; i++) {
                tokenKinds[i] = int32();
            }
        } else {
            skip(count * scalarBytes(type));
        }
    }

    /** Walks the tensor table: an offset beyond the end means the file was cut. */
    private void checkTensors(long count) throws IOException {
        long furthest = 0;
        for (long i = 0; i < count; i++) {
            skip(stringBytes());
            int dimensions = int32();
            if (dimensions < 0 || dimensions > 8) {
                throw new NotAModel(
                        "Tensor %d says it has %d dimensions; the file is damaged."
                                .formatted(i, dimensions));
            }
            skip(8L * dimensions + 4);
            furthest = Math.max(furthest, int64());
        }
        if (furthest < 0 || taken + furthest > fileBytes) {
            throw new NotAModel(
                    "The file ends early: it has %d bytes, and its last tensor begins at byte %d or later."
                            .formatted(fileBytes, taken + Math.max(0, furthest)));
        }
    }

    private List<String> controlTokens() {
        List<String> texts = new ArrayList<>();
        int count = Math.min(tokenKinds.length, tokens.size());
        for (int i = 0; i < count && texts.size() < MAX_CONTROL_TOKENS; i++) {
            if (tokenKinds[i] == CONTROL_TOKEN && tokens.get(i).length() > 1) {
                texts.add(tokens.get(i));
            }
        }
        return texts;
    }

    private String token(long id) {
        return id >= 0 && id < tokens.size() ? tokens.get((int) id) : "";
    }

    private static Optional<String> text(Map<String, Object> kept, String key) {
        return kept.get(key) instanceof String value ? Optional.of(value) : Optional.empty();
    }

    private static long number(Map<String, Object> kept, String key, long otherwise) {
        return kept.get(key) instanceof Long value ? value : otherwise;
    }

    private long scalar(int type) throws IOException {
        return switch (scalarBytes(type)) {
            case 1 -> take(1).get() & 0xff;
            case 2 -> take(2).getShort() & 0xffff;
            case 4 -> take(4).getInt() & 0xffff_ffffL;
            default -> int64();
        };
    }

    private static int scalarBytes(int type) throws NotAModel {
        if (type < 0 || type >= SCALAR_BYTES.length || SCALAR_BYTES[type] == 0) {
            throw new NotAModel(
                    "The header has a value of unknown type %d; the file is damaged."
                            .formatted(type));
        }
        return SCALAR_BYTES[type];
    }

    private static long bounded(long value, long most, String what) throws NotAModel {
        if (value < 0 || value > most) {
            throw new NotAModel(
                    "The header says %d %s; at most %d are read.".formatted(value, what, most));
        }
        return value;
    }

    private long stringBytes() throws IOException {
        return bounded(int64(), MAX_STRING_BYTES, "bytes in a string");
    }

    private String string() throws IOException {
        byte[] bytes = new byte[(int) stringBytes()];
        int done = 0;
        while (done < bytes.length) {
            int part = Math.min(bytes.length - done, buffer.capacity());
            take(part).get(bytes, done, part);
            done += part;
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private int int32() throws IOException {
        return take(4).getInt();
    }

    private long int64() throws IOException {
        return take(8).getLong();
    }

    private void skip(long bytes) throws IOException {
        if (bytes <= buffer.remaining()) {
            buffer.position(buffer.position() + (int) bytes);
        } else {
            file.position(file.position() + bytes - buffer.remaining());
            buffer.limit(0);
        }
        count(bytes);
    }

    private ByteBuffer take(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            buffer.compact();
            while (buffer.position() < bytes) {
                if (file.read(buffer) < 0) {
                    throw new NotAModel(
                            "The file ends inside its header, after %d bytes."
                                    .formatted(fileBytes));
                }
            }
            buffer.flip();
        }
        count(bytes);
        return buffer;
    }

    private void count(long bytes) throws NotAModel {
        taken += bytes;
        if (taken > fileBytes) {
            throw new NotAModel(
                    "The file ends inside its header, after %d bytes.".formatted(fileBytes));
        }
        if (taken > MAX_HEADER_BYTES) {
            throw new NotAModel("The header is longer than %d bytes.".formatted(MAX_HEADER_BYTES));
        }
    }

    private static String printable(String key) {
        return key.length() > 60 ? key.substring(0, 60) : key;
    }
}
