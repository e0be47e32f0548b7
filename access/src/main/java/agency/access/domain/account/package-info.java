/** A service account: what holds keys of a project in the place of a person. */
@NullMarked
package agency.access.domain.account;

import org.jspecify.annotations.NullMarked;
