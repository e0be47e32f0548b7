package agency.gateway.adapter.provider.local;

import agency.gateway.adapter.provider.local.store.Pull;
import agency.gateway.adapter.provider.local.store.PullProgress;
import agency.gateway.adapter.provider.local.store.PullState;
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
                            progress.hereBytes(),
                            sentence(progress));
            case LocalModel.State.Failed(String reason) ->
                    new ModelStore.LocalModel(name, kind, "failed", model.bytes(), 0, reason);
            case LocalModel.State.Ready() -> ready(name, kind, model);
            case LocalModel.State.Loading() -> ready(name, kind, model);
            case LocalModel.State.Loaded(long pid) -> ready(name, kind, model);
        };
    }

    /** A pull. */
    static ModelStore.Fetch shown(Pull pull) {
        String id = pull.id().toString();
        return switch (pull.state()) {
            case PullState.Fetching(PullProgress progress) ->
                    new ModelStore.Fetch(
                            id,
                            pull.source(),
                            "fetching",
                            null,
                            progress.totalBytes(),
                            progress.hereBytes(),
                            sentence(progress));
            case PullState.Failed(String reason) ->
                    new ModelStore.Fetch(id, pull.source(), "failed", null, 0, 0, reason);
            case PullState.Done(String name) ->
                    new ModelStore.Fetch(id, pull.source(), "ready", name, 0, 0, "");
        };
    }

    private static String sentence(PullProgress progress) {
        return switch (progress.phase()) {
            case LOOKING_UP, DOWNLOADING -> "It is being fetched: " + progress.percent() + " %.";
            case UNPACKING -> "It is here and being unpacked: " + progress.percent() + " %.";
            case CHECKING -> "It is here and being checked: " + progress.percent() + " %.";
        };
    }

    private static ModelStore.LocalModel ready(String name, String kind, LocalModel model) {
        return new ModelStore.LocalModel(name, kind, "ready", model.bytes(), model.bytes(), "");
    }
}
