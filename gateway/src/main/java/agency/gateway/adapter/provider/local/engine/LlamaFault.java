package agency.gateway.adapter.provider.local.engine;

/** llama.cpp said no; the message says to what. */
final class LlamaFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LlamaFault(String message) {
        super(message, null, false, false);
    }
}
