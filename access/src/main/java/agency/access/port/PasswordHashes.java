package agency.access.port;

import org.jspecify.annotations.Nullable;

/**
 * Makes and compares hashes of passwords, slowly on purpose. Both methods block for about a quarter
 * of a second and throw a passing {@link agency.kernel.fault.Fault} when too many wait already.
 */
public interface PasswordHashes {
    /**
     * A hash of a password, with a salt of its own.
     *
     * @param password one that {@link agency.access.domain.person.Password#flaw} has no word about
     */
    String hash(String password);

    /**
     * Whether a password is the one of a hash. Takes as long when it is not, and as long when there
     * is no hash: whoever waits cannot tell whether somebody is known.
     *
     * @param password any text; one that can be nobody's matches nothing
     * @param hash what {@link #hash} made; null when nobody is known
     */
    boolean matches(String password, @Nullable String hash);
}
