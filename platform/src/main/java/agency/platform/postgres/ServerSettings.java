package agency.platform.postgres;

import java.util.List;

/** What the embedded server is told on its command line, over whatever its files say. */
final class ServerSettings {
    private static final int CONNECTIONS = 48;

    /**
     * What is left of them for the runtime role beside the owner's pool and those kept for a
     * rescue.
     */
    static final int MOST_RUNTIME_CONNECTIONS = 40;

    /** Small enough for a laptop; durability is never traded. */
    static final List<String> ALL =
            List.of(
                    "listen_addresses=127.0.0.1",
                    "unix_socket_directories=",
                    "fsync=on",
                    "full_page_writes=on",
                    "synchronous_commit=on",
                    "max_connections=" + CONNECTIONS,
                    "shared_buffers=48MB",
                    "work_mem=4MB",
                    "maintenance_work_mem=32MB",
                    "autovacuum_max_workers=1",
                    "autovacuum_worker_slots=1",
                    "max_worker_processes=1",
                    "max_parallel_workers=0",
                    "max_parallel_workers_per_gather=0",
                    "max_logical_replication_workers=0",
                    // One, which a backup keeps the write-ahead log by; so much at most.
                    "max_replication_slots=1",
                    "max_slot_wal_keep_size=16GB",
                    "max_wal_senders=2",
                    "io_method=sync",
                    "jit=off",
                    "wal_level=replica",
                    "wal_compression=off",
                    "max_wal_size=512MB",
                    "min_wal_size=64MB",
                    "checkpoint_timeout=15min",
                    "effective_cache_size=512MB",
                    "timezone=UTC",
                    "log_timezone=UTC",
                    "log_checkpoints=off",
                    "log_min_messages=warning",
                    "log_error_verbosity=terse",
                    "log_min_error_statement=panic",
                    "log_parameter_max_length=0",
                    "log_parameter_max_length_on_error=0");

    private ServerSettings() {}
}
