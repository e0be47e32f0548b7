package agency.app;

import static org.assertj.core.api.Assertions.assertThat;

import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.role.RoleTable;
import agency.access.domain.role.Standing;
import agency.platform.config.Configuration;
import agency.platform.config.Sources;
import agency.platform.http.Answer;
import agency.platform.http.Authenticator;
import agency.platform.http.BytesInFlight;
import agency.platform.http.EventLoops;
import agency.platform.http.Handler;
import agency.platform.http.HttpServerPart;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import agency.platform.http.ServerSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Knocks at every door of the program as everybody and compares who gets in with a list that is
 * kept apart from the table of roles: neither a new route nor a changed role gets past a reviewer.
 */
class WhoMayDoWhatTest {
    private static final Path LIST = Path.of("src", "test", "resources", "who-may-do-what.txt");

    /** Everybody, as the columns of the list. */
    private static final Map<String, Set<String>> CALLERS = new LinkedHashMap<>();

    static {
        for (Role role : Role.values()) {
            CALLERS.put(role.toString(), new Standing(role, null).permissions());
        }
        for (InstallationRole role : InstallationRole.values()) {
            Set<String> more = new TreeSet<>(new Standing(Role.VIEWER, role).permissions());
            CALLERS.put("viewer+" + role, more);
        }
        CALLERS.put("project-key", Set.of());
        CALLERS.put("nobody", Set.of());
    }

    private static final Authenticator BY_NAME =
            new Authenticator() {
                @Override
                public @Nullable Principal bearer(String token, String clientAddress) {
                    Set<String> names = CALLERS.get(token);
                    return names == null
                            ? null
                            : new Principal(
                                    new UUID(0, 1),
                                    1,
                                    token,
                                    names.stream().map(Permission::of).collect(Collectors.toSet()),
                                    null);
                }

                @Override
                public @Nullable Principal session(String cookie) {
                    return null;
                }
            };

    record Root(ServerSettings server) {}

    @Test
    void everyDoorOpensToThoseOnTheListAndToNobodyElse() throws Exception {
        List<String> found = new ArrayList<>();
        ServerSettings settings =
                Configuration.load(
                                Root.class,
                                Sources.none()
                                        // Or everybody on loopback would be an observer.
                                        .flags(List.of("--server.port=0", "--server.behind-proxy")))
                        .values()
                        .server();
        try (EventLoops loops = new EventLoops(1);
                HttpClient client = HttpClient.newHttpClient();
                HttpServerPart server =
                        new HttpServerPart(
                                settings,
                                loops,
                                doors(),
                                BY_NAME,
                                new BytesInFlight(settings.maxBytesInFlight().count()),
                                new SimpleMeterRegistry(),
                                List.of())) {
            server.start();
            for (Route route : TestWiring.routes()) {
                List<String> allowed = new ArrayList<>();
                for (String caller : CALLERS.keySet()) {
                    if (knock(client, server.address(), route, caller)) {
                        allowed.add(caller);
                    }
                }
                found.add(
                        route.operation()
                                + " ["
                                + route.permission()
                                + "]: "
                                + told(route, allowed));
            }
        }
        assertThat(String.join("\n", found.stream().sorted().toList()) + "\n")
                .isEqualTo(Files.readString(LIST));
    }

    @Test
    void whatRoutesAskForIsWhatTheTableGives() {
        assertThat(
                        TestWiring.routes().stream()
                                .map(route -> route.permission().name())
                                .filter(name -> name.contains("."))
                                .collect(Collectors.toSet()))
                .isEqualTo(RoleTable.names());
    }

    /**
     * The doors of {@code /v1} let everybody through to handlers that look at the key themselves.
     */
    private static String told(Route route, List<String> allowed) {
        if (allowed.size() < CALLERS.size()) {
            return String.join(" ", allowed);
        }
        return route.permission().equals(Permission.PROJECT_KEY)
                ? "left to its handler"
                : "everybody";
    }

    /** Every route with nothing behind it. */
    private static List<Route> doors() {
        return TestWiring.routes().stream()
                .map(route ->
                        new Route(
                                route.method(),
                                route.path(),
                                route.operation(),
                                route.permission(),
                                false,
                                (Handler.Blocking) call -> Answer.nothing()))
                .toList();
    }

    private static boolean knock(HttpClient client, String address, Route route, String caller)
            throws Exception {
        String path = route.path().replaceAll("\\{[^}]+}", new UUID(0, 9).toString());
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address + path))
                        .method(route.method().name(), HttpRequest.BodyPublishers.noBody());
        if (!caller.equals("nobody")) {
            request.header("authorization", "Bearer " + caller);
        }
        HttpResponse<String> answer =
                client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        int refusal = caller.equals("nobody") ? 401 : 403;
        assertThat(answer.statusCode()).as(route + " as " + caller).isIn(204, refusal);
        if (answer.statusCode() == 403) {
            assertThat(answer.body())
                    .contains(
                            route.permission().equals(Permission.OBSERVER)
                                    ? Permission.INSTALLATION.name()
                                    : route.permission().name(),
                            caller);
        }
        return answer.statusCode() == 204;
    }
}
