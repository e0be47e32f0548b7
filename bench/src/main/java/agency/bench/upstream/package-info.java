/**
 * A model provider of ours that does on order what real ones do by accident: stalls, breaks, lies
 * about usage, returns garbage; and that keeps its own exact count of what it served. Start reading
 * at {@link agency.bench.upstream.ScriptedUpstream}.
 */
@NullMarked
package agency.bench.upstream;

import org.jspecify.annotations.NullMarked;
