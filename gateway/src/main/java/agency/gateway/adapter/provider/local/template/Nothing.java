package agency.gateway.adapter.provider.local.template;

/** The two values that are none; both are false and empty. */
enum Nothing {
    /** Python's {@code None}, JSON's {@code null}. */
    NONE,
    /** What a name stands for that has no value; it prints as nothing. */
    UNDEFINED
}
