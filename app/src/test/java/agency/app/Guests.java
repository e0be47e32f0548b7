package agency.app;

import agency.kernel.fact.FactType;
import agency.kernel.fact.Personal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Facts of tests that have had three versions, with personal texts in each of them. */
final class Guests {
    /** Somebody came: as it was first stored. */
    record GuestCameV1(Personal name, int age) {
        GuestCameV2 up() {
            return new GuestCameV2(name, age, List.of());
        }
    }

    /** Somebody came, with others. */
    record GuestCameV2(Personal name, int years, List<Personal> with) {
        GuestCame up() {
            return new GuestCame(new Guest(name, years), with, null);
        }
    }

    /** Who came. */
    record Guest(Personal name, int years) {}

    /** Somebody came, with others, by some way. */
    record GuestCame(Guest guest, List<Personal> with, @Nullable String by) {}

    /** Somebody left: as it was first stored. */
    record GuestLeftV1(Personal name) {
        GuestLeftV2 up() {
            return new GuestLeftV2(name, "");
        }
    }

    /** Somebody left with some words. */
    record GuestLeftV2(Personal name, String words) {
        GuestLeft up() {
            return new GuestLeft(name, words.isEmpty() ? List.of() : List.of(words));
        }
    }

    /** Somebody left with many words. */
    record GuestLeft(Personal name, List<String> words) {}

    static final FactType<GuestCame> CAME =
            new FactType<>("test.guest.came", 1, GuestCameV1.class)
                    .then(GuestCameV2.class, GuestCameV1::up)
                    .then(GuestCame.class, GuestCameV2::up);
    static final FactType<GuestLeft> LEFT =
            new FactType<>("test.guest.left", 1, GuestLeftV1.class)
                    .then(GuestLeftV2.class, GuestLeftV1::up)
                    .then(GuestLeft.class, GuestLeftV2::up);

    /** Both. */
    static final List<FactType<?>> FACTS = List.of(CAME, LEFT);

    private Guests() {}
}
