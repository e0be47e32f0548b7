package agency.gateway.testing;

import agency.gateway.port.Metering;
import agency.kernel.metering.Admission;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.Permit;
import agency.kernel.metering.PermitOffice;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A ledger that admits what it is told to and remembers every settlement. */
public final class BookOfTests extends PermitOffice implements Metering {
    /** An attempt and how it ended. */
    public record Settled(Intent intent, Outcome outcome) {}

    private final BlockingQueue<Settled> settled = new LinkedBlockingQueue<>();
    private final List<Intent> intents = new CopyOnWriteArrayList<>();
    private final AtomicLong entries = new AtomicLong();
    private volatile @Nullable Function<Intent, Admission> instead;

    /** Answers this in place of admitting. */
    public void refuse(Function<Intent, Admission> refusal) {
        instead = refusal;
    }

    /** Admits again. */
    public void admitAll() {
        instead = null;
    }

    @Override
    public void admit(Intent intent, Consumer<Admission> answer) {
        intents.add(intent);
        Function<Intent, Admission> other = instead;
        answer.accept(other == null ? new Admission.Admitted(permit(intent)) : other.apply(intent));
    }

    /** A permit for a test that needs no admission. */
    public Permit permit(Intent intent) {
        return issue(intent, entries.incrementAndGet());
    }

    @Override
    protected void settled(Permit permit, Outcome outcome) {
        settled.add(new Settled(permit.intent(), outcome));
    }

    /** The next settlement, waiting for it. */
    public Settled settlement() throws InterruptedException {
        Settled one = settled.poll(60, TimeUnit.SECONDS);
        if (one == null) throw new AssertionError("nothing was settled");
        return one;
    }

    /** Settlements nobody looked at. */
    public int unseen() {
        return settled.size();
    }

    /** Everything that asked to be admitted. */
    public List<Intent> intents() {
        return intents;
    }
}
