package agency.e2e.product;

import agency.e2e.client.Endpoint;
import agency.e2e.client.ForeignClientsContract;
import agency.e2e.client.LangChainContract;
import agency.e2e.client.OpenAiJavaContract;

/** Unmodified official clients get from Agency what they get from the provider itself. */
class ClientsTest implements OpenAiJavaContract, LangChainContract, ForeignClientsContract {

    @Override
    public Endpoint endpoint() {
        return AgencyFixture.shared().endpoint();
    }
}
