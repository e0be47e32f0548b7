package agency.gateway.adapter.provider.local.chat;

/**
 * A model's wish to have a tool called.
 *
 * @param id an id for the answer to refer to
 * @param name the tool
 * @param arguments JSON
 */
record ToolCall(String id, String name, String arguments) {}
