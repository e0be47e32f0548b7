package agency.bench.upstream;

import agency.bench.upstream.Delivery.Finish;
import agency.bench.upstream.Delivery.Step;
import agency.bench.upstream.Script.Act;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** From a script and a proper answer to the steps that go over the wire. */
final class Deliveries {

    private static final String JSON_TYPE = "application/json";
    private static final String STREAM_TYPE = "text/event-stream";
    private static final int USUAL_FRAMES_BEFORE_TROUBLE = 3;
    private static final int USUAL_NOISE_BYTES = 4096;
    private static final int USUAL_LINE_BYTES = 8 << 20;
    private static final int LARGEST_NOISE_BYTES = 256 << 20;

    private Deliveries() {}

    static Finish finish(Script script) {
        return switch (script.act()) {
            case STALL -> Finish.SILENCE;
            case BREAK -> Finish.RESET;
            default -> Finish.KEEP;
        };
    }

    /** An answer in one piece, spoiled as ordered. */
    static List<Step> whole(byte[] json, int tokens, Script script, String id) {
        byte[] body = json;
        String type = JSON_TYPE;
        String more = "";
        boolean tells = true;
        switch (script.act()) {
            case HTML -> {
                body =
                        "<!doctype html><title>502</title><h1>Bad gateway</h1>"
                                .getBytes(StandardCharsets.UTF_8);
                type = "text/html";
                tells = false;
            }
            case BADJSON -> {
                body = Arrays.copyOf(json, json.length / 2);
                tells = false;
            }
            case WRONGTYPE -> type = "text/plain";
            case GARBAGE -> {
                body = Conversation.garbage(noise(script, USUAL_NOISE_BYTES));
                tells = false;
            }
            case HUGELINE -> {
                body = line(noise(script, USUAL_LINE_BYTES));
                tells = false;
            }
            case GZIP -> {
                body = Wire.gzip(json);
                more = "content-encoding: gzip\r\n";
            }
            default -> {}
        }
        byte[] head = Wire.head(200, type, body.length, id, more);
        if (script.act() == Act.STALL || script.act() == Act.BREAK) {
            return List.of(
                    new Step(
                            Wire.join(head, Arrays.copyOf(body, body.length / 2)),
                            tokens,
                            false,
                            0));
        }
        if (script.act() == Act.UTF8) {
            List<Step> steps = new ArrayList<>();
            steps.add(new Step(head, tokens, true, 0));
            for (byte[] piece : Conversation.insideCharacters(body)) {
                steps.add(new Step(piece, 0, false, Conversation.pieceWaitMs()));
            }
            return steps;
        }
        return List.of(new Step(Wire.join(head, body), tokens, tells, wait(script)));
    }

    /** A streamed answer, spoiled as ordered. */
    static List<Step> stream(ChatAnswer answer, Script script, String id) {
        if (script.act() == Act.HTML || script.act() == Act.GARBAGE) {
            return whole(new byte[0], answer.tokens(), script, id);
        }
        List<Frame> frames = answer.frames();
        int ms = script.number("ms", 0);
        boolean gzip = script.act() == Act.GZIP;
        String type = script.act() == Act.WRONGTYPE ? JSON_TYPE : STREAM_TYPE;
        byte[] head = Wire.chunkedHead(200, type, id, gzip ? "content-encoding: gzip\r\n" : "");
        if (gzip || script.act() == Act.UTF8) return unframed(head, frames, answer, gzip);
        List<Step> steps = new ArrayList<>();
        steps.add(new Step(head, 0, false, wait(script)));
        int trouble = script.number("after", USUAL_FRAMES_BEFORE_TROUBLE);
        for (int i = 0; i < frames.size(); i++) {
            Frame frame = frames.get(i);
            byte[] chunk = Wire.chunk(frame.bytes());
            boolean here = i == trouble;
            if (here && script.act() == Act.STALL) return steps;
            if (here && script.act() == Act.BREAK) {
                steps.add(new Step(Arrays.copyOf(chunk, chunk.length / 2), 0, false, ms));
                return steps;
            }
            if (here && script.act() == Act.BADJSON) {
                byte[] broken = "data: {\"choices\":[{\"delta\n\n".getBytes(StandardCharsets.UTF_8);
                steps.add(new Step(Wire.chunk(broken), 0, false, ms));
            }
            if (here && script.act() == Act.HUGELINE) {
                byte[] line =
                        Wire.join(
                                ": ".getBytes(StandardCharsets.UTF_8),
                                line(noise(script, USUAL_LINE_BYTES)));
                steps.add(
                        new Step(
                                Wire.chunk(Wire.join(line, new byte[] {'\n', '\n'})),
                                0,
                                false,
                                ms));
            }
            boolean last = i == frames.size() - 1;
            steps.add(new Step(chunk, frame.tokens(), last && tellsUsage(frame), i == 0 ? 0 : ms));
        }
        int dones = script.act() == Act.NODONE ? 0 : script.act() == Act.TWODONE ? 2 : 1;
        for (int i = 0; i < dones; i++) steps.add(new Step(Wire.chunk(Wire.DONE), 0, false, 0));
        steps.add(new Step(Wire.LAST_CHUNK, 0, false, 0));
        return steps;
    }

    /**
     * A stream whose packets do not respect its frames: compressed as a whole, or cut inside
     * characters.
     */
    private static List<Step> unframed(
            byte[] head, List<Frame> frames, ChatAnswer answer, boolean gzip) {
        byte[] all = Wire.DONE;
        for (Frame frame : frames.reversed()) all = Wire.join(frame.bytes(), all);
        boolean tells = tellsUsage(frames.getLast());
        List<Step> steps = new ArrayList<>();
        steps.add(new Step(head, answer.tokens(), tells, 0));
        List<byte[]> pieces = gzip ? List.of(Wire.gzip(all)) : Conversation.insideCharacters(all);
        for (byte[] piece : pieces) {
            steps.add(new Step(Wire.chunk(piece), 0, false, Conversation.pieceWaitMs()));
        }
        steps.add(new Step(Wire.LAST_CHUNK, 0, false, 0));
        return steps;
    }

    private static boolean tellsUsage(Frame frame) {
        byte[] mark = "\"usage\":".getBytes(StandardCharsets.ISO_8859_1);
        return RequestReader.indexOf(frame.bytes(), frame.bytes().length, mark, 0) >= 0;
    }

    private static int wait(Script script) {
        return script.act() == Act.SLOWHEADERS ? script.number("ms", 1000) : 0;
    }

    private static int noise(Script script, int usual) {
        return Math.clamp(script.number("bytes", usual), 1, LARGEST_NOISE_BYTES);
    }

    private static byte[] line(int bytes) {
        byte[] line = new byte[bytes];
        Arrays.fill(line, (byte) 'x');
        return line;
    }
}
