/** A small, bounded evaluator for the chat templates that model files carry (a subset of Jinja). */
@NullMarked
package agency.gateway.adapter.provider.local.template;

import org.jspecify.annotations.NullMarked;
