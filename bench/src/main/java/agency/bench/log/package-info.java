/** The event log measured against the floor: plain INSERTs into the same PostgreSQL, same run. */
@NullMarked
package agency.bench.log;

import org.jspecify.annotations.NullMarked;
