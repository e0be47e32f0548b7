/**
 * Load for HTTP programs, and what it costs them: at a fixed rate that does not wait for slow
 * answers (so latency is free of coordinated omission), or as fast as connections allow; CPU and
 * memory of whole process trees. Start reading at {@link agency.bench.load.Load}.
 */
@NullMarked
package agency.bench.load;

import org.jspecify.annotations.NullMarked;
