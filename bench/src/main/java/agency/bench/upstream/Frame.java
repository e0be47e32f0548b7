package agency.bench.upstream;

/**
 * A piece of an answer that is written at once, and how many completion tokens are billed when it
 * is.
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
record Frame(byte[] bytes, int tokens) {}
