package agency.ledger.domain.budget;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * On which accounts an attempt is charged beside its key's, with the bytes that say so in the
 * journal ready made, so that an attempt encodes nothing.
 */
public final class Charge {
    /** On none. */
    public static final Charge NONE = new Charge(null, List.of());

    private static final String BETWEEN = "\t";

    private final @Nullable UUID person;
    private final List<String> accounts;
    private final byte[] written;

    /**
     * A charge.
     *
     * @param person whose key it is, if it is a person's
     * @param accounts the accounts, as {@link #account} names them
     */
    public Charge(@Nullable UUID person, List<String> accounts) {
        this.person = person;
        this.accounts = List.copyOf(accounts);
        List<String> words = new ArrayList<>();
        words.add(person == null ? "" : person.toString());
        words.addAll(accounts);
        this.written =
                person == null && accounts.isEmpty()
                        ? new byte[0]
                        : String.join(BETWEEN, words).getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads what {@link #written} gave; throws {@link IllegalArgumentException} for else. */
    public static Charge read(byte[] written) {
        if (written.length == 0) {
            return NONE;
        }
        String[] words = new String(written, StandardCharsets.US_ASCII).split(BETWEEN, -1);
        return new Charge(
                words[0].isEmpty() ? null : UUID.fromString(words[0]),
                List.of(words).subList(1, words.length));
    }

    /** The name of an account: a budget in one of its stretches. */
    public static String account(UUID budget, Span span) {
        return budget + "@" + span.from();
    }

    /** The budget of an account's name. */
    public static UUID budget(String account) {
        return UUID.fromString(account.substring(0, account.indexOf('@')));
    }

    /** The first second of the stretch of an account's name. */
    public static long from(String account) {
        return Long.parseLong(account.substring(account.indexOf('@') + 1));
    }

    /** Whose key it is, if it is a person's. */
    public @Nullable UUID person() {
        return person;
    }

    /** The accounts. */
    public List<String> accounts() {
        return accounts;
    }

    /** Its bytes for the journal; not to be changed. */
    public byte[] written() {
        return written;
    }
}
