package agency.platform.telemetry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last net under the logs: whatever looks like a key, token or password becomes stars. Nothing
 * secret should come this far; if it does, it must not go further.
 */
public final class Masking {
    private static final String STARS = "***";

    /** Well-known forms of keys; the first group, a harmless beginning, stays. */
    private static final Pattern KEYS =
            Pattern.compile(
                    "\\b(sk-|ghp_|gho_|ghs_|github_pat_|hf_|gsk_|xai-|pplx-|AIza|AKIA|xox[abps]-|glpat-|eyJ)"
                        + "[A-Za-z0-9_.\\-]{6,400}");

    private static final Pattern BEARER =
            Pattern.compile("(?i)\\b(bearer|basic)[ \\t]{1,8}[A-Za-z0-9._~+/=\\-]{4,4000}");

    private static final Pattern NAMED =
            Pattern.compile(
                    "(?i)((?:password|passwd|pwd|secret|api[_-]?key|(?:access|refresh|id|csrf|link|auth)[_-]?token"
                        + "|client[_-]?secret|master[_-]?key|agency-session|authorization|cookie)"
                        + "\\\\?[\"']?\\s{0,4}[=:]\\s{0,4}\\\\?[\"']?)"
                        + "(?!\\*\\*\\*)(?!(?:bearer|basic)\\s)[^\\s\"'\\\\,;&})]{1,4000}");

    private static final Pattern USER_INFO =
            Pattern.compile("://[^\\s/@:\"']{1,200}:[^\\s/@\"']{1,400}@");

    private Masking() {}

    /** The text without what looks like a secret. */
    public static String mask(String text) {
        String masked = KEYS.matcher(text).replaceAll("$1" + STARS);
        masked = BEARER.matcher(masked).replaceAll("$1 " + Matcher.quoteReplacement(STARS));
        masked = NAMED.matcher(masked).replaceAll("$1" + Matcher.quoteReplacement(STARS));
        return USER_INFO.matcher(masked).replaceAll("://" + STARS + "@");
    }
}
