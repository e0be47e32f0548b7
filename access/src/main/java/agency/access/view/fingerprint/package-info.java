/** A secret's fingerprint, by which its bearer is found. */
@NullMarked
package agency.access.view.fingerprint;

import org.jspecify.annotations.NullMarked;
