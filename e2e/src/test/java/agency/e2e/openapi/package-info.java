/**
 * Everything that crosses the wire in an end-to-end run, held against the OpenAPI document that
 * Agency serves.
 */
@NullMarked
package agency.e2e.openapi;

import org.jspecify.annotations.NullMarked;
