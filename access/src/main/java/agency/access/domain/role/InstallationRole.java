package agency.access.domain.role;

import java.util.Locale;

/** What a person is beyond the organisation; what each may do stands in {@link RoleTable}. */
public enum InstallationRole {
    /** Runs the installation: providers, models, prices. */
    OPERATOR,
    /** Reads and verifies the log. */
    AUDITOR;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
