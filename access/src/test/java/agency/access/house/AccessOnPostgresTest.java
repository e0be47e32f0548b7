package agency.access.house;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.api.KeyDirectory.Answer;
import agency.access.api.Opened;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.flow.ErasePerson;
import agency.access.flow.Members;
import agency.kernel.fact.FactMeta;
import agency.platform.crypto.Secret;
import agency.platform.testing.PostgresFixture;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
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

    @Test
    void forgetsAPersonInEveryInstanceBeforeTheErasureReturns() {
        Secret url = PostgresFixture.freshUrl();
        try (RealInstance first = new RealInstance(url);
                RealInstance second = new RealInstance(url)) {
            first.access.open(null);
            FactMeta meta = new FactMeta("test", new UUID(0, 1), null);
            Set<String> may = Standing.FOUNDER.permissions();
            UUID bob =
                    ((Members.Result.Done)
                                    first.members()
                                            .grant(
                                                    1,
                                                    new Members.NewMember(
                                                            "Bob Brown",
                                                            "bob@acme.example",
                                                            new Standing(Role.VIEWER, null)),
                                                    may,
                                                    meta))
                            .person();
            assertThat(second.readsName(bob, "Bob Brown"))
                    .as("with the key in its memory")
                    .isTrue();
            assertThat(first.erasing().erase(1, bob, may, meta))
                    .isInstanceOf(ErasePerson.Result.Done.class);
            assertThat(first.access.personName(bob)).isEmpty();
            assertThat(second.access.personName(bob)).isEmpty();
            assertThat(first.readsName(bob, "Bob Brown")).isFalse();
            assertThat(second.readsName(bob, "Bob Brown")).isFalse();
        }
        try (RealInstance later = new RealInstance(url)) {
            assertThat(later.access.open(null).firstKey()).isEmpty();
        }
    }

    private static Answer lookup(RealInstance instance, Opened opened) {
        return instance.access
                .keys()
                .lookup(opened.firstKey().orElseThrow().reveal(), Instant.now());
    }
}
