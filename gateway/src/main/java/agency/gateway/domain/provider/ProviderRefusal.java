package agency.gateway.domain.provider;

/** Why a provider's place stays as it is. */
public sealed interface ProviderRefusal {
    /** Another is connected under this name. */
    record NameTaken(String vendor, String baseUrl) implements ProviderRefusal {}

    /** None is connected under this name. */
    record NotConnected() implements ProviderRefusal {}
}
