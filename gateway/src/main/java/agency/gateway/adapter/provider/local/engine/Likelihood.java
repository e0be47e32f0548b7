package agency.gateway.adapter.provider.local.engine;

import agency.gateway.adapter.provider.local.engine.EngineReport.Chance;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** How likely tokens were, by the model's own scores before any sampling. */
final class Likelihood {
    private Likelihood() {}

    /**
     * The chance of {@code token} at the present place, with so many of the likeliest beside it.
     */
    static Chance of(Llama llama, int token, int alternatives) {
        float[] scores = llama.scores();
        float highest = Float.NEGATIVE_INFINITY;
        for (float score : scores) {
            highest = Math.max(highest, score);
        }
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score - highest);
        }
        float normal = (float) (highest + Math.log(sum));
        List<Chance> others = new ArrayList<>(alternatives);
        for (int id : likeliest(scores, alternatives)) {
            others.add(new Chance(bytes(llama, id), scores[id] - normal, List.of()));
        }
        return new Chance(bytes(llama, token), scores[token] - normal, others);
    }

    private static String bytes(Llama llama, int token) {
        return new String(llama.piece(token, true), StandardCharsets.ISO_8859_1);
    }

    /** The indices of the {@code count} highest scores, highest first. */
    static int[] likeliest(float[] scores, int count) {
        int size = Math.min(count, scores.length);
        int[] best = new int[size];
        int filled = 0;
        for (int id = 0; id < scores.length; id++) {
            if (filled == size && (size == 0 || scores[id] <= scores[best[size - 1]])) {
                continue;
            }
            int at = filled < size ? filled++ : size - 1;
            while (at > 0 && scores[best[at - 1]] < scores[id]) {
                best[at] = best[at - 1];
                at--;
            }
            best[at] = id;
        }
        return best;
    }
}
