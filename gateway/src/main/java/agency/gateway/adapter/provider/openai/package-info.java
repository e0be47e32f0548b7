/** Providers that speak OpenAI's wire format, over HTTP. */
@NullMarked
package agency.gateway.adapter.provider.openai;

import org.jspecify.annotations.NullMarked;
