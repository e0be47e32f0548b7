package agency.access.adapter.http;

import agency.access.domain.key.KeyEvent;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
import agency.access.domain.key.KeyTerms;
import agency.access.domain.role.InstallationRole;
import agency.access.domain.role.Role;
import agency.access.domain.role.Standing;
import agency.access.view.key.KeyCard;
import agency.kernel.money.Nanos;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key as the management API shows it.
 *
 * @param name what people call it; absent once erased
 * @param role an administrator key's role in the organisation
 * @param installationRole an administrator key's role in the installation; absent for none
 * @param project a project key's project
 * @param models the only models it may use; absent for all
 * @param cap the most it may ever spend, in units of the currency; absent for none of its own
 * @param networks the only networks from which it may be used; absent for all
 * @param serviceAccount the service account that it belongs to; absent for none
 * @param overlapUntil until when the text before the present one lets in too; absent when none does
 * @param key its text, only in the answer that created it
 */
record KeyDocument(
        UUID id,
        @Nullable String name,
        String kind,
        String state,
        @Nullable Role role,
        @Nullable InstallationRole installationRole,
        @Nullable UUID project,
        @Nullable UUID serviceAccount,
        @Nullable List<String> models,
        @Nullable List<String> networks,
        @Nullable String cap,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant overlapUntil,
        @Nullable Instant revokedAt,
        @Nullable String key) {

    /** A key as it stands at this moment. */
    static KeyDocument of(KeyCard card, Instant now) {
        return switch (card.issued()) {
            case ProjectKeyIssued key -> of(card, now, "project", null, key.cap());
            case KeyEvent.Administrating key ->
                    of(card, now, "administrator", key.standing(), null);
        };
    }

    private static KeyDocument of(
            KeyCard card,
            Instant now,
            String kind,
            @Nullable Standing standing,
            @Nullable Nanos cap) {
        KeyTerms terms = card.terms();
        return new KeyDocument(
                card.id(),
                terms.name().text(),
                kind,
                card.standing(now).name().toLowerCase(Locale.ROOT),
                standing == null ? null : standing.role(),
                standing == null ? null : standing.installation(),
                card.project(),
                terms.account(),
                terms.models().isEmpty() ? null : terms.models(),
                terms.networks().isEmpty() ? null : terms.networks(),
                cap == null ? null : cap.units(),
                card.issued().at(),
                terms.expires(),
                overlapUntil(terms, now),
                card.revokedAt(),
                null);
    }

    private static @Nullable Instant overlapUntil(KeyTerms terms, Instant now) {
        KeyTerms.Overlap overlap = terms.overlap();
        return overlap != null && now.isBefore(overlap.until()) ? overlap.until() : null;
    }

    /** The same with the key's text. */
    KeyDocument withKey(String text) {
        return new KeyDocument(
                id,
                name,
                kind,
                state,
                role,
                installationRole,
                project,
                serviceAccount,
                models,
                networks,
                cap,
                createdAt,
                expiresAt,
                overlapUntil,
                revokedAt,
                text);
    }
}
