/** The models on disk: where they come from, how they are fetched, checked and kept. */
@NullMarked
package agency.gateway.adapter.provider.local.store;

import org.jspecify.annotations.NullMarked;
