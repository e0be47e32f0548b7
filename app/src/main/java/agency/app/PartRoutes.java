package agency.app;

import agency.platform.house.House;
import agency.platform.house.Part;
import agency.platform.http.Answer;
import agency.platform.http.Permission;
import agency.platform.http.Route;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** {@code GET /api/v1/parts}: what the program is made of. */
final class PartRoutes {
    private final Supplier<House> house;

    PartRoutes(Supplier<House> house) {
        this.house = house;
    }

    List<Route> routes() {
        return List.of(
                Route.of(
                        HttpMethod.GET,
                        "/api/v1/parts",
                        "listParts",
                        Permission.INSTALLATION,
                        call -> all()));
    }

    private Answer all() {
        List<Map<String, Object>> items = new ArrayList<>();
        List<House.Standing> standings = house.get().standings();
        List<Part> parts = house.get().parts();
        for (int at = 0; at < parts.size(); at++) {
            Part part = parts.get(at);
            items.add(
                    Map.of(
                            "name", part.name(),
                            "state", standings.get(at).state().name().toLowerCase(Locale.ROOT),
                            "purpose", part.purpose(),
                            "uses", part.uses()));
        }
        return Answer.ok(Map.of("items", items));
    }
}
