package agency.access.adapter.http;

import agency.access.domain.key.KeyEvent.AdministratorKeyIssued;
import agency.access.domain.key.KeyEvent.ProjectKeyIssued;
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
 * @param project a project key's project
 * @param models the only models it may use; absent for all
 * @param cap the most it may ever spend, in units of the currency; absent for none of its own
 * @param key its text, only in the answer that created it
 */
record KeyDocument(
        UUID id,
        @Nullable String name,
        String kind,
        String state,
        @Nullable UUID project,
        @Nullable List<String> models,
        @Nullable String cap,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable String key) {

    /** A key as it stands at this moment. */
    static KeyDocument of(KeyCard card, Instant now) {
        return switch (card.issued()) {
            case ProjectKeyIssued key ->
                    of(card, now, "project", key.project(), key.models(), key.cap());
            case AdministratorKeyIssued key ->
                    of(card, now, "administrator", null, List.of(), null);
        };
    }

    private static KeyDocument of(
            KeyCard card,
            Instant now,
            String kind,
            @Nullable UUID project,
            List<String> models,
            @Nullable Nanos cap) {
        return new KeyDocument(
                card.id(),
                card.issued().name().text(),
                kind,
                card.standing(now).name().toLowerCase(Locale.ROOT),
                project,
                models.isEmpty() ? null : models,
                cap == null ? null : cap.units(),
                card.issued().at(),
                card.issued().expires(),
                card.revokedAt(),
                null);
    }

    /** The same with the key's text. */
    KeyDocument withKey(String text) {
        return new KeyDocument(
                id, name, kind, state, project, models, cap, createdAt, expiresAt, revokedAt, text);
    }
}
