package agency.platform.http;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Entity tags and the preconditions made of them (RFC 9110, 8.8.3 and 13.1): a document says which
 * version it is; whoever changes it can demand that it still is.
 */
public final class EntityTag {
    /** Longest list of tags that is looked at, in characters. */
    static final int MAX_LENGTH = 1_000;

    private static final Pattern TAG = Pattern.compile("(W/)?\"([\\x21\\x23-\\x7e]{0,100})\"");

    private EntityTag() {}

    /**
     * The answer to a question for one document: 304 when the caller says that he has this version.
     *
     * @param version what changes whenever the document does; visible ASCII without quotes
     */
    public static Answer answer(Call call, String version, Object document) {
        boolean has =
                call.header("if-none-match")
                        .map(header -> names(header, version, false))
                        .orElse(false);
        Map<String, String> headers = Map.of("etag", '"' + version + '"');
        return has ? new Answer(304, headers, null) : new Answer(200, headers, document);
    }

    /** The same answer with the version of what it holds. */
    public static Answer of(Answer answer, String version) {
        Map<String, String> headers = new HashMap<>(answer.headers());
        headers.put("etag", '"' + version + '"');
        return new Answer(answer.status(), headers, answer.body());
    }

    /**
     * Whether the caller demands that a document is still what he saw. Throws {@link Problem} 412
     * when it is already not; when it is, the decision must see to it that it stays so until it is
     * recorded.
     *
     * @param version the version as it is known here
     */
    public static boolean demanded(Call call, String version) {
        Optional<String> header = call.header("if-match");
        if (header.isEmpty() || header.get().strip().equals("*")) {
            return false;
        }
        if (!names(header.get(), version, true)) {
            throw changed();
        }
        return true;
    }

    /** Says that a document is not any more what the caller saw. */
    public static Problem changed() {
        return new Problem(
                412,
                "changed-meanwhile",
                "It has changed",
                "This is not any more what If-Match names: read it again and decide anew.");
    }

    private static boolean names(String header, String version, boolean strong) {
        if (header.length() > MAX_LENGTH) {
            throw wrong();
        }
        if (header.strip().equals("*")) {
            return true;
        }
        Set<String> named = new HashSet<>();
        for (String one : header.split(",", -1)) {
            Matcher tag = TAG.matcher(one.strip());
            if (!tag.matches()) {
                throw wrong();
            }
            if (!strong || tag.group(1) == null) {
                named.add(tag.group(2));
            }
        }
        return named.contains(version);
    }

    private static Problem wrong() {
        return new Problem(
                400,
                "header-wrong",
                "A header is wrong",
                "If-Match and If-None-Match hold entity tags as answers give them in ETag, in"
                        + " quotes and with commas between, or *.");
    }
}
