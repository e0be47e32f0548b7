package agency.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "keys", "public", "Keys.read", "keys.read.all", "keys. read"})
    void isNamedAfterWhatIsDoneToWhat(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> Permission.of(name));
        assertThat(Permission.of("keys.read")).hasToString("keys.read");
    }
}
