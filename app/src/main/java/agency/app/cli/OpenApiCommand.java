package agency.app.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code agency openapi}: the description of every route. */
@Command(name = "openapi", description = "Print the OpenAPI document of the running Agency.")
final class OpenApiCommand implements Callable<Integer> {
    @Mixin private final Reach reach = new Reach();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before any command runs
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(reach.client().text("/openapi.yaml"));
        spec.commandLine().getOut().flush();
        return AgencyCommand.OK;
    }
}
