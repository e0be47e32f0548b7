package agency.gateway.domain.vendor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class VendorTableTest {
    @Test
    void everyRowIsWhole() {
        assertThat(VendorTable.ALL).extracting(Vendor::name).doesNotHaveDuplicates().hasSize(15);
        for (Vendor vendor : VendorTable.ALL) {
            assertThat(vendor.name()).matches("[a-z][a-z0-9-]*");
            assertThat(vendor.title()).isNotBlank();
            assertThat(vendor.chatPath()).startsWith("/");
            assertThat(vendor.embeddingsPath()).startsWith("/");
            assertThat(vendor.modelsPath()).startsWith("/");
            if (!vendor.baseUrl().isEmpty()) {
                URI base = URI.create(vendor.baseUrl());
                assertThat(base.getScheme().equals("https") || base.getHost().equals("127.0.0.1"))
                        .as(vendor.name())
                        .isTrue();
                assertThat(vendor.baseUrl()).doesNotEndWith("/");
            }
            assertThat(VendorTable.named(vendor.name())).contains(vendor);
        }
        assertThat(VendorTable.named("nobody")).isEmpty();
    }
}
