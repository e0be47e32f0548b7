package agency.access.domain.role;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What somebody is here.
 *
 * @param role in the organisation
 * @param installation in the installation; null for nothing
 */
public record Standing(Role role, @Nullable InstallationRole installation) {
    /** What whoever opened the installation is: may everything. */
    public static final Standing FOUNDER = new Standing(Role.OWNER, InstallationRole.OPERATOR);

    /** The names of all that this allows. */
    public Set<String> permissions() {
        return RoleTable.permissions(this);
    }

    /** The names of what this allows beyond those, in order; empty when there are none. */
    public Set<String> beyond(Set<String> may) {
        Set<String> missing = new TreeSet<>(permissions());
        missing.removeAll(may);
        return missing;
    }

    /** As people read it, such as {@code owner and installation operator}. */
    @Override
    public String toString() {
        return installation == null ? role.toString() : role + " and installation " + installation;
    }
}
