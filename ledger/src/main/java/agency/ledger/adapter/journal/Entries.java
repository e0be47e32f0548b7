package agency.ledger.adapter.journal;

import agency.kernel.metering.Caller;
import agency.kernel.metering.Ending;
import agency.kernel.metering.Intent;
import agency.kernel.metering.Operation;
import agency.kernel.metering.Outcome;
import agency.kernel.metering.TokenUsage;
import agency.kernel.metering.UsageClass;
import agency.ledger.domain.budget.Charge;
import agency.ledger.domain.price.Tariff;
import agency.ledger.domain.usage.OpenAttempt;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How an intent and an outcome are laid out in the journal: little-endian, fixed fields first, then
 * the text. The layout is part of {@link SegmentFile#FORMAT}.
 */
final class Entries {
    static final byte INTENT = 1;
    static final byte OUTCOME = 2;
    static final byte VOID = 3;

    /** Longest id a provider gives a request, in bytes; the rest is cut off. */
    static final int MAX_PROVIDER_ID = 100;

    private static final int INTENT_FIXED = 88;
    private static final int OUTCOME_FIXED = 80;

    /** Longest outcome, in bytes, with the record's own header. */
    static final int MAX_OUTCOME = OUTCOME_FIXED + MAX_PROVIDER_ID + SegmentFile.HEADER + 8;

    /** Most tariffs, and most charges, the reader remembers; then it forgets them all. */
    private static final int MAX_TARIFFS = 4_096;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final Operation[] OPERATIONS = Operation.values();
    private static final Ending[] ENDINGS = Ending.values();
    private static final UsageClass[] CLASSES = UsageClass.values();

    private final Map<String, Tariff> tariffs = new HashMap<>();
    private final Map<String, Charge> charges = new HashMap<>();

    static byte[] intent(OpenAttempt attempt) {
        Intent intent = attempt.intent();
        byte[] tariff = attempt.tariff().written();
        byte[] charge = attempt.charge().written();
        byte[] to = new byte[INTENT_FIXED + tariff.length + charge.length];
        to[0] = INTENT;
        to[1] = (byte) intent.operation().code();
        // Two bytes that were nothing before there were charges: journals of then are read as ever.
        to[2] = (byte) charge.length;
        to[3] = (byte) (charge.length >> 8);
        INTS.set(to, 4, intent.attempt());
        LONGS.set(to, 8, attempt.entry());
        LONGS.set(to, 16, attempt.startedMillis());
        LONGS.set(to, 24, intent.request().getMostSignificantBits());
        LONGS.set(to, 32, intent.request().getLeastSignificantBits());
        LONGS.set(to, 40, intent.caller().project().getMostSignificantBits());
        LONGS.set(to, 48, intent.caller().project().getLeastSignificantBits());
        LONGS.set(to, 56, intent.caller().key().getMostSignificantBits());
        LONGS.set(to, 64, intent.caller().key().getLeastSignificantBits());
        // Bounds are tokens of one request: beyond 32 bits they are as good as endless.
        INTS.set(to, 72, clamped(intent.boundInputTokens()));
        INTS.set(to, 76, clamped(intent.boundOutputTokens()));
        INTS.set(to, 80, intent.caller().tenant());
        System.arraycopy(tariff, 0, to, INTENT_FIXED, tariff.length);
        System.arraycopy(charge, 0, to, INTENT_FIXED + tariff.length, charge.length);
        return to;
    }

    static byte[] outcome(long entry, Outcome outcome) {
        @Nullable String id = outcome.providerRequestId();
        byte[] text = id == null ? NO_TEXT : id.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, MAX_PROVIDER_ID);
        byte[] to = new byte[OUTCOME_FIXED + length];
        to[0] = OUTCOME;
        to[1] = (byte) outcome.ending().code();
        to[2] = (byte) outcome.usageClass().code();
        to[3] = (byte) (id == null ? 0 : 1);
        INTS.set(to, 4, outcome.status());
        LONGS.set(to, 8, entry);
        LONGS.set(to, 16, outcome.usage().input());
        LONGS.set(to, 24, outcome.usage().output());
        LONGS.set(to, 32, outcome.usage().cachedInput());
        LONGS.set(to, 40, outcome.usage().reasoning());
        LONGS.set(to, 48, outcome.upstreamMicros());
        LONGS.set(to, 56, outcome.firstByteMicros());
        LONGS.set(to, 64, outcome.totalMicros());
        LONGS.set(to, 72, outcome.overheadMicros());
        System.arraycopy(text, 0, to, OUTCOME_FIXED, length);
        return to;
    }

    private static final byte[] NO_TEXT = new byte[0];

    /** Which entry an intent or an outcome is about. */
    static long entry(byte[] record) {
        return (long) LONGS.get(record, 8);
    }

    OpenAttempt readIntent(byte[] from) {
        int charged = (from[2] & 0xFF) | (from[3] & 0xFF) << 8;
        int tariffEnd = from.length - charged;
        if (tariffEnd < INTENT_FIXED) {
            throw new IllegalArgumentException("a charge longer than its record");
        }
        Charge charge = charge(from, tariffEnd);
        return new OpenAttempt(
                entry(from),
                new Intent(
                        id(from, 24),
                        (int) INTS.get(from, 4),
                        new Caller(
                                (int) INTS.get(from, 80),
                                id(from, 40),
                                charge.person(),
                                id(from, 56)),
                        operation(from[1]),
                        "",
                        "",
                        (int) INTS.get(from, 72),
                        (int) INTS.get(from, 76)),
                tariff(from, tariffEnd),
                charge,
                (long) LONGS.get(from, 16));
    }

    static Outcome readOutcome(byte[] from) {
        return new Outcome(
                ending(from[1]),
                usageClass(from[2]),
                new TokenUsage(
                        (long) LONGS.get(from, 16),
                        (long) LONGS.get(from, 24),
                        (long) LONGS.get(from, 32),
                        (long) LONGS.get(from, 40)),
                (int) INTS.get(from, 4),
                (long) LONGS.get(from, 48),
                (long) LONGS.get(from, 56),
                (long) LONGS.get(from, 64),
                (long) LONGS.get(from, 72),
                from[3] == 0
                        ? null
                        : new String(
                                from,
                                OUTCOME_FIXED,
                                from.length - OUTCOME_FIXED,
                                StandardCharsets.UTF_8));
    }

    private Charge charge(byte[] from, int at) {
        if (at == from.length) {
            return Charge.NONE;
        }
        String key = new String(from, at, from.length - at, StandardCharsets.ISO_8859_1);
        @Nullable Charge known = charges.get(key);
        if (known == null) {
            known = Charge.read(Arrays.copyOfRange(from, at, from.length));
            if (charges.size() >= MAX_TARIFFS) {
                charges.clear();
            }
            charges.put(key, known);
        }
        return known;
    }

    private Tariff tariff(byte[] from, int end) {
        int length = end - INTENT_FIXED;
        // One char per byte: cheap to make, and different for different bytes.
        String key = new String(from, INTENT_FIXED, length, StandardCharsets.ISO_8859_1);
        @Nullable Tariff known = tariffs.get(key);
        if (known == null) {
            byte[] written = new byte[length];
            System.arraycopy(from, INTENT_FIXED, written, 0, length);
            known = Tariff.read(written);
            if (tariffs.size() >= MAX_TARIFFS) {
                tariffs.clear();
            }
            tariffs.put(key, known);
        }
        return known;
    }

    private static UUID id(byte[] from, int at) {
        return new UUID((long) LONGS.get(from, at), (long) LONGS.get(from, at + 8));
    }

    private static int clamped(long tokens) {
        return (int) Math.max(0, Math.min(tokens, Integer.MAX_VALUE));
    }

    private static Operation operation(byte code) {
        for (Operation operation : OPERATIONS) {
            if (operation.code() == code) {
                return operation;
            }
        }
        throw new IllegalArgumentException("unknown operation " + code);
    }

    private static Ending ending(byte code) {
        for (Ending ending : ENDINGS) {
            if (ending.code() == code) {
                return ending;
            }
        }
        throw new IllegalArgumentException("unknown ending " + code);
    }

    private static UsageClass usageClass(byte code) {
        for (UsageClass known : CLASSES) {
            if (known.code() == code) {
                return known;
            }
        }
        throw new IllegalArgumentException("unknown class " + code);
    }
}
