package agency.access.house;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.api.KeyDirectory.Answer;
import agency.access.api.Opened;
import agency.platform.crypto.Secret;
import agency.platform.testing.PostgresFixture;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AccessOnPostgresTest {
    @Test
    void isOpenedOnceAndFoundOpenAfterARestart() {
        Secret url = PostgresFixture.freshUrl();
        Opened first;
        try (RealInstance instance = new RealInstance(url)) {
            first = instance.access.open(null);
        }
        try (RealInstance instance = new RealInstance(url)) {
            Opened again = instance.access.open(first.profile().orElseThrow());
            assertThat(again.project()).isEqualTo(first.project());
            assertThat(again.profile()).isEmpty();
            assertThat(again.firstKey()).isEmpty();
            assertThat(lookup(instance, first)).isInstanceOf(Answer.Known.class);
        }
    }

    @Test
    void keepsNoKeyAndNoNameReadableInTheDatabase() {
        Secret url = PostgresFixture.freshUrl();
        try (RealInstance instance = new RealInstance(url)) {
            Opened opened = instance.access.open(null);
            instance.access.offerLink(opened);
            assertThat(instance.rowsHolding(opened.firstKey().orElseThrow().reveal())).isZero();
            assertThat(instance.rowsHolding(opened.profile().orElseThrow().reveal())).isZero();
            assertThat(instance.rowsHolding("Administrator")).as("a person's name").isZero();
            assertThat(instance.rowsHolding("local profile")).as("a key's name").isZero();
            assertThat(instance.rowsHolding("First project")).as("this can find").isPositive();
        }
    }

    private static Answer lookup(RealInstance instance, Opened opened) {
        return instance.access
                .keys()
                .lookup(opened.firstKey().orElseThrow().reveal(), Instant.now());
    }
}
