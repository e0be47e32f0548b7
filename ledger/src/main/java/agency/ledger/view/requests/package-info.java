/**
 * What became of each request? An index of the log's facts by request and day, for as many days as
 * are kept; the attempts are read from the log.
 */
@NullMarked
package agency.ledger.view.requests;

import org.jspecify.annotations.NullMarked;
