package agency.platform.log;

import java.sql.SQLException;
import java.sql.SQLTransientException;

/** Tells a database that is away for now from one that refuses. */
public final class Passing {
    private Passing() {}

    /**
     * Whether trying again can help (SQLSTATE classes of the PostgreSQL manual, appendix A): the
     * connection (08), resources such as a full disk (53), an operator's intervention (57), the
     * system (58), conflicts (40001, 40P01, 55P03), a read-only server (25006), a transaction that
     * did nothing for too long (25P03).
     */
    public static boolean is(SQLException e) {
        String state = e.getSQLState();
        if (state == null) {
            return e instanceof SQLTransientException;
        }
        return switch (state.substring(0, Math.min(2, state.length()))) {
            case "08", "53", "57", "58" -> true;
            default ->
                    state.equals("40001")
                            || state.equals("40P01")
                            || state.equals("55P03")
                            || state.equals("25006")
                            || state.equals("25P03")
                            || e instanceof SQLTransientException;
        };
    }
}
