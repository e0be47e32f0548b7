/** The one way out: every outbound call whose target someone can choose. */
@NullMarked
package agency.platform.egress;

import org.jspecify.annotations.NullMarked;
