package agency.gateway.adapter.provider.local.embed;

import agency.gateway.adapter.provider.local.unpack.Unpacked;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * bge-small-en-v1.5 with 8-bit weights: texts in, vectors of length one out, as its makers use it
 * (the first token's vector, normalised). Source: model card of BAAI/bge-small-en-v1.5.
 *
 * <p>Model, tokenizer and their libraries come out of our jars and lie under our data directory;
 * nothing is fetched. Safe for several threads; each text is computed on the thread that asks.
 */
final class BgeModel implements AutoCloseable {
    /** Numbers in a vector. */
    static final int DIMENSIONS = 384;

    /** Most tokens of one text; the model knows no more places. */
    static final int MAX_TOKENS = 512;

    private static final String MODEL = "/bge-small-en-v1.5-q.onnx";
    private static final String TOKENIZER = "/bge-small-en-v1.5-q-tokenizer.json";
    private static final String ONNX_VERSION = "1.28.0";

    private final HuggingFaceTokenizer tokenizer;
    private final OrtEnvironment environment;
    private final OrtSession session;

    private BgeModel(
            HuggingFaceTokenizer tokenizer, OrtEnvironment environment, OrtSession session) {
        this.tokenizer = tokenizer;
        this.environment = environment;
        this.session = session;
    }

    /**
     * Loads it.
     *
     * @param folder the folder for unpacked libraries
     */
    static BgeModel load(Path folder) throws IOException, OrtException {
        unpackLibraries(folder);
        Path models = folder.resolve("bge-small-en-v1.5-q");
        Path model = Unpacked.file(BgeModel.class, MODEL, models);
        Path tokens = Unpacked.file(BgeModel.class, TOKENIZER, models);
        HuggingFaceTokenizer tokenizer =
                HuggingFaceTokenizer.newInstance(
                        tokens, Map.of("truncation", "false", "padding", "false"));
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setCPUArenaAllocator(false);
            return new BgeModel(
                    tokenizer, environment, environment.createSession(model.toString(), options));
        }
    }

    /**
     * Both libraries look for system properties when their first class is used: where to find their
     * native parts, and not to reach for the network.
     */
    private static void unpackLibraries(Path folder) throws IOException {
        String os = System.getProperty("os.name", "").startsWith("Mac") ? "osx" : "linux";
        boolean arm = System.getProperty("os.arch", "").equals("aarch64");
        String place = "/ai/onnxruntime/native/" + os + (arm ? "-aarch64/" : "-x64/");
        String ending = os.equals("osx") ? ".dylib" : ".so";
        Path onnx = folder.resolve("onnxruntime-" + ONNX_VERSION);
        Unpacked.file(OrtEnvironment.class, place + "libonnxruntime" + ending, onnx);
        Unpacked.file(OrtEnvironment.class, place + "libonnxruntime4j_jni" + ending, onnx);
        System.setProperty("onnxruntime.native.path", onnx.toAbsolutePath().toString());
        System.setProperty("ENGINE_CACHE_DIR", folder.toAbsolutePath().toString());
        System.setProperty("DJL_CACHE_DIR", folder.toAbsolutePath().toString());
        System.setProperty("RUST_FLAVOR", "cpu");
        System.setProperty("ai.djl.offline", "true");
    }

    /** The tokens of a text, the two that frame it included. */
    long[] tokens(String text) {
        Encoding encoding = tokenizer.encode(text, true, false);
        return encoding.getIds();
    }

    /**
     * The vector of a text given as tokens. Texts are computed one by one: with 8-bit weights,
     * texts in one batch would change each other's vectors (cosine 0.997 where it should be 1).
     */
    float[] vector(long[] tokens) throws OrtException {
        long[] shape = {1, tokens.length};
        long[] mask = new long[tokens.length];
        Arrays.fill(mask, 1);
        try (OnnxTensor idTensor =
                        OnnxTensor.createTensor(environment, LongBuffer.wrap(tokens), shape);
                OnnxTensor maskTensor =
                        OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
                OnnxTensor typeTensor =
                        OnnxTensor.createTensor(
                                environment, LongBuffer.wrap(new long[tokens.length]), shape);
                OrtSession.Result result =
                        session.run(
                                Map.of(
                                        "input_ids", idTensor,
                                        "attention_mask", maskTensor,
                                        "token_type_ids", typeTensor))) {
            float[][][] states = (float[][][]) result.get(0).getValue();
            return normalised(states[0][0]);
        }
    }

    private static float[] normalised(float[] vector) {
        double sum = 0;
        for (float x : vector) {
            sum += (double) x * x;
        }
        float length = (float) Math.max(Math.sqrt(sum), 1e-12);
        float[] unit = new float[vector.length];
        for (int i = 0; i < vector.length; i++) {
            unit[i] = vector[i] / length;
        }
        return unit;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        } finally {
            tokenizer.close();
        }
    }
}
