/** Bearer tokens of another issuer: JWTs (RFC 7519). */
@NullMarked
package agency.access.adapter.jwt;

import org.jspecify.annotations.NullMarked;
