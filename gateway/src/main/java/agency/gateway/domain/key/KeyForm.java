package agency.gateway.domain.key;

/** Tells what can be a key of ours from what cannot, before anyone is asked for it. */
public final class KeyForm {
    private static final String PREFIX = "sk-agency-";

    /** Longest key, in characters. */
    private static final int LONGEST = 200;

    private KeyForm() {}

    /** Whether this can be a key: our prefix, then base64url characters or hyphens. */
    public static boolean fits(String key) {
        if (key.length() <= PREFIX.length() || key.length() > LONGEST) return false;
        if (!key.startsWith(PREFIX)) return false;
        for (int i = PREFIX.length(); i < key.length(); i++) {
            char c = key.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_') return false;
        }
        return true;
    }
}
