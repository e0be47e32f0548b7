package agency.access.domain.membership;

import agency.access.domain.role.Standing;
import java.util.Set;

/** Why not. */
public sealed interface MembershipRefusal {
    /** The person is no member and never was. */
    record NoMember() implements MembershipRefusal {}

    /** The person is a member already. */
    record AlreadyMember() implements MembershipRefusal {}

    /** An organisation cannot be without an owner. */
    record LastOwner() implements MembershipRefusal {}

    /** More members than {@code most}. */
    record TooManyMembers(int most) implements MembershipRefusal {}

    /** The standing allows what whoever asks may not do himself; {@code missing} names it. */
    record BeyondOwn(Standing standing, Set<String> missing) implements MembershipRefusal {}

    /** It is not any more what whoever asks has seen. */
    record Changed() implements MembershipRefusal {}
}
