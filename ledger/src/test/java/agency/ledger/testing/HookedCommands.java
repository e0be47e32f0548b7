package agency.ledger.testing;

import agency.kernel.decision.Decider;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.StreamName;
import agency.platform.log.Append;
import agency.platform.log.Commands;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Commands with something before and after each.
 *
 * @param before hears of a command before it is handled; may throw in its place
 * @param after is run when it was handled; may throw, so that its answer is lost
 */
public record HookedCommands(Commands real, Consumer<Object> before, Runnable after)
        implements Commands {
    @Override
    public <C, S, E, R> Handled<E, R> handle(
            StreamName stream,
            Decider<C, S, E, R> decider,
            C command,
            FactMeta meta,
            List<Append.Claim> claims,
            Function<String, R> taken) {
        before.accept(command);
        Handled<E, R> handled = real.handle(stream, decider, command, meta, claims, taken);
        after.run();
        return handled;
    }
}
