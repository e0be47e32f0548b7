/** The routes of access and its first-run page. */
@NullMarked
package agency.access.adapter.http;

import org.jspecify.annotations.NullMarked;
