package agency.gateway.adapter.provider.local.embed;

import agency.gateway.adapter.provider.local.waiting.FairQueue;
import agency.gateway.adapter.provider.local.wire.NotServed;
import agency.gateway.port.UpstreamFailure;
import agency.kernel.metering.TokenUsage;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Embeddings in this process: requests wait in a fair line, their texts are computed in parallel,
 * the model is loaded when first asked for and unloaded when idle.
 */
public final class LocalEmbeddings implements AutoCloseable {
    /** The model's name in the catalogue. */
    public static final String MODEL = "bge-small-en-v1.5";

    /** Most tokens of one request, as OpenAI has it. */
    static final int MAX_REQUEST_TOKENS = 300_000;

    /** Texts computed between two looks at whether the caller is still there. */
    private static final int GROUP = 16;

    private static final long FOREVER_MS = TimeUnit.DAYS.toMillis(1);
    private static final long STOPPING_MS = 5_000;
    private static final int BUSY_RETRY_SECONDS = 2;
    private static final Logger LOG = LoggerFactory.getLogger(LocalEmbeddings.class);

    private final Path folder;
    private final int threads;
    private final long idleMs;
    private final FairQueue<Job> queue;
    private final ExecutorService computing;
    private final Thread worker;
    private volatile boolean open = true;
    private @Nullable BgeModel model;

    private record Job(UUID caller, EmbedCall call, EmbedOut out, AtomicBoolean cancelled) {}

    /**
     * Nothing is loaded before it is asked for.
     *
     * @param folder the folder for unpacked libraries
     * @param threads threads to compute with
     * @param maxWaiting most requests waiting
     * @param maxWaitingPerCaller most of them from one caller
     * @param idleMs after how long without a request the model is unloaded, in milliseconds
     */
    public LocalEmbeddings(
            Path folder, int threads, int maxWaiting, int maxWaitingPerCaller, long idleMs) {
        this.folder = folder;
        this.threads = threads;
        this.idleMs = idleMs;
        this.queue = new FairQueue<>(maxWaiting, maxWaitingPerCaller);
        this.computing =
                Executors.newFixedThreadPool(
                        threads,
                        Thread.ofPlatform().daemon().name("local-embeddings-", 0).factory());
        this.worker = Thread.ofPlatform().daemon().name("local-embeddings").unstarted(this::work);
    }

    /** Begins to serve. */
    public void start() {
        worker.start();
    }

    /**
     * Answers an embeddings request. Reads it on the calling thread, so not for an event loop.
     *
     * @return cancels the request
     */
    public Runnable answer(byte[] body, UUID caller, EmbedOut out) {
        EmbedCall call;
        try {
            call = EmbedCall.read(body);
        } catch (NotServed e) {
            out.failed(e.failure());
            return () -> {};
        }
        Job job = new Job(caller, call, out, new AtomicBoolean());
        if (!open || !queue.offer(caller, job)) {
            out.failed(
                    new UpstreamFailure.Busy(
                            "Too many embeddings requests wait.", BUSY_RETRY_SECONDS));
        }
        return () -> {
            job.cancelled().set(true);
            queue.remove(caller, job);
        };
    }

    private void work() {
        try {
            while (open) {
                Job job = queue.take(model == null ? FOREVER_MS : idleMs);
                if (job == null) {
                    unload();
                } else if (!job.cancelled().get()) {
                    serve(job);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            unload();
        }
    }

    private void serve(Job job) throws InterruptedException {
        try {
            BgeModel ready = ready();
            List<long[]> tokens = tokens(job.call().texts(), ready);
            long count = tokens.stream().mapToLong(one -> one.length).sum();
            List<float[]> vectors = vectors(job, tokens, ready);
            if (!job.cancelled().get()) {
                byte[] wire = EmbeddingWriter.write(vectors, job.call().base64(), MODEL, count);
                job.out().done(wire, new TokenUsage(count, 0, 0, 0));
            }
        } catch (NotServed e) {
            job.out().failed(e.failure());
        } catch (IOException | OrtException | UnsatisfiedLinkError | ExecutionException e) {
            LOG.warn("local embeddings failed: {}", e.toString());
            unload();
            job.out()
                    .failed(
                            new UpstreamFailure.Refused(
                                    500,
                                    "server_error",
                                    "model_not_loadable",
                                    "The local embedding model cannot be used on this system.",
                                    null));
        }
    }

    private static List<long[]> tokens(List<String> texts, BgeModel model) {
        List<long[]> tokens = new ArrayList<>(texts.size());
        long sum = 0;
        for (int i = 0; i < texts.size(); i++) {
            long[] one = model.tokens(texts.get(i));
            sum += one.length;
            if (one.length > BgeModel.MAX_TOKENS) {
                throw tooLong(
                        "This model's maximum context length is %d tokens, however input %d has %d tokens."
                                .formatted(BgeModel.MAX_TOKENS, i, one.length));
            }
            if (sum > MAX_REQUEST_TOKENS) {
                throw tooLong(
                        "The inputs have more than %d tokens together."
                                .formatted(MAX_REQUEST_TOKENS));
            }
            tokens.add(one);
        }
        return tokens;
    }

    private static NotServed tooLong(String message) {
        return new NotServed(
                new UpstreamFailure.Refused(
                        400, "invalid_request_error", "context_length_exceeded", message, "input"));
    }

    private List<float[]> vectors(Job job, List<long[]> tokens, BgeModel model)
            throws InterruptedException, ExecutionException {
        List<float[]> vectors = new ArrayList<>(tokens.size());
        for (int at = 0; at < tokens.size() && !job.cancelled().get(); at += GROUP) {
            List<Callable<float[]>> group = new ArrayList<>();
            for (long[] one : tokens.subList(at, Math.min(tokens.size(), at + GROUP))) {
                group.add(() -> model.vector(one));
            }
            for (Future<float[]> vector : computing.invokeAll(group)) {
                vectors.add(vector.get());
            }
        }
        return vectors;
    }

    private BgeModel ready() throws IOException, OrtException {
        BgeModel present = model;
        if (present != null) {
            return present;
        }
        long began = System.nanoTime();
        BgeModel loaded = BgeModel.load(folder);
        model = loaded;
        LOG.info(
                "local embedding model loaded in {} ms ({} threads)",
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began),
                threads);
        return loaded;
    }

    private void unload() {
        BgeModel present = model;
        model = null;
        if (present != null) {
            present.close();
            LOG.info("local embedding model unloaded");
        }
    }

    @Override
    public void close() {
        open = false;
        worker.interrupt();
        try {
            worker.join(STOPPING_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        computing.shutdownNow();
    }
}
