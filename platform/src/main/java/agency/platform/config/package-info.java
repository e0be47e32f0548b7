/**
 * Configuration: flags over environment over file over defaults, into records, all errors at once.
 */
@NullMarked
package agency.platform.config;

import org.jspecify.annotations.NullMarked;
