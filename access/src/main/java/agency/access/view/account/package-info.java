/** The service accounts of all projects. */
@NullMarked
package agency.access.view.account;

import org.jspecify.annotations.NullMarked;
