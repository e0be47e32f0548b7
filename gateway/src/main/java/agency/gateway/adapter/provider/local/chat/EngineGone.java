package agency.gateway.adapter.provider.local.chat;

/** The child process died, or had to be killed. */
final class EngineGone extends Exception {
    private static final long serialVersionUID = 1L;

    EngineGone(String message) {
        super(message, null, false, false);
    }
}
