/** What access does, one class per use: gather, decide, record, answer. */
@NullMarked
package agency.access.flow;

import org.jspecify.annotations.NullMarked;
