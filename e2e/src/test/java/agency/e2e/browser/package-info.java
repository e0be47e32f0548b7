/** A real browser, driven as a person would use it. */
@NullMarked
package agency.e2e.browser;

import org.jspecify.annotations.NullMarked;
