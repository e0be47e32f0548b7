package agency.gateway.adapter.provider.local.chat;

import agency.gateway.port.UpstreamFailure;
import agency.kernel.metering.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An answer as it came, and a way to wait for parts of it. */
public final class Collected implements AnswerOut {
    private final List<String> parts = new ArrayList<>();
    private final CountDownLatch done = new CountDownLatch(1);
    public volatile @Nullable UpstreamFailure failure;
    public volatile @Nullable TokenUsage usage;
    public volatile int heads;
    public volatile long generated;

    @Override
    public synchronized void head() {
        heads++;
    }

    @Override
    public synchronized void text(String wire) {
        parts.add(wire);
        notifyAll();
    }

    @Override
    public void generated(long tokens) {
        generated = tokens;
    }

    @Override
    public void end(TokenUsage used) {
        usage = used;
        done.countDown();
    }

    @Override
    public void failed(UpstreamFailure why, @Nullable TokenUsage used) {
        failure = why;
        usage = used;
        done.countDown();
    }

    public Collected await() throws InterruptedException {
        if (!done.await(120, TimeUnit.SECONDS)) {
            throw new AssertionError("no end after 120 s; so far: " + all());
        }
        return this;
    }

    public synchronized void awaitParts(int count) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (parts.size() < count) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "only " + parts.size() + " parts after 120 s; failure: " + failure);
            }
            wait(200);
        }
    }

    public synchronized List<String> parts() {
        return List.copyOf(parts);
    }

    public String all() {
        return String.join("", parts());
    }

    public boolean ended() {
        return done.getCount() == 0;
    }

    public JsonNode json() {
        return JsonMapper.shared().readTree(all());
    }

    /** The JSON of each event but the last, which says that it is. */
    public List<JsonNode> events() {
        return all().lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> JsonMapper.shared().readTree(line.substring(6)))
                .toList();
    }

    public String streamedText() {
        StringBuilder text = new StringBuilder();
        events().forEach(event -> text.append(event.at("/choices/0/delta/content").asString("")));
        return text.toString();
    }
}
