/**
 * What official clients are promised, whoever answers them: the scripted upstream itself or Agency
 * before it.
 */
@NullMarked
package agency.e2e.client;

import org.jspecify.annotations.NullMarked;
