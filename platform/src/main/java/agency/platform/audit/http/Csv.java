package agency.platform.audit.http;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The audit as CSV (RFC 4180). */
final class Csv {
    private static final List<String> COLUMNS =
            List.of(
                    "at",
                    "organization",
                    "action",
                    "outcome",
                    "reason",
                    "times",
                    "actor",
                    "person",
                    "name",
                    "target_kind",
                    "target",
                    "network",
                    "request",
                    "id");

    /** The first line. */
    static final String HEADER = String.join(",", COLUMNS) + "\r\n";

    private Csv() {}

    /** One line. */
    static String line(AuditRoutes.AuditDocument entry) {
        AuditRoutes.Target target = entry.target();
        return Stream.<@Nullable Object>of(
                                entry.at(),
                                entry.organization(),
                                entry.action(),
                                entry.outcome(),
                                entry.reason(),
                                entry.times(),
                                entry.actor(),
                                entry.person(),
                                entry.name(),
                                target == null ? null : target.kind(),
                                target == null ? null : target.id(),
                                entry.network(),
                                entry.request(),
                                entry.id())
                        .map(value -> cell(Objects.toString(value, "")))
                        .collect(Collectors.joining(","))
                + "\r\n";
    }

    /** A cell that no spreadsheet takes for a formula, see OWASP on CSV injection. */
    static String cell(String text) {
        String defused =
                !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return defused.matches("[^\",\r\n]*") ? defused : '"' + defused.replace("\"", "\"\"") + '"';
    }
}
