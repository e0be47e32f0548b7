/** For the tests of contexts: real parts made small and quick. Nothing that ships uses it. */
@NullMarked
package agency.platform.testing;

import org.jspecify.annotations.NullMarked;
