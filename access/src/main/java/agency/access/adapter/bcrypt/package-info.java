/** Hashes of passwords by bcrypt. */
@NullMarked
package agency.access.adapter.bcrypt;

import org.jspecify.annotations.NullMarked;
