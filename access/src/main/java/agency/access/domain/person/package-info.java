/** A person: somebody with an identity here. */
@NullMarked
package agency.access.domain.person;

import org.jspecify.annotations.NullMarked;
