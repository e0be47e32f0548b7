package agency.ledger.adapter.http;

import agency.kernel.metering.Ending;
import agency.kernel.metering.Operation;
import agency.kernel.metering.UsageClass;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The words the API uses for stored codes. */
final class Codes {
    private Codes() {}

    static String operation(int code) {
        return Arrays.stream(Operation.values())
                .filter(operation -> operation.code() == code)
                .map(Codes::word)
                .findFirst()
                .orElse("unknown");
    }

    static String ending(int code) {
        return Arrays.stream(Ending.values())
                .filter(ending -> ending.code() == code)
                .map(Codes::word)
                .findFirst()
                .orElse("unknown");
    }

    static String usageClass(int code) {
        return Arrays.stream(UsageClass.values())
                .filter(known -> known.code() == code)
                .map(Codes::word)
                .findFirst()
                .orElse("unknown");
    }

    static List<String> endings() {
        return Arrays.stream(Ending.values()).map(Codes::word).toList();
    }

    static int ending(String word) {
        return Arrays.stream(Ending.values())
                .filter(ending -> word(ending).equals(word))
                .mapToInt(Ending::code)
                .findFirst()
                .orElse(0);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
