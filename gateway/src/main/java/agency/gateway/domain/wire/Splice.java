package agency.gateway.domain.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import agency.gateway.domain.wire.WireRequest.Edit;

/** Rewrites a request by putting a few bytes in the place of others; all else stays as it came. */
public final class Splice {
    private Splice() {}

    /**
     * The body for the provider: its own name of the model, and a stream that tells its usage.
     *
     * @param asksUsage whether the provider knows {@code stream_options}, and tells a stream's
     *     usage only if asked by it
     * @return the very array when nothing changes
     */
    public static byte[] forProvider(
            byte[] body, WireRequest request, String providerModel, boolean asksUsage) {
        Edit options = Edit.NONE;
        if (!asksUsage) options = request.dropOptions();
        else if (request.stream() && !request.tellUsage()) options = request.askUsage();
        if (providerModel.equals(request.model())) {
            return options.equals(Edit.NONE) ? body : with(body, options);
        }
        Edit model =
                new Edit(request.modelAt().from(), request.modelAt().to(), quoted(providerModel));
        return options.from() < model.from()
                ? with(body, options, model)
                : with(body, model, options);
    }

    private static byte[] with(byte[] body, Edit... inOrder) {
        byte[][] texts = new byte[inOrder.length][];
        int length = body.length;
        for (int i = 0; i < inOrder.length; i++) {
            texts[i] = inOrder[i].text().getBytes(UTF_8);
            length += texts[i].length - (inOrder[i].to() - inOrder[i].from());
        }
        byte[] out = new byte[length];
        int from = 0;
        int to = 0;
        for (int i = 0; i < inOrder.length; i++) {
            int kept = inOrder[i].from() - from;
            System.arraycopy(body, from, out, to, kept);
            System.arraycopy(texts[i], 0, out, to + kept, texts[i].length);
            to += kept + texts[i].length;
            from = inOrder[i].to();
        }
        System.arraycopy(body, from, out, to, body.length - from);
        return out;
    }

    /** A text as a JSON string, quotes included. */
    public static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < 0x20) out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        return out.append('"').toString();
    }
}
