package agency.access.flow;

import agency.kernel.decision.Decider;
import agency.kernel.fact.FactMeta;
import agency.kernel.fact.Position;
import agency.kernel.fact.StreamName;
import agency.kernel.fault.Fault;
import agency.platform.log.Append;
import agency.platform.log.Commands;
import agency.platform.log.Commands.Handled;
import agency.platform.projection.Instances;
import agency.platform.projection.Projections;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Records what commands mean and waits until it shows: here, so that whoever asked sees what he
 * did; or in every living instance, so that what was taken away is gone everywhere.
 */
public final class Recording {
    /** Longest wait until this instance shows what was recorded. */
    public static final Duration SHOWN_WITHIN = Duration.ofSeconds(5);

    /**
     * Longest wait until every instance has applied what was recorded: longer than a lease, after
     * which an instance that cannot hear of it no longer admits anyone.
     */
    public static final Duration EVERYWHERE_WITHIN = Duration.ofSeconds(20);

    private final Commands commands;
    private final Projections projections;
    private final Instances instances;

    /** Records with these commands, and waits for these views and instances. */
    public Recording(Commands commands, Projections projections, Instances instances) {
        this.commands = commands;
        this.projections = projections;
        this.instances = instances;
    }

    /**
     * Handles a command and returns when this instance shows it. Throws a passing {@link Fault}
     * when that takes longer than {@link #SHOWN_WITHIN}.
     */
    public <C, S, E, R> Handled<E, R> here(
            StreamName stream, Decider<C, S, E, R> decider, C command, FactMeta meta) {
        return shown(commands.handle(stream, decider, command, meta));
    }

    private <E, R> Handled<E, R> shown(Handled<E, R> handled) {
        if (handled instanceof Handled.Done<E, R> done
                && !projections.await(done.at(), List.of(), SHOWN_WITHIN)) {
            throw late("access.not-shown", "It is recorded, but does not show yet.", done.at());
        }
        return handled;
    }

    /** The same, with values to be claimed; {@code taken} makes the refusal. */
    public <C, S, E, R> Handled<E, R> here(
            StreamName stream,
            Decider<C, S, E, R> decider,
            C command,
            FactMeta meta,
            List<Append.Claim> claims,
            Function<String, R> taken) {
        return shown(commands.handle(stream, decider, command, meta, claims, taken));
    }

    /**
     * Handles a command and returns when every living instance has applied it. Throws a passing
     * {@link Fault} when that takes longer than {@link #EVERYWHERE_WITHIN}: it is recorded then,
     * and asking again waits again.
     */
    public <C, S, E, R> Handled<E, R> everywhere(
            StreamName stream, Decider<C, S, E, R> decider, C command, FactMeta meta) {
        Handled<E, R> handled = here(stream, decider, command, meta);
        if (handled instanceof Handled.Done<E, R> done
                && !instances.awaitApplied(done.at(), EVERYWHERE_WITHIN)) {
            throw late(
                    "access.not-everywhere",
                    "It is recorded, but not every instance has said that it has applied it. Ask"
                            + " again to go on waiting.",
                    done.at());
        }
        return handled;
    }

    private static Fault late(String code, String sentence, Position at) {
        return Fault.passing(code, sentence, Map.of("position", at.toString()), null);
    }
}
