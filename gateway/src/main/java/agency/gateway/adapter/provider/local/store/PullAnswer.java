package agency.gateway.adapter.provider.local.store;

/** The answer to the wish to fetch a model. */
public sealed interface PullAnswer {
    /** It has begun, or was under way. */
    record Begun(Pull pull) implements PullAnswer {}

    /** There are terms to be accepted first. */
    record TermsFirst(String name, KnownModel.Terms terms) implements PullAnswer {}

    /** It cannot be; {@code reason} is a sentence. */
    record Refused(String reason) implements PullAnswer {}
}
