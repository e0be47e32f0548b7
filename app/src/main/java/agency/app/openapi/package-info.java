/**
 * The description of every route: one OpenAPI 3.1 document made of each context's own, and a page
 * to read it.
 */
@NullMarked
package agency.app.openapi;

import org.jspecify.annotations.NullMarked;
