package agency.ledger.domain.price;

import java.time.LocalDate;

/**
 * One price with its name and origin; what an attempt cost can be traced to it for ever.
 *
 * @param id its name, e.g. {@code 2026-08-21/openai/gpt-4o}; never reused for another price
 * @param source whose word it is
 * @param date as of when the source said so
 * @param price the price
 */
public record PriceVersion(String id, String source, LocalDate date, Price price) {
    /** Longest id, in characters. */
    public static final int MAX_ID = 200;

    /** Cuts an overlong id: it is for reading, the price beside it counts. */
    public PriceVersion {
        id = id.length() > MAX_ID ? id.substring(0, MAX_ID) : id;
    }
}
