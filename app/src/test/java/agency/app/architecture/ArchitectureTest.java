package agency.app.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import agency.kernel.metering.PermitOffice;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** The house rules that the compiler does not know. */
@AnalyzeClasses(packages = "agency", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] CONTEXTS = {
        "agency.access..", "agency.ledger..", "agency.gateway.."
    };

    @ArchTest
    static final ArchRule kernelKnowsTheJdkAlone =
            classes()
                    .that()
                    .resideInAPackage("agency.kernel..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage("agency.kernel..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule platformKnowsNoContext =
            noClasses()
                    .that()
                    .resideInAPackage("agency.platform..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(CONTEXTS));

    @ArchTest static final ArchRule accessIsBlindToOtherContexts = blind("agency.access..");

    @ArchTest static final ArchRule ledgerIsBlindToOtherContexts = blind("agency.ledger..");

    @ArchTest static final ArchRule gatewayIsBlindToOtherContexts = blind("agency.gateway..");

    @ArchTest
    static final ArchRule domainIsPure =
            classes()
                    .that()
                    .resideInAPackage("agency.*.domain..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "agency.kernel..",
                            "agency.*.domain..",
                            "agency.*.api..",
                            "java.lang..",
                            "java.util..",
                            "java.time..",
                            "java.math..",
                            "java.nio.charset..",
                            "org.jspecify..");

    @ArchTest
    static final ArchRule domainHasNoClockNoChanceNoThreads =
            noClasses()
                    .that()
                    .resideInAPackage("agency.*.domain..")
                    .should()
                    .callMethod(java.time.Instant.class, "now")
                    .orShould()
                    .callMethod(java.util.UUID.class, "randomUUID")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.time.Clock")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.util.Random")
                    .orShould()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("java.lang.Thread")
                    .orShould()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule flowsSeeNoSqlAndNoVendor =
            noClasses()
                    .that()
                    .resideInAPackage("agency.*.flow..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "java.sql..",
                            "org.jdbi..",
                            "org.postgresql..",
                            "tools.jackson..",
                            "agency.*.adapter..");

    @ArchTest
    static final ArchRule onlyTheGatewaysPassThroughFlowsSeeVertx =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "agency.access.flow..", "agency.ledger.flow..", "agency.*.domain..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.vertx..");

    @ArchTest
    static final ArchRule roomsDependInOneDirection =
            noClasses()
                    .that()
                    .resideInAnyPackage("agency.*.api..", "agency.*.domain..", "agency.*.port..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("agency.*.flow..", "agency.*.adapter..", "agency.*.view..");

    @ArchTest
    static final ArchRule nobodyInsideSeesTheDoor =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "agency.access.*..", "agency.ledger.*..", "agency.gateway.*..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("agency.access", "agency.ledger", "agency.gateway");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("agency.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheLedgerMakesPermits =
            classes()
                    .that()
                    .areAssignableTo(PermitOffice.class)
                    .and(not(resideInAPackage("agency.kernel..")))
                    .and(not(resideInAPackage("agency.bench..")))
                    .should()
                    .resideInAPackage("agency.ledger..");

    @ArchTest
    static final ArchRule closedSetsAreSealedOverRecords =
            classes()
                    .that()
                    .resideInAPackage("agency.*.domain..")
                    .and(named("Command", "Event", "Fact", "Refusal"))
                    .and()
                    .areInterfaces()
                    .should(beSealed());

    private static ArchRule blind(String context) {
        String[] others =
                java.util.Arrays.stream(CONTEXTS)
                        .filter(other -> !other.equals(context))
                        .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(context)
                .should()
                .dependOnClassesThat(resideInAnyPackage(others));
    }

    private static com.tngtech.archunit.base.DescribedPredicate<JavaClass> named(
            String... endings) {
        return com.tngtech.archunit.base.DescribedPredicate.describe(
                "are named as a closed set",
                type -> java.util.Arrays.stream(endings).anyMatch(type.getSimpleName()::endsWith));
    }

    private static ArchCondition<JavaClass> beSealed() {
        return new ArchCondition<>("be sealed") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean sealed = type.reflect().isSealed();
                events.add(
                        new SimpleConditionEvent(
                                type,
                                sealed || type.getModifiers().contains(JavaModifier.FINAL),
                                type.getName() + " is sealed: " + sealed));
            }
        };
    }
}
