package agency.ledger.domain.budget;

/** What a budget counts. */
public enum Unit {
    /** Nano-units of the installation's currency. */
    MONEY,
    /** Tokens, in and out together. */
    TOKENS
}
