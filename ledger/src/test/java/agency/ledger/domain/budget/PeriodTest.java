package agency.ledger.domain.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.ledger.domain.budget.Period.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PeriodTest {
    private static Instant moment(String text) {
        return Instant.parse(text);
    }

    private static void lies(Period period, String at, String from, String until) {
        assertThat(period.at(moment(at)))
                .isEqualTo(new Span(moment(from).getEpochSecond(), moment(until).getEpochSecond()));
    }

    @Test
    void beginsDaysWeeksAndMonthsAtMidnightThere() {
        lies(
                new Period(Kind.DAY, 0, "UTC"),
                "2026-11-27T12:00:00Z",
                "2026-11-27T00:00:00Z",
                "2026-11-28T00:00:00Z");
        lies(
                new Period(Kind.DAY, 0, "Europe/Berlin"),
                "2026-10-25T12:00:00Z",
                "2026-10-24T22:00:00Z",
                "2026-10-25T23:00:00Z");
        lies(
                new Period(Kind.WEEK, 0, "UTC"),
                "2026-11-29T23:59:59Z",
                "2026-11-23T00:00:00Z",
                "2026-11-30T00:00:00Z");
        lies(
                new Period(Kind.MONTH, 0, "America/New_York"),
                "2026-12-01T04:59:59Z",
                "2026-11-01T04:00:00Z",
                "2026-12-01T05:00:00Z");
        assertThat(Period.FOREVER.at(moment("2026-11-27T12:00:00Z"))).isEqualTo(Span.EVER);
    }

    @Test
    void countsARollingOneInHoursOrDays() {
        lies(
                new Period(Kind.ROLLING, 48, "UTC"),
                "2026-11-27T12:34:56Z",
                "2026-11-27T12:00:00Z",
                "2026-11-27T13:00:00Z");
        Period month = new Period(Kind.ROLLING, 30 * 24, "UTC");
        lies(month, "2026-11-27T12:34:56Z", "2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z");
        Span day = month.at(moment("2026-11-27T12:34:56Z"));
        assertThat(month.counts(day) - day.until()).isEqualTo(Duration.ofDays(30).toSeconds());
        assertThat(month.from(day.from())).isEqualTo(day);
    }

    @Test
    void refusesWhatIsNoPeriod() {
        assertThatThrownBy(() -> new Period(Kind.ROLLING, 0, "UTC")).hasMessageContaining("1 to");
        assertThatThrownBy(() -> new Period(Kind.DAY, 1, "UTC"))
                .hasMessageContaining("only a rolling");
        assertThatThrownBy(() -> new Period(Kind.DAY, 0, "Middle/Earth"))
                .hasMessageContaining("Europe/Berlin");
    }

    @Test
    void knowsItsModels() {
        assertThat(ModelGroup.ALL.holds("openai", "gpt-4o")).isTrue();
        ModelGroup some = new ModelGroup(List.of("gpt-4o", "anthropic/*", "local/qwen"));
        assertThat(some.holds("openai", "gpt-4o")).isTrue();
        assertThat(some.holds("openai", "gpt-4o-mini")).isFalse();
        assertThat(some.holds("anthropic", "claude")).isTrue();
        assertThat(some.holds("local", "qwen")).isTrue();
        assertThat(some.holds("elsewhere", "qwen")).isFalse();
        assertThatThrownBy(() -> new ModelGroup(List.of("a*b"))).hasMessageContaining("at the end");
        assertThatThrownBy(() -> new ModelGroup(List.of(" "))).hasMessageContaining("characters");
    }

    @Test
    void refusesTermsOutOfRange() {
        Scope scope = Scope.organisation(1);
        assertThatThrownBy(() -> terms("", scope, 1, List.of())).hasMessageContaining("name");
        assertThatThrownBy(() -> terms("b", scope, -1, List.of())).hasMessageContaining("cap");
        assertThatThrownBy(() -> terms("b", scope, 1, List.of(80, 50)))
                .hasMessageContaining("rise");
        assertThatThrownBy(() -> terms("b", scope, 1, List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)))
                .hasMessageContaining("at most");
    }

    private static BudgetTerms terms(String name, Scope scope, long cap, List<Integer> alerts) {
        return new BudgetTerms(
                name, scope, Unit.TOKENS, Period.FOREVER, ModelGroup.ALL, cap, true, alerts);
    }

    @Test
    void writesAChargeAndReadsItAgain() {
        Span span = new Span(1_761_951_600, 1_764_543_600);
        String account = Charge.account(new UUID(1, 2), span);
        assertThat(Charge.budget(account)).isEqualTo(new UUID(1, 2));
        assertThat(Charge.from(account)).isEqualTo(span.from());
        Charge read = Charge.read(new Charge(new UUID(3, 4), List.of(account, account)).written());
        assertThat(read.person()).isEqualTo(new UUID(3, 4));
        assertThat(read.accounts()).containsExactly(account, account);
        assertThat(Charge.read(Charge.NONE.written())).isSameAs(Charge.NONE);
        assertThat(Charge.read(new Charge(null, List.of(account)).written()).person()).isNull();
    }
}
