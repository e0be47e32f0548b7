package agency.access.domain.role;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Who may do what: the only place that says so. What does not stand here is allowed to nobody. */
public final class RoleTable {
    private static final String TABLE =
            """
            permission             owner  admin  developer  operator  analyst  viewer | operator  auditor
            organization.read        x      x        x         x         x       x    |    x         x
            organization.write       x      -        -         -         -       -    |    -         -
            organizations.read       -      -        -         -         -       -    |    x         x
            organizations.write      -      -        -         -         -       -    |    x         -
            projects.read            x      x        x         x         x       x    |    -         x
            projects.write           x      x        -         -         -       -    |    -         -
            service-accounts.read    x      x        x         x         -       x    |    -         x
            service-accounts.write   x      x        x         -         -       -    |    -         -
            sessions.read            x      x        x         x         x       x    |    x         x
            sessions.write           x      x        x         x         x       x    |    x         x
            keys.read                x      x        x         x         -       x    |    -         x
            keys.write               x      x        x         -         -       -    |    -         -
            users.read               x      x        -         -         -       -    |    -         x
            users.write              x      x        -         -         -       -    |    -         -
            people.export            x      x        -          -         -       -   |    -         -
            people.erase             x      -        -          -         -       -   |    -         -
            usage.read               x      x        x         x         x       x    |    -         x
            requests.read            x      x        x         x         x       -    |    -         x
            models.read              x      x        x         x         x       x    |    x         x
            models.write             -      -        -         -         -       -    |    x         -
            providers.read           x      x        x         x         -       -    |    x         x
            providers.write          -      -        -         -         -       -    |    x         -
            prices.read              x      x        x         x         x       x    |    x         x
            prices.write             -      -        -         -         -       -    |    x         -
            budgets.read             x      x        x         x         x       x    |    -         x
            budgets.write            x      x        -         -         -       -    |    -         -
            events.read              x      -        -         -         -       -    |    x         x
            audit.read               x      x        -          -         -       -   |    x         x
            events.verify            -      -        -         -         -       -    |    x         x
            installation.read        -      -        -          -         -       -   |    x         x
            projections.rebuild      -      -        -         -         -       -    |    x         -
            projections.retry        -      -        -         -         -       -    |    x         -
            projections.rollback     -      -        -         -         -       -    |    x         -
            """;

    private static final Set<String> NAMES = new HashSet<>();
    private static final Map<Role, Set<String>> ROLES = new EnumMap<>(Role.class);
    private static final Map<InstallationRole, Set<String>> INSTALLATION =
            new EnumMap<>(InstallationRole.class);

    static {
        List<Set<String>> columns = new ArrayList<>();
        for (Role role : Role.values()) {
            columns.add(ROLES.computeIfAbsent(role, r -> new HashSet<>()));
        }
        for (InstallationRole role : InstallationRole.values()) {
            columns.add(INSTALLATION.computeIfAbsent(role, r -> new HashSet<>()));
        }
        List<List<String>> rows = TABLE.lines().map(RoleTable::cells).toList();
        List<String> heads =
                Stream.concat(Stream.of(Role.values()), Stream.of(InstallationRole.values()))
                        .map(Object::toString)
                        .toList();
        if (!rows.getFirst().subList(1, rows.getFirst().size()).equals(heads)) {
            throw new IllegalStateException("the columns must be " + heads);
        }
        for (List<String> row : rows.subList(1, rows.size())) {
            NAMES.add(row.getFirst());
            for (int column = 0; column < columns.size(); column++) {
                if (row.get(column + 1).equals("x")) {
                    columns.get(column).add(row.getFirst());
                }
            }
        }
    }

    private RoleTable() {}

    /** The names of all permissions that there are. */
    public static Set<String> names() {
        return Set.copyOf(NAMES);
    }

    /** The names of all that somebody may. */
    public static Set<String> permissions(Standing standing) {
        Set<String> both = new HashSet<>(ROLES.getOrDefault(standing.role(), Set.of()));
        if (standing.installation() != null) {
            both.addAll(INSTALLATION.getOrDefault(standing.installation(), Set.of()));
        }
        return both;
    }

    private static List<String> cells(String row) {
        return Stream.of(row.replace('|', ' ').strip().split(" +", -1)).toList();
    }
}
