package agency.platform.config;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory or disk.
 *
 * @param count how many bytes, 0 or more
 */
public record Bytes(long count) {
    private static final Pattern FORM =
            Pattern.compile("(\\d{1,18}(?:\\.\\d{1,6})?)\\s*([A-Za-z]{0,3})");

    private static final Map<String, Long> UNITS =
            Map.of(
                    "", 1L,
                    "b", 1L,
                    "kb", 1_000L,
                    "mb", 1_000_000L,
                    "gb", 1_000_000_000L,
                    "tb", 1_000_000_000_000L,
                    "kib", 1L << 10,
                    "mib", 1L << 20,
                    "gib", 1L << 30,
                    "tib", 1L << 40);

    /** Refuses a negative count. */
    public Bytes {
        if (count < 0) {
            throw new IllegalArgumentException("must be 0 or more bytes, not " + count);
        }
    }

    /** Reads {@code 512}, {@code 64KiB}, {@code 1.5 GB}; throws IllegalArgumentException. */
    public static Bytes parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        Long unit = matcher.matches() ? UNITS.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("must be a size such as 512, 64KiB or 2GB");
        }
        try {
            BigDecimal count = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
            return new Bytes(count.longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("must be a whole number of bytes below 8 EiB", e);
        }
    }

    /** The count as an int; throws {@link ArithmeticException} when it is 2 GiB or more. */
    public int asInt() {
        return Math.toIntExact(count);
    }

    /** In the largest binary unit that divides it. */
    @Override
    public String toString() {
        String[] names = {"B", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        long left = count;
        while (left != 0 && left % 1024 == 0 && unit < names.length - 1) {
            left /= 1024;
            unit++;
        }
        return left + names[unit];
    }
}
