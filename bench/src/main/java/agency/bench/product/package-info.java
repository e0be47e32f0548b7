/**
 * The finished product as a child process, as its users start it: for benchmarks and end-to-end
 * tests alike.
 */
@NullMarked
package agency.bench.product;

import org.jspecify.annotations.NullMarked;
