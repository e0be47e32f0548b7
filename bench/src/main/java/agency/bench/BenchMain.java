package agency.bench;

import agency.bench.accounting.AccountingBench;
import agency.bench.gateway.GatewayBench;
import agency.bench.log.LogBench;
import agency.bench.log.LogFaultBench;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Starts one benchmark by its name: what {@code ./agency bench} runs. */
public final class BenchMain {

    /** A benchmark: takes its arguments, gives the number of targets missed. */
    private interface Bench {
        int run(List<String> arguments) throws Exception;
    }

    private BenchMain() {}

    /** Every benchmark there is. */
    private static Map<String, Bench> benches() {
        Map<String, Bench> benches = new LinkedHashMap<>();
        benches.put(
                "gateway",
                GatewayBench::run); // beside direct, nginx and Portkey: [--short] [--without NAME]
        benches.put(
                "accounting", AccountingBench::run); // both books compared: [--short] [--seed N]
        benches.put("faults", LogFaultBench::run); // [--rounds N] [--seed N]
        benches.put("log", LogBench::run); // the event log beside plain INSERTs: [--short]
        return benches;
    }

    /** Ends with 0 when every target was met, 1 when one was missed, 2 for a name nobody knows. */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("logback.configurationFile", "logback-bench.xml");
        Map<String, Bench> benches = benches();
        List<String> rest = new ArrayList<>(List.of(arguments));
        Bench bench = rest.isEmpty() ? null : benches.get(rest.removeFirst());
        if (bench == null) {
            System.err.println(
                    "Usage: agency bench " + String.join("|", benches.keySet()) + " [--short]");
            System.exit(2);
            return;
        }
        System.exit(bench.run(rest) == 0 ? 0 : 1);
    }
}
