package agency.access;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.domain.account.ServiceAccountEvent;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountClosed;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountOpened;
import agency.access.domain.account.ServiceAccountEvent.ServiceAccountRenamed;
import agency.access.domain.invitation.InvitationEvent;
import agency.access.domain.invitation.InvitationEvent.InvitationAccepted;
import agency.access.domain.invitation.InvitationEvent.InvitationOffered;
import agency.access.domain.invitation.InvitationEvent.InvitationWithdrawn;
import agency.access.domain.key.KeyEvent;
import agency.access.domain.key.KeyEvent.AdministratorKeyIssued;
import agency.access.domain.key.KeyEvent.KeyAssigned;
import agency.access.domain.key.KeyEvent.KeyExpirySet;
import agency.access.domain.key.KeyEvent.KeyModelsSet;
import agency.access.domain.key.KeyEvent.KeyNetworksSet;
import agency.access.domain.key.KeyEvent.KeyRenamed;
import agency.access.domain.key.KeyEvent.KeyRevoked;
import agency.access.domain.key.KeyEvent.KeyRotated;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.domain.key.KeyEvent.RoleKeyIssued;
import agency.access.domain.link.LinkEvent;
import agency.access.domain.link.LinkEvent.LinkConsumed;
import agency.access.domain.link.LinkEvent.LinkOffered;
import agency.access.domain.membership.MembershipEvent;
import agency.access.domain.membership.MembershipEvent.MembershipEnded;
import agency.access.domain.membership.MembershipEvent.MembershipGranted;
import agency.access.domain.membership.MembershipEvent.MembershipInstallationRoleChanged;
import agency.access.domain.membership.MembershipEvent.MembershipRoleChanged;
import agency.access.domain.organisation.Founding;
import agency.access.domain.organisation.OrganisationEvent;
import agency.access.domain.organisation.OrganisationEvent.OrganisationClosed;
import agency.access.domain.organisation.OrganisationEvent.OrganisationOpened;
import agency.access.domain.organisation.OrganisationEvent.OrganisationRenamed;
import agency.access.domain.person.PersonEvent;
import agency.access.domain.person.PersonEvent.PersonEmailGiven;
import agency.access.domain.person.PersonEvent.PersonErased;
import agency.access.domain.person.PersonEvent.PersonForgotten;
import agency.access.domain.person.PersonEvent.PersonPasswordSet;
import agency.access.domain.person.PersonEvent.PersonRegistered;
import agency.access.domain.person.PersonEvent.PersonRenamed;
import agency.access.domain.project.ProjectEvent;
import agency.access.domain.project.ProjectEvent.ProjectClosed;
import agency.access.domain.project.ProjectEvent.ProjectOpened;
import agency.access.domain.project.ProjectEvent.ProjectRenamed;
import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.session.SessionEvent;
import agency.access.domain.session.SessionEvent.SessionEnded;
import agency.access.domain.session.SessionEvent.SessionOpened;
import agency.kernel.fact.FactType;
import agency.kernel.fact.Personal;
import agency.kernel.money.Nanos;
import agency.platform.log.codec.FactCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Stored facts are for ever: each has a sample that still reads and writes the same. */
class AccessFactsTest {
    private static final Path SAMPLES = Path.of("..", "contracts", "events");
    private static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");
    private static final Instant LATER = Instant.parse("2027-11-21T10:00:00.123456Z");
    private static final UUID ONE = UUID.fromString("019aa5e0-0000-7000-8000-000000000001");
    private static final UUID TWO = UUID.fromString("019aa5e0-0000-7000-8000-000000000002");
    private static final UUID THREE = UUID.fromString("019aa5e0-0000-7000-8000-000000000003");
    private static final String HASH = "ab".repeat(32);

    private static final FactCodec CODEC = FactCodec.open(AccessContext.facts());

    private static List<Record> samples() {
        return List.of(
                new OrganisationOpened(1, "Acme", new Founding(ONE, TWO, THREE), AT),
                new ProjectOpened(TWO, "Support", AT),
                new PersonRegistered(new Personal(ONE, "Ada"), AT),
                new ProjectKeyIssued(
                        THREE,
                        TWO,
                        new Personal(ONE, "billing app"),
                        HASH,
                        List.of("local/small", "gpt-4.1"),
                        LATER,
                        new Nanos(2_500_000_000L),
                        AT),
                new AdministratorKeyIssued(
                        THREE, new Personal(ONE, "local profile"), HASH, null, AT),
                new RoleKeyIssued(
                        THREE,
                        new Personal(ONE, "dashboard"),
                        Role.ANALYST,
                        InstallationRole.AUDITOR,
                        HASH,
                        LATER,
                        AT),
                new PersonEmailGiven(new Personal(ONE, "ada@acme.example"), AT),
                new MembershipGranted(ONE, Role.OWNER, InstallationRole.OPERATOR, AT),
                new MembershipRoleChanged(ONE, Role.VIEWER, AT),
                new MembershipEnded(ONE, AT),
                new MembershipInstallationRoleChanged(ONE, InstallationRole.AUDITOR, AT),
                new PersonRenamed(new Personal(ONE, "Ada King"), AT),
                new PersonErased(ONE, AT),
                new PersonForgotten(ONE, 7, AT),
                new PersonPasswordSet(new Personal(ONE, "$2a$12$" + "x".repeat(53)), AT),
                new InvitationOffered(
                        TWO,
                        new Personal(ONE, "ada@acme.example"),
                        Role.ADMIN,
                        InstallationRole.AUDITOR,
                        THREE,
                        HASH,
                        LATER,
                        AT),
                new InvitationAccepted(TWO, AT),
                new InvitationWithdrawn(TWO, AT),
                new OrganisationRenamed(2, "Acme Two", AT),
                new OrganisationClosed(2, AT),
                new ProjectRenamed(TWO, "Sales", AT),
                new ProjectClosed(TWO, AT),
                new ServiceAccountOpened(THREE, TWO, "billing robot", AT),
                new ServiceAccountRenamed(THREE, "robot", AT),
                new ServiceAccountClosed(THREE, AT),
                new KeyRenamed(THREE, new Personal(ONE, "app"), AT),
                new KeyModelsSet(THREE, List.of("gpt-4.1"), AT),
                new KeyExpirySet(THREE, LATER, AT),
                new KeyNetworksSet(THREE, List.of("10.0.0.0/8"), AT),
                new KeyAssigned(THREE, TWO, AT),
                new KeyRotated(THREE, HASH, LATER, AT),
                new KeyRevoked(THREE, AT),
                new LinkOffered(TWO, ONE, HASH, LATER, AT),
                new LinkConsumed(TWO, THREE, AT),
                new SessionOpened(THREE, ONE, HASH, LATER, AT),
                new SessionEnded(THREE, AT));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void readAndWriteAsTheirSample(Record fact) throws IOException {
        FactType<?> type =
                AccessContext.facts().stream()
                        .filter(known -> known.type().equals(fact.getClass()))
                        .findFirst()
                        .orElseThrow();
        Path sample = SAMPLES.resolve(type.name() + ".v" + type.version() + ".json");
        String written =
                new String(
                        CODEC.encode(type, fact, FactCodec.nowhere()).body(),
                        StandardCharsets.UTF_8);
        assertThat(sample).as("write the sample: " + written).exists();
        byte[] stored = Files.readString(sample).strip().getBytes(StandardCharsets.UTF_8);
        assertThat(written).isEqualTo(new String(stored, StandardCharsets.UTF_8));
        assertThat(CODEC.decode(type, stored, FactCodec.nowhere())).isEqualTo(fact);
    }

    @Test
    void areAllNamed() {
        assertThat(AccessContext.facts().stream().map(FactType::type).collect(Collectors.toSet()))
                .isEqualTo(
                        Stream.of(
                                        OrganisationEvent.class,
                                        ProjectEvent.class,
                                        PersonEvent.class,
                                        KeyEvent.class,
                                        MembershipEvent.class,
                                        LinkEvent.class,
                                        InvitationEvent.class,
                                        ServiceAccountEvent.class,
                                        SessionEvent.class)
                                .flatMap(AccessFactsTest::records)
                                .collect(Collectors.toSet()))
                .hasSameSizeAs(samples());
    }

    private static Stream<Class<?>> records(Class<?> type) {
        return type.isSealed()
                ? Stream.of(type.getPermittedSubclasses()).flatMap(AccessFactsTest::records)
                : Stream.of(type);
    }
}
