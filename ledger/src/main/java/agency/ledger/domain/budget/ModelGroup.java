package agency.ledger.domain.budget;

import java.util.List;

/**
 * Some models: by name ({@code gpt-4o}), by provider and name ({@code openai/gpt-4o}), or by what
 * either begins with ({@code openai/*}).
 *
 * @param names the names; none for all models
 */
public record ModelGroup(List<String> names) {
    /** Every model. */
    public static final ModelGroup ALL = new ModelGroup(List.of());

    /** Most names in a group. */
    public static final int MAX_NAMES = 100;

    /** Longest name, in characters. */
    public static final int MAX_LENGTH = 200;

    /** Copies the names; refuses too many, and empty or overlong ones. */
    public ModelGroup {
        names = List.copyOf(names);
        if (names.size() > MAX_NAMES) {
            throw new IllegalArgumentException(
                    "a group has at most " + MAX_NAMES + " models, not " + names.size());
        }
        for (String name : names) {
            int star = name.indexOf('*');
            if (name.isBlank() || name.length() > MAX_LENGTH) {
                throw new IllegalArgumentException(
                        "the name of a model has 1 to " + MAX_LENGTH + " characters");
            }
            if (star >= 0 && star < name.length() - 1) {
                throw new IllegalArgumentException(
                        "a star stands only at the end of a model's name, not as in " + name);
            }
        }
    }

    /** Whether a provider's model is one of them. */
    public boolean holds(String provider, String model) {
        if (names.isEmpty()) {
            return true;
        }
        String full = provider + "/" + model;
        for (String name : names) {
            if (name.endsWith("*")) {
                String start = name.substring(0, name.length() - 1);
                if (full.startsWith(start) || model.startsWith(start)) {
                    return true;
                }
            } else if (name.equals(full) || name.equals(model)) {
                return true;
            }
        }
        return false;
    }
}
