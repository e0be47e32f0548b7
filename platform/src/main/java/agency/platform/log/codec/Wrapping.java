package agency.platform.log.codec;

/** What seals other keys: the box under the installation's master key. */
public interface Wrapping {
    /** Seals bytes together with what they belong to. */
    byte[] seal(byte[] plain, String associated);

    /** Opens them; throws a {@link agency.kernel.fault.Fault} when they are not whole. */
    byte[] open(byte[] sealed, String associated);
}
