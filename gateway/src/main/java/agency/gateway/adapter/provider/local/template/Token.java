package agency.gateway.adapter.provider.local.template;

/**
 * A word of an expression.
 *
 * @param kind what it is
 * @param text its text; for strings, without quotes and escapes
 */
record Token(Kind kind, String text) {
    enum Kind {
        NAME,
        STRING,
        INTEGER,
        DECIMAL,
        OPERATOR,
        END
    }

    boolean is(String operatorOrName) {
        return (kind == Kind.OPERATOR || kind == Kind.NAME) && text.equals(operatorOrName);
    }
}
