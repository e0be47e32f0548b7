package agency.gateway.adapter.provider.local.store;

/** How it stands with the fetching of a model. */
public sealed interface PullState {
    /** It waits or comes. */
    record Fetching(PullProgress progress) implements PullState {}

    /** It failed; {@code reason} is a sentence. */
    record Failed(String reason) implements PullState {}

    /** It has come, under this name. */
    record Done(String name) implements PullState {}
}
