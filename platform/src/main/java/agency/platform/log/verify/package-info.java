/** Proves that the log is whole: seals re-hashed, counts compared, signed checkpoints honoured. */
@NullMarked
package agency.platform.log.verify;

import org.jspecify.annotations.NullMarked;
