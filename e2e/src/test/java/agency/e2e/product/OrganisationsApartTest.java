package agency.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;

import agency.bench.product.StartedAgency;
import agency.bench.upstream.ScriptedUpstream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Two organisations with an owner each. The second one's owner walks over every route of the
 * management API that the program says it has, with the id of everything that the first one has:
 * nothing is shown, changed or taken away, and all of it is not there rather than forbidden. The
 * first one's owner walks the same way and gets in, so that a wrong path or body proves nothing.
 */
class OrganisationsApartTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** In every name and e-mail of the first organisation. */
    private static final String MARK = "quillwort";

    private static final String PASSWORD = "correct horse battery";

    /** Belong to the installation, to nobody, or to whoever calls: no id of anybody's fits. */
    private static final Set<String> NOBODYS =
            Set.of("/api/v1/models/pulls/{id}", "/api/v1/organizations/{number}");

    /** What a change sends: any that the route takes. */
    private static final Map<String, String> BODIES =
            Map.of(
                    "changeUser",
                    "{\"name\": \"x quillwort\"}",
                    "changeKey",
                    "{\"name\": \"x quillwort\"}",
                    "changeBudget",
                    "{\"name\": \"x\"}",
                    "changeProject",
                    "{\"name\": \"x quillwort\"}",
                    "changeServiceAccount",
                    "{\"name\": \"x quillwort\"}",
                    "rotateKey",
                    "{}");

    /** A route as the document has it. */
    private record Operation(String method, String path, String id) {
        boolean takesAnId() {
            return path.endsWith("{id}") || path.contains("{id}/");
        }
    }

    /** Who asks: by an administrator's key of his own. */
    private record Owner(StartedAgency agency, String key) {
        HttpResponse<String> ask(String method, String path, String body) {
            return agency.call(method, path, key, body);
        }

        JsonNode done(String method, String path, String body) {
            HttpResponse<String> answer = ask(method, path, body);
            assertThat(answer.statusCode()).as(method + " " + path + answer.body()).isLessThan(300);
            return answer.body().isEmpty() ? JSON.nullNode() : JSON.readTree(answer.body());
        }
    }

    @Test
    void nothingOfAnotherOrganisationIsThere() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.usual()) {
            int upstreamPort = upstream.start(0);
            try (StartedAgency agency =
                    StartedAgency.on(AgencyFixture.folder("apart").resolve("data"), Map.of())) {
                agency.connect("scripted", "http://127.0.0.1:" + upstreamPort + "/v1", "sk-up");
                Owner first = owner(agency, invitation(agency));
                Owner second = owner(agency, organisation(agency));
                Map<String, String> things = things(agency, first);
                assertThat(things).allSatisfy((name, id) -> assertThat(id).isNotEmpty());
                List<Operation> operations = operations(agency);
                assertThat(operations).as("routes of the management API").hasSizeGreaterThan(40);

                listsShowNothing(operations, first, second, things);
                filtersFindNothing(second, things);
                idsAreNotThere(operations, second, things);
                everythingIsStillThere(operations, first, things);
            }
        }
    }

    private static void listsShowNothing(
            List<Operation> operations, Owner first, Owner second, Map<String, String> things) {
        List<String> seen = new ArrayList<>();
        for (Operation operation : operations) {
            if (!operation.method().equals("GET") || operation.path().contains("{")) {
                continue;
            }
            String shown = second.ask("GET", operation.path(), "").body();
            assertThat(shown).as("shown by " + operation).doesNotContainIgnoringCase(MARK);
            things.forEach((name, id) ->
                    assertThat(shown).as(name + " shown by " + operation).doesNotContain(id));
            String own = first.ask("GET", operation.path(), "").body();
            if (things.values().stream().anyMatch(own::contains)) {
                seen.add(operation.id());
            }
        }
        assertThat(seen)
                .as("lists in which this would have been seen")
                .contains(
                        "listUsers",
                        "listKeys",
                        "listProjects",
                        "listServiceAccounts",
                        "listInvitations",
                        "listSessions",
                        "listRequests",
                        "listEvents");
    }

    private static void filtersFindNothing(Owner second, Map<String, String> things) {
        for (String path :
                List.of(
                        "/api/v1/usage?group_by=key&key=" + things.get("key"),
                        "/api/v1/usage?group_by=project&project=" + things.get("project"),
                        "/api/v1/requests?key=" + things.get("key"),
                        "/api/v1/requests?project=" + things.get("project"),
                        "/api/v1/service-accounts?project=" + things.get("project"),
                        "/api/v1/keys?project=" + things.get("project"))) {
            HttpResponse<String> answer = second.ask("GET", path, "");
            assertThat(answer.body()).as(path).doesNotContainIgnoringCase(MARK);
            assertThat(JSON.readTree(answer.body()).path("items")).as(path).isEmpty();
        }
        assertThat(second.ask("GET", "/api/v1/sessions?user=" + things.get("user"), ""))
                .extracting(HttpResponse::statusCode)
                .isEqualTo(404);
        String project = things.get("project");
        String account = things.get("service account");
        makesNone(second, "keys", "{\"name\": \"k\", \"project\": \"" + project + "\"}");
        makesNone(second, "keys", "{\"name\": \"k\", \"service_account\": \"" + account + "\"}");
        makesNone(
                second, "service-accounts", "{\"name\": \"a\", \"project\": \"" + project + "\"}");
    }

    private static void makesNone(Owner owner, String where, String body) {
        HttpResponse<String> answer = owner.ask("POST", "/api/v1/" + where, body);
        assertThat(answer.statusCode()).as(where + " " + body + answer.body()).isEqualTo(400);
    }

    private static void idsAreNotThere(
            List<Operation> operations, Owner second, Map<String, String> things) {
        for (Operation operation : operations) {
            if (!operation.takesAnId() || NOBODYS.contains(operation.path())) {
                continue;
            }
            things.forEach((name, id) -> {
                HttpResponse<String> answer =
                        second.ask(
                                operation.method(),
                                operation.path().replace("{id}", id),
                                BODIES.getOrDefault(operation.id(), ""));
                assertThat(answer.statusCode())
                        .as(operation + " of " + name + ": " + answer.body())
                        .isEqualTo(404);
                assertThat(answer.body()).doesNotContainIgnoringCase(MARK);
            });
        }
    }

    /** The same walk by the first one's owner, what takes away last. */
    private static void everythingIsStillThere(
            List<Operation> operations, Owner first, Map<String, String> things) {
        List<String> order = List.of("GET", "POST", "PATCH", "PUT", "DELETE", "eraseUser");
        List<Operation> walk =
                operations.stream()
                        .filter(Operation::takesAnId)
                        .filter(operation -> !NOBODYS.contains(operation.path()))
                        .sorted(
                                Comparator.comparingInt(operation ->
                                        Math.max(
                                                order.indexOf(operation.method()),
                                                order.indexOf(operation.id()))))
                        .toList();
        for (Operation operation : walk) {
            List<Integer> statuses = new ArrayList<>();
            things.values()
                    .forEach(id ->
                            statuses.add(
                                    first.ask(
                                                    operation.method(),
                                                    operation.path().replace("{id}", id),
                                                    BODIES.getOrDefault(operation.id(), ""))
                                            .statusCode()));
            assertThat(statuses).as(operation + " by whose it is").anyMatch(status -> status < 300);
        }
    }

    /** One of everything that an organisation can have, by what it is. */
    private static Map<String, String> things(StartedAgency agency, Owner owner) throws Exception {
        Map<String, String> things = new LinkedHashMap<>();
        things.put(
                "user",
                id(
                        owner.done(
                                "POST",
                                "/api/v1/users",
                                "{\"name\": \"%s\", \"email\": \"%s@a.example\", \"role\": \"viewer\"}"
                                        .formatted(MARK, MARK))));
        String project = id(owner.done("POST", "/api/v1/projects", named()));
        things.put("project", project);
        things.put(
                "service account",
                id(
                        owner.done(
                                "POST",
                                "/api/v1/service-accounts",
                                "{\"name\": \"%s\", \"project\": \"%s\"}"
                                        .formatted(MARK, project))));
        things.put(
                "invitation",
                id(
                        owner.done(
                                "POST",
                                "/api/v1/invitations",
                                "{\"email\": \"%s@b.example\", \"role\": \"viewer\"}"
                                        .formatted(MARK))));
        JsonNode key =
                owner.done(
                        "POST",
                        "/api/v1/keys",
                        "{\"name\": \"%s\", \"project\": \"%s\"}".formatted(MARK, project));
        things.put("key", id(key));
        things.put(
                "budget",
                id(
                        owner.done(
                                "POST",
                                "/api/v1/budgets",
                                ("{\"name\": \"%s\", \"amount\": \"1\", \"mode\": \"soft\","
                                     + " \"scope\": {\"type\": \"project\", \"id\": \"%s\"}}")
                                        .formatted(MARK, project))));
        things.put(
                "session",
                owner.done("GET", "/api/v1/sessions", "")
                        .path("items")
                        .path(0)
                        .path("id")
                        .asString());
        things.put("request", request(agency, owner, key.path("key").asString()));
        return things;
    }

    /** A request that shows in the index of requests. */
    private static String request(StartedAgency agency, Owner owner, String key) throws Exception {
        HttpResponse<String> answer =
                agency.call(
                        "POST",
                        "/v1/chat/completions",
                        key,
                        "{\"model\": \"scripted\", \"messages\": [{\"role\": \"user\","
                                + " \"content\": \"hello\"}]}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        Await.within(
                Duration.ofMinutes(1), "the request is listed", () -> !requests(owner).isEmpty());
        return requests(owner).path(0).path("request").asString();
    }

    private static JsonNode requests(Owner owner) {
        return owner.done("GET", "/api/v1/requests", "").path("items");
    }

    /** Every operation of the management API in the program's own document. */
    private static List<Operation> operations(StartedAgency agency) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(agency.address() + "/openapi.yaml")).build();
        String document;
        try (HttpClient client = HttpClient.newHttpClient()) {
            document = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
        List<Operation> operations = new ArrayList<>();
        new YAMLMapper()
                .readTree(document)
                .path("paths")
                .forEachEntry((path, methods) ->
                        methods.forEachEntry((method, operation) -> {
                            if (path.startsWith("/api/v1/") && operation.has("operationId")) {
                                operations.add(
                                        new Operation(
                                                method.toUpperCase(java.util.Locale.ROOT),
                                                path,
                                                operation.path("operationId").asString()));
                            }
                        }));
        return operations;
    }

    private static String invitation(StartedAgency agency) {
        return agency.manage(
                        "POST",
                        "/api/v1/invitations",
                        "{\"email\": \"%s@acme.example\", \"role\": \"owner\"}".formatted(MARK))
                .path("token")
                .asString();
    }

    private static String organisation(StartedAgency agency) {
        return agency.manage(
                        "POST",
                        "/api/v1/organizations",
                        "{\"name\": \"Other\", \"owner_email\": \"eve@other.example\"}")
                .path("invitation")
                .path("token")
                .asString();
    }

    /** Comes in by an invitation and makes a key that may all that its owner may. */
    private static Owner owner(StartedAgency agency, String token) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> in =
                    client.send(
                            json(agency, "/api/v1/invitations/accept")
                                    .POST(
                                            BodyPublishers.ofString(
                                                    "{\"token\": \"%s\", \"name\": \"O\", \"password\": \"%s\"}"
                                                            .formatted(token, PASSWORD)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(in.statusCode()).as(in.body()).isEqualTo(201);
            String cookie = in.headers().firstValue("set-cookie").orElseThrow().split(";", 2)[0];
            HttpResponse<String> key =
                    client.send(
                            json(agency, "/api/v1/keys")
                                    .header("cookie", cookie)
                                    .header(
                                            "x-csrf-token",
                                            JSON.readTree(in.body()).path("csrf_token").asString())
                                    .POST(
                                            BodyPublishers.ofString(
                                                    "{\"name\": \"o\", \"kind\":"
                                                            + " \"administrator\"}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(key.statusCode()).as(key.body()).isEqualTo(201);
            return new Owner(agency, JSON.readTree(key.body()).path("key").asString());
        }
    }

    private static HttpRequest.Builder json(StartedAgency agency, String path) {
        return HttpRequest.newBuilder(URI.create(agency.address() + path))
                .header("content-type", "application/json");
    }

    private static String named() {
        return "{\"name\": \"" + MARK + "\"}";
    }

    private static String id(JsonNode thing) {
        return thing.path("id").asString();
    }
}
