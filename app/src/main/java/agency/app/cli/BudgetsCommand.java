package agency.app.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code agency budgets}: what may be used, by whom, of what, how often. */
@Command(
        name = "budgets",
        description = "Open, list, change and close budgets; see what is spent and left.")
final class BudgetsCommand {
    private static final String ALL = "/api/v1/budgets";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    /** The options that say how much may be used, and when to tell. */
    static final class HowMuch {
        @Option(names = "--amount", paramLabel = "MONEY", description = "Most money: 25.00.")
        private @Nullable String amount;

        @Option(
                names = "--tokens",
                paramLabel = "N",
                description = "Most tokens, in and out together, instead of money.")
        private @Nullable Long tokens;

        @Option(
                names = "--alerts",
                split = ",",
                paramLabel = "PERCENT",
                description = "At which shares of it to tell: 50,80,100.")
        private @Nullable List<Integer> alerts;

        private void put(Map<String, Object> wanted) {
            BudgetsCommand.put(wanted, "amount", amount);
            BudgetsCommand.put(wanted, "tokens", tokens);
            BudgetsCommand.put(wanted, "alerts", alerts);
        }
    }

    @Command(name = "create", description = "Open a budget and print its id.")
    void create(
            @Mixin Reach reach,
            @Parameters(paramLabel = "NAME", description = "What it is called.") String name,
            @Option(
                            names = "--of",
                            paramLabel = "SCOPE",
                            defaultValue = "organization",
                            description =
                                    "Whose attempts: organization, project:ID, user:ID or key:ID"
                                            + " (default: ${DEFAULT-VALUE}).")
                    String of,
            @Mixin HowMuch howMuch,
            @Option(
                            names = "--every",
                            paramLabel = "PERIOD",
                            defaultValue = "forever",
                            description =
                                    "forever, day, week, month, or a number of hours that it looks"
                                            + " back (default: ${DEFAULT-VALUE}).")
                    String every,
            @Option(
                            names = "--time-zone",
                            paramLabel = "ZONE",
                            description = "Where its days begin: Europe/Berlin (default: UTC).")
                    @Nullable String zone,
            @Option(
                            names = "--models",
                            split = ",",
                            paramLabel = "NAMES",
                            description =
                                    "Only these, with commas between: gpt-4o,anthropic/* (default:"
                                            + " all).")
                    @Nullable List<String> models,
            @Option(names = "--soft", description = "Only tell, refuse nothing.") boolean soft) {
        Map<String, Object> wanted = new HashMap<>();
        wanted.put("name", name);
        String[] scope = of.split(":", 2);
        wanted.put(
                "scope",
                scope.length == 1
                        ? Map.of("type", scope[0])
                        : Map.of("type", scope[0], "id", scope[1]));
        howMuch.put(wanted);
        boolean hours = every.matches("\\d{1,6}");
        wanted.put("period", hours ? "rolling" : every);
        put(wanted, "hours", hours ? Integer.valueOf(every) : null);
        put(wanted, "time_zone", zone);
        put(wanted, "models", models);
        wanted.put("mode", soft ? "soft" : "hard");
        out().println(reach.client().send("POST", ALL, wanted).path("id").asString());
    }

    private static void put(Map<String, Object> wanted, String field, @Nullable Object value) {
        if (value != null) {
            wanted.put(field, value);
        }
    }

    @Command(name = "list", description = "List the budgets with what is spent and left.")
    void list(@Mixin Reach reach) {
        List<List<String>> rows = new ArrayList<>();
        AgencyClient client = reach.client();
        String cursor = "";
        do {
            JsonNode page =
                    client.read(ALL + "?limit=100" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            for (JsonNode one : page.path("items")) {
                rows.add(
                        List.of(
                                one.path("id").asString(),
                                one.path("name").asString(),
                                scope(one),
                                one.path("period").asString()
                                        + (one.has("hours")
                                                ? " " + one.path("hours").asInt() + " h"
                                                : ""),
                                one.path("mode").asString(),
                                quantity(one.path("cap")),
                                quantity(one.path("spent")),
                                quantity(one.path("set_aside").path("by_requests")),
                                quantity(one.path("set_aside").path("by_instances")),
                                quantity(one.path("left")),
                                one.path("state").asString()));
            }
            cursor = page.path("next_cursor").asString("");
        } while (!cursor.isEmpty());
        Text.table(
                out(),
                List.of(
                        "ID",
                        "NAME",
                        "OF",
                        "EVERY",
                        "MODE",
                        "CAP",
                        "SPENT",
                        "BY REQUESTS",
                        "BY INSTANCES",
                        "LEFT",
                        "STATE"),
                rows);
    }

    private static String scope(JsonNode budget) {
        JsonNode scope = budget.path("scope");
        return scope.path("type").asString()
                + (scope.has("id") ? ":" + scope.path("id").asString() : "");
    }

    private static String quantity(JsonNode quantity) {
        return quantity.has("tokens")
                ? quantity.path("tokens").asLong() + " tokens"
                : quantity.path("amount").asString("");
    }

    @Command(name = "change", description = "Change a budget's cap, name, mode or alerts.")
    void change(
            @Mixin Reach reach,
            @Parameters(paramLabel = "ID", description = "The budget's id, as listed.") String id,
            @Option(names = "--name", paramLabel = "NAME", description = "What it is called.")
                    @Nullable String name,
            @Mixin HowMuch howMuch,
            @Option(names = "--mode", paramLabel = "MODE", description = "hard or soft.")
                    @Nullable String mode) {
        Map<String, Object> wanted = new HashMap<>();
        put(wanted, "name", name);
        howMuch.put(wanted);
        put(wanted, "mode", mode);
        JsonNode after = reach.client().send("PATCH", ALL + "/" + Text.encoded(id), wanted);
        out().println(
                        "%s: %s, %s left"
                                .formatted(
                                        after.path("name").asString(),
                                        quantity(after.path("cap")),
                                        quantity(after.path("left"))));
    }

    @Command(name = "close", description = "Close a budget for ever: it bounds nothing any more.")
    void close(
            @Mixin Reach reach,
            @Parameters(paramLabel = "ID", description = "The budget's id, as listed.") String id) {
        reach.client().send("DELETE", ALL + "/" + Text.encoded(id), null);
        out().println("closed " + id);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
