package agency.gateway.domain.provider;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.gateway.domain.provider.ProviderCommand.ConnectProvider;
import agency.gateway.domain.provider.ProviderCommand.ListModels;
import agency.gateway.domain.provider.ProviderCommand.RemoveProvider;
import agency.gateway.domain.provider.ProviderEvent.ModelsListed;
import agency.gateway.domain.provider.ProviderEvent.ProviderConnected;
import agency.gateway.domain.provider.ProviderEvent.ProviderRemoved;
import agency.gateway.domain.routing.ModelCard;
import agency.kernel.decision.Spec;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProviderPlaceTest {
    private static final Connection OPENAI =
            new Connection("openai", "openai", "https://api.openai.com/v1", "c2VhbGVk", false);
    private static final Connection OTHER =
            new Connection("openai", "compatible", "https://models.example/v1", "", false);
    private static final List<ModelCard> MODELS = List.of(new ModelCard("gpt-4o-mini", 0));

    private static Spec<ProviderCommand, ProviderState, ProviderEvent, ProviderRefusal> spec() {
        return Spec.of(new ProviderPlace());
    }

    @Test
    void connectsWhereNobodyIs() {
        spec().when(new ConnectProvider(OPENAI, MODELS, false))
                .then(new ProviderConnected(OPENAI, MODELS));
        spec().given(new ProviderConnected(OPENAI, MODELS), new ProviderRemoved("openai"))
                .when(new ConnectProvider(OTHER, List.of(), false))
                .then(new ProviderConnected(OTHER, List.of()));
    }

    @Test
    void addsNothingForTheSameConnection() {
        spec().given(new ProviderConnected(OPENAI, MODELS))
                .when(new ConnectProvider(OPENAI, MODELS, false))
                .thenNothing();
    }

    @Test
    void givesAPlaceToAnotherOnlyWhenTold() {
        spec().given(new ProviderConnected(OPENAI, MODELS))
                .when(new ConnectProvider(OTHER, MODELS, false))
                .thenRefused(new ProviderRefusal.NameTaken("openai", "https://api.openai.com/v1"));
        spec().given(new ProviderConnected(OPENAI, MODELS))
                .when(new ConnectProvider(OTHER, MODELS, true))
                .then(new ProviderConnected(OTHER, MODELS));
    }

    @Test
    void listsModelsOnlyWhenTheyHaveChanged() {
        spec().given(new ProviderConnected(OPENAI, MODELS))
                .when(new ListModels(MODELS))
                .thenNothing();
        spec().given(new ProviderConnected(OPENAI, MODELS))
                .when(new ListModels(List.of()))
                .then(new ModelsListed("openai", List.of()));
        spec().given(new ProviderConnected(OPENAI, MODELS), new ModelsListed("openai", List.of()))
                .when(new ListModels(List.of()))
                .thenNothing();
        spec().when(new ListModels(MODELS)).thenRefused(new ProviderRefusal.NotConnected());
    }

    @Test
    void removesOnlyWhoIsThere() {
        spec().given(new ProviderConnected(OPENAI, MODELS))
                .when(new RemoveProvider("openai"))
                .then(new ProviderRemoved("openai"));
        spec().when(new RemoveProvider("openai")).thenRefused(new ProviderRefusal.NotConnected());
    }

    @Test
    void callsAnImpossibleHistoryABug() {
        assertThatThrownBy(() ->
                        new ProviderPlace()
                                .evolve(
                                        new ProviderState.Vacant(),
                                        new ModelsListed("openai", MODELS)))
                .isInstanceOf(IllegalStateException.class);
    }
}
