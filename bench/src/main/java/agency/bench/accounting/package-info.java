/**
 * Whether Agency's books agree with what its provider served, after mixed requests, callers that
 * leave and power cuts. Start reading at {@link agency.bench.accounting.AccountingRun}.
 */
@NullMarked
package agency.bench.accounting;

import org.jspecify.annotations.NullMarked;
