package agency.access.house;

import agency.kernel.decision.Decider;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.StreamName;
import agency.platform.log.Append;
import agency.platform.log.Commands;
import java.util.List;
import java.util.function.Function;

/** Commands of a process that dies just after it has recorded so many of them. */
public final class DyingCommands implements Commands {
    /** The death of the process. */
    public static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final Commands commands;
    private int left;

    /** Dies after {@code lives} commands that recorded something. */
    public DyingCommands(Commands commands, int lives) {
        this.commands = commands;
        this.left = lives;
    }

    @Override
    public <C, S, E, R> Handled<E, R> handle(
            StreamName stream,
            Decider<C, S, E, R> decider,
            C command,
            FactMeta meta,
            List<Append.Claim> claims,
            Function<String, R> taken) {
        Handled<E, R> handled = commands.handle(stream, decider, command, meta, claims, taken);
        if (handled instanceof Handled.Done<E, R> done && !done.events().isEmpty() && --left == 0) {
            throw new Died();
        }
        return handled;
    }
}
