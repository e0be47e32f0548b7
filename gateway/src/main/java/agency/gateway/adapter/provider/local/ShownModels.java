package agency.gateway.adapter.provider.local;

import agency.gateway.adapter.provider.local.store.PullProgress;
import agency.gateway.port.ModelStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Local models in the words of the gateway's catalogue. */
final class ShownModels {
    private ShownModels() {}

    /** Every local model, the default name first. */
    static List<ModelStore.LocalModel> of(LocalProvider provider) {
        List<ModelStore.LocalModel> all = new ArrayList<>();
        for (LocalModel model : provider.models()) {
            all.add(shown(model.name(), model));
        }
        Optional<LocalModel> first = provider.first();
        first.ifPresent(model -> all.add(0, shown(LocalProvider.DEFAULT, model)));
        return List.copyOf(all);
    }

    private static ModelStore.LocalModel shown(String name, LocalModel model) {
        String kind = model.kind() == LocalModel.Kind.CHAT ? "chat" : "embedding";
        return switch (model.state()) {
            case LocalModel.State.Fetching(PullProgress progress) ->
                    new ModelStore.LocalModel(
                            name,
                            kind,
                            "fetching",
                            progress.totalBytes(),
                            progress.doneBytes(),
                            "It is being fetched: " + progress.percent() + " %.");
            case LocalModel.State.Failed(String reason) ->
                    new ModelStore.LocalModel(name, kind, "failed", model.bytes(), 0, reason);
            case LocalModel.State.Ready() -> ready(name, kind, model);
            case LocalModel.State.Loading() -> ready(name, kind, model);
            case LocalModel.State.Loaded(long pid) -> ready(name, kind, model);
        };
    }

    private static ModelStore.LocalModel ready(String name, String kind, LocalModel model) {
        return new ModelStore.LocalModel(name, kind, "ready", model.bytes(), model.bytes(), "");
    }
}
