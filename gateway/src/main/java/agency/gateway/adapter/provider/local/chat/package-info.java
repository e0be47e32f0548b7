/**
 * Chat with local models: the queue, the child process and its life, the wire format of answers.
 */
@NullMarked
package agency.gateway.adapter.provider.local.chat;

import org.jspecify.annotations.NullMarked;
