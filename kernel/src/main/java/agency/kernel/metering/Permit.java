package agency.kernel.metering;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to make one attempt at one provider. Its intent is on record before it exists, and it
 * is settled exactly once. Only a {@link PermitOffice} can make one, so a provider that asks for a
 * permit cannot be called unmetered.
 */
public final class Permit {
    private final Intent intent;
    private final PermitOffice office;
    private final long entry;
    private final AtomicBoolean settled = new AtomicBoolean();

    Permit(Intent intent, PermitOffice office, long entry) {
        this.intent = intent;
        this.office = office;
        this.entry = entry;
    }

    /** What is permitted. */
    public Intent intent() {
        return intent;
    }

    /** Where the office wrote the intent down; means something to the office only. */
    public long entry() {
        return entry;
    }

    /**
     * Records how the attempt ended. Never blocks.
     *
     * @return whether this was the first settlement; a later one changes nothing
     */
    public boolean settle(Outcome outcome) {
        if (!settled.compareAndSet(false, true)) {
            return false;
        }
        office.settled(this, outcome);
        return true;
    }
}
