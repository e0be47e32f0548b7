package agency.access.house;

import agency.kernel.decision.Decider;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.StreamName;
import agency.platform.log.Append;
import agency.platform.log.Commands;
import java.util.List;
import java.util.function.Function;

/** Commands before the first of which on a category something else happens. */
public final class Interrupted implements Commands {
    private final Commands commands;
    private final String category;
    private final Runnable first;
    private boolean done;

    /** Runs {@code first} before the first command on a stream of this category. */
    public Interrupted(Commands commands, String category, Runnable first) {
        this.commands = commands;
        this.category = category;
        this.first = first;
    }

    @Override
    public <C, S, E, R> Handled<E, R> handle(
            StreamName stream,
            Decider<C, S, E, R> decider,
            C command,
            FactMeta meta,
            List<Append.Claim> claims,
            Function<String, R> taken) {
        if (!done && stream.category().equals(category)) {
            done = true;
            first.run();
        }
        return commands.handle(stream, decider, command, meta, claims, taken);
    }
}
