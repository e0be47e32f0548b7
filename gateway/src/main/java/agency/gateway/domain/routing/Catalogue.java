package agency.gateway.domain.routing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * Which provider offers which model, at one moment. A plain name means the one provider that offers
 * it; {@code provider/model} always means that provider, whether it lists the model or not.
 */
public final class Catalogue {
    /** Nothing on offer. */
    public static final Catalogue EMPTY = new Catalogue(new TreeMap<>());

    private final SequencedMap<String, List<ModelCard>> offers;
    private final Map<String, Routed> plain = new HashMap<>();
    private final Map<String, Routed.To> full = new HashMap<>();

    /** The catalogue of these offers, by provider. */
    public Catalogue(SequencedMap<String, List<ModelCard>> offers) {
        this.offers = new TreeMap<>(offers);
        for (Map.Entry<String, List<ModelCard>> offer : this.offers.entrySet()) {
            for (ModelCard card : offer.getValue()) {
                Routed.To to = new Routed.To(offer.getKey(), card.name(), card.outputLimit());
                if (full.putIfAbsent(to.fullName(), to) == null) {
                    plain.merge(card.name(), to, Catalogue::both);
                }
            }
        }
    }

    private static Routed both(Routed one, Routed other) {
        List<String> names = new ArrayList<>();
        for (Routed r : List.of(one, other)) {
            switch (r) {
                case Routed.To to -> names.add(to.fullName());
                case Routed.Several several -> names.addAll(several.names());
                case Routed.Nobody nobody -> names.addAll(nobody.nearest());
            }
        }
        return new Routed.Several(List.copyOf(names));
    }

    /** Who is to be asked for this model. */
    public Routed route(String model) {
        Routed.To listed = full.get(model);
        if (listed != null) return listed;
        int slash = model.indexOf('/');
        if (slash > 0 && slash < model.length() - 1) {
            String provider = model.substring(0, slash);
            if (offers.containsKey(provider) && ModelCard.fits(model.substring(slash + 1))) {
                return new Routed.To(provider, model.substring(slash + 1), 0);
            }
        }
        Routed named = plain.get(model);
        return named != null ? named : new Routed.Nobody(NearestNames.of(model, names()));
    }

    /**
     * Every name that leads to one provider, in order: plain ones where they do, else full ones.
     */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (Routed.To to : models()) {
            names.add(plain.get(to.model()) instanceof Routed.To ? to.model() : to.fullName());
        }
        return names;
    }

    /** Every model on offer, by provider and then as its provider lists them. */
    public List<Routed.To> models() {
        List<Routed.To> models = new ArrayList<>();
        for (Map.Entry<String, List<ModelCard>> offer : offers.entrySet()) {
            for (ModelCard card : offer.getValue()) {
                Routed.To to = full.get(offer.getKey() + "/" + card.name());
                if (to != null) models.add(to);
            }
        }
        return models;
    }
}
