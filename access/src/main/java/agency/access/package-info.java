/**
 * Who may come in: organisations, projects, people, their API keys and sessions.
 *
 * <p>Its words: organisation, project, person, key (a project's or an administrator's), one-time
 * link, session. In come commands from its routes and from a first start; out go the answers of
 * {@link agency.access.api.KeyDirectory}, asked on every request, and of the HTTP server's
 * authenticator. It knows no other context; the app bridges the directory to the gateway.
 *
 * <p>Start reading at {@link agency.access.flow.RevokeKey}: a whole use on one screen. Then {@link
 * agency.access.domain.key.ApiKey}, what it decides, and {@link
 * agency.access.view.key.KeyRegister}, what the request path sees of it.
 */
@NullMarked
package agency.access;

import org.jspecify.annotations.NullMarked;
