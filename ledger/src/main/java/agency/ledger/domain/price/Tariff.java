package agency.ledger.domain.price;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * One provider's model with the price it is admitted at, made once and used by every attempt until
 * the price changes; with its bytes ready for the journal, so that an attempt encodes nothing.
 */
public final class Tariff {
    /** Longest name of a provider or model that is kept, in characters; the rest is cut off. */
    public static final int MAX_NAME = 200;

    private static final int FIELDS = 6;

    private final String provider;
    private final String model;
    private final @Nullable PriceVersion version;
    private final byte[] written;

    private Tariff(String provider, String model, @Nullable PriceVersion version, byte[] written) {
        this.provider = provider;
        this.model = model;
        this.version = version;
        this.written = written;
    }

    /** A model at a price, or unpriced. */
    public static Tariff of(String provider, String model, @Nullable PriceVersion version) {
        String shortProvider = plain(provider);
        String shortModel = plain(model);
        String text =
                shortProvider
                        + '\t'
                        + shortModel
                        + (version == null
                                ? ""
                                : '\t'
                                        + plain(version.id())
                                        + '\t'
                                        + plain(version.source())
                                        + '\t'
                                        + version.date()
                                        + '\t'
                                        + PriceText.write(version.price()));
        return new Tariff(
                shortProvider, shortModel, version, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads what {@link #written} gave; throws {@link IllegalArgumentException} for else. */
    public static Tariff read(byte[] written) {
        String[] fields = new String(written, StandardCharsets.UTF_8).split("\t", -1);
        if (fields.length != 2 && fields.length != FIELDS) {
            throw new IllegalArgumentException("not a tariff: " + fields.length + " fields");
        }
        return new Tariff(
                fields[0],
                fields[1],
                fields.length == 2
                        ? null
                        : new PriceVersion(
                                fields[2],
                                fields[3],
                                LocalDate.parse(fields[4]),
                                PriceText.read(fields[5])),
                written.clone());
    }

    /** The provider's name. */
    public String provider() {
        return provider;
    }

    /** The model's name. */
    public String model() {
        return model;
    }

    /** The price, or null when the model is unpriced. */
    public @Nullable PriceVersion version() {
        return version;
    }

    /** Its bytes for the journal; not to be changed. */
    public byte[] written() {
        return written;
    }

    /** Without control characters, and cut to its longest. */
    private static String plain(String name) {
        String cut = name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name;
        StringBuilder plain = new StringBuilder(cut.length());
        for (int i = 0; i < cut.length(); i++) {
            char c = cut.charAt(i);
            plain.append(c < ' ' || Character.isSurrogate(c) ? '?' : c);
        }
        return plain.toString();
    }
}
