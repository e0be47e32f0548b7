/**
 * The started product: what its clients, its providers' faults, a power cut and a curious reader of
 * its files find.
 */
@NullMarked
package agency.e2e.product;

import org.jspecify.annotations.NullMarked;
