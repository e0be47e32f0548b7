package agency.access.house;

import agency.access.AccessContext;
import agency.access.api.AccessSettings;
import agency.access.api.JwtSettings;
import agency.access.api.Opened;
import agency.access.port.KeySets;
import agency.platform.crypto.Secret;
import agency.platform.crypto.SecretSource;
import agency.platform.log.Commands;
import agency.platform.log.StreamCommands;
import agency.platform.testing.InMemoryEventLog;
import java.io.IOException;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Access over a log in memory. */
public final class MemoryHouse {
    private static final KeySets NO_ISSUER =
            address -> {
                throw new IOException("no issuer here");
            };

    /** Time and ids. */
    public final Ticking ticking;

    /** The log, which outlives a restart. */
    public final InMemoryEventLog log;

    /** Feeds the views. */
    public final Live live;

    /** Whose keys were destroyed, and how often they were forgotten. */
    public final TextKeysSeen textKeys = new TextKeysSeen();

    /** Access itself. */
    public final AccessContext access;

    /** A house with an empty log. */
    public MemoryHouse() {
        this(new Ticking());
    }

    private MemoryHouse(Ticking ticking) {
        this(
                ticking,
                new InMemoryEventLog(
                        AccessContext.facts(), ticking, ticking.withZone(ZoneOffset.UTC)),
                AccessSettings.DEFAULT,
                JwtSettings.NONE,
                NO_ISSUER,
                null);
    }

    /** The house with an issuer of tokens. */
    public MemoryHouse restarted(JwtSettings jwt, KeySets keySets) {
        return new MemoryHouse(ticking, log, AccessSettings.DEFAULT, jwt, keySets, null);
    }

    private MemoryHouse(
            Ticking ticking,
            InMemoryEventLog log,
            AccessSettings settings,
            JwtSettings jwt,
            KeySets keySets,
            @Nullable Commands commands) {
        this.ticking = ticking;
        this.log = log;
        this.live = new Live(log);
        this.access =
                new AccessContext(
                        settings,
                        jwt,
                        keySets,
                        textKeys,
                        log,
                        commands == null ? new StreamCommands(log) : commands,
                        live,
                        live,
                        ticking,
                        SecretSource.system(),
                        ticking);
        live.start(access.views());
    }

    /** The house after a restart: the same log, everything else new. */
    public MemoryHouse restarted() {
        return new MemoryHouse(
                ticking, log, AccessSettings.DEFAULT, JwtSettings.NONE, NO_ISSUER, null);
    }

    /** The same with other settings. */
    public MemoryHouse restarted(AccessSettings settings) {
        return new MemoryHouse(ticking, log, settings, JwtSettings.NONE, NO_ISSUER, null);
    }

    /** The same with commands that this makes of the log's own. */
    public MemoryHouse restarted(Commands commands) {
        return new MemoryHouse(
                ticking, log, AccessSettings.DEFAULT, JwtSettings.NONE, NO_ISSUER, commands);
    }

    /** Opens with nothing in the profile. */
    public Opened open() {
        return access.open(null);
    }

    /** Opens with this in the profile. */
    public Opened open(Secret profile) {
        return access.open(profile);
    }
}
