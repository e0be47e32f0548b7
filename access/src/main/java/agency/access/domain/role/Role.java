package agency.access.domain.role;

import java.util.Locale;

/** What a person is in an organisation; what each may do stands in {@link RoleTable}. */
public enum Role {
    /** May all that can be done in the organisation. */
    OWNER,
    /** Manages people and keys. */
    ADMIN,
    /** Builds with keys of projects. */
    DEVELOPER,
    /** Watches that it runs. */
    OPERATOR,
    /** Looks at usage and requests. */
    ANALYST,
    /** Looks. */
    VIEWER;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
