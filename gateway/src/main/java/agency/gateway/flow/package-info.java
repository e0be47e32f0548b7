/**
 * What the gateway does, one class for each use. Start at {@link agency.gateway.flow.CompleteChat}.
 */
@NullMarked
package agency.gateway.flow;

import org.jspecify.annotations.NullMarked;
