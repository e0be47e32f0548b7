package agency.gateway.adapter.http;

import agency.gateway.api.GatewaySettings;
import agency.gateway.flow.CompleteChat;
import agency.gateway.flow.ListModels;
import agency.gateway.port.Meters;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** The doors to models. */
public final class ModelRoutes {
    private final int maxBodyBytes;
    private final Meters meters;

    /** Doors with these limits. */
    public ModelRoutes(GatewaySettings settings, Meters meters) {
        this.maxBodyBytes = settings.maxBody().asInt();
        this.meters = meters;
    }

    /** All of them. */
    public List<Route> routes(CompleteChat chat, CompleteChat embeddings, ListModels models) {
        return List.of(
                costly("/v1/chat/completions", "createChatCompletion", chat),
                costly("/v1/embeddings", "createEmbedding", embeddings),
                list(ModelList.PATH, "listModels", models),
                list(ModelList.PATH + "/{id}", "retrieveModel", models));
    }

    private Route costly(String path, String operation, CompleteChat flow) {
        return new Route(
                HttpMethod.POST,
                path,
                operation,
                Permission.PROJECT_KEY,
                true,
                new PassThrough(operation, flow, maxBodyBytes, meters));
    }

    private Route list(String path, String operation, ListModels flow) {
        return new Route(
                HttpMethod.GET,
                path,
                operation,
                Permission.PROJECT_KEY,
                false,
                new ModelList(operation, flow, meters));
    }
}
