/**
 * Secrets: a value that never shows itself, the master key, the sealed box, digests, random bytes.
 */
@NullMarked
package agency.platform.crypto;

import org.jspecify.annotations.NullMarked;
