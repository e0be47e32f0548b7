package agency.access.api;

import agency.platform.config.Setting;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whose JWTs let in at the management API: section {@code jwt}. */
public record JwtSettings(
        @Setting(
                        doc =
                                "Who issues the tokens, exactly as their `iss` says. Without it no"
                                        + " JWT lets in.")
                @Nullable String issuer,
        @Setting(doc = "For whom the tokens are, as their `aud` says; needed with an issuer.")
                @Nullable String audience,
        @Setting(
                        doc =
                                "Where the issuer's keys are (JWKS, RFC 7517). Without it the"
                                        + " issuer's /.well-known/openid-configuration is asked.")
                @Nullable URI keys,
        @Setting(
                        doc =
                                "The claim that holds the role in the organisation, or several of"
                                        + " which the first known one counts.",
                        def = "agency_role")
                String roleClaim,
        @Setting(
                        doc = "The claim that holds the role in the installation, if one does.",
                        def = "agency_installation_role")
                String installationRoleClaim,
        @Setting(
                        doc =
                                "The claim that holds the organisation's number. A token without it"
                                        + " is of organisation 1.",
                        def = "agency_organization")
                String organizationClaim,
        @Setting(
                        doc =
                                "What the issuer's own words for roles mean, such as"
                                        + " `platform-team=admin`; Agency's own need no entry.")
                List<String> roles) {
    /** No issuer. */
    public static final JwtSettings NONE =
            new JwtSettings(
                    null,
                    null,
                    null,
                    "agency_role",
                    "agency_installation_role",
                    "agency_organization",
                    List.of());

    /** Refuses an issuer without an audience, and an entry that names no role. */
    public JwtSettings {
        roles = List.copyOf(roles);
        if (issuer != null && audience == null) {
            throw new IllegalArgumentException(
                    "audience must be set with issuer: otherwise a token for another program would"
                            + " let in here");
        }
        for (String entry : roles) {
            if (!entry.matches("[^=]+=(owner|admin|developer|operator|analyst|viewer)")) {
                throw new IllegalArgumentException(
                        "roles must be entries such as platform-team=admin, not `" + entry + "`");
            }
        }
    }
}
