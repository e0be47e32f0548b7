/**
 * The OpenAI-compatible door to models and the providers behind it.
 *
 * <p>Its words: a <em>provider</em> offers <em>models</em>; an <em>attempt</em> is one permitted
 * call of a provider; the <em>catalogue</em> tells who offers what; a <em>refusal</em> is a no
 * before any attempt. In come requests under {@code /v1}, keys (port {@code Callers}) and permits
 * (port {@code Metering}); out go answers as they come, and how each attempt ended.
 *
 * <p>Start reading at {@link agency.gateway.flow.CompleteChat}.
 */
@NullMarked
package agency.gateway;

import org.jspecify.annotations.NullMarked;
