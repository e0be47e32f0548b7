package agency.gateway.flow;

import agency.gateway.api.GatewaySettings;

/** How long an attempt may take, in nanoseconds. */
record Deadlines(
        long firstByteNanos,
        long idleNanos,
        long totalNanos,
        long clientIdleNanos,
        long heartbeatNanos) {
    static Deadlines of(GatewaySettings settings) {
        return new Deadlines(
                settings.firstByteTimeout().toNanos(),
                settings.idleTimeout().toNanos(),
                settings.totalTimeout().toNanos(),
                settings.clientIdleTimeout().toNanos(),
                settings.heartbeat().toNanos());
    }
}
