package agency.platform.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fault.Fault;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SealedBoxTest {
    private static final SecretSource RANDOM = SecretSource.system();
    private final SealedBox box = new SealedBox(RANDOM.bytes(32), RANDOM);
    private final byte[] plain = "sk-secret".getBytes(StandardCharsets.UTF_8);

    @Test
    void opensWhatItSealed() {
        assertThat(
                        box.open(
                                box.seal(plain, "openai|https://api.openai.com"),
                                "openai|https://api.openai.com"))
                .isEqualTo(plain);
        assertThat(box.open(box.seal(new byte[0], ""), "")).isEmpty();
    }

    @Test
    void sealsTheSameContentDifferentlyEachTime() {
        assertThat(box.seal(plain, "a")).isNotEqualTo(box.seal(plain, "a"));
        assertThat(new String(box.seal(plain, "a"), StandardCharsets.ISO_8859_1))
                .doesNotContain("sk-secret");
    }

    @Test
    void staysClosedForAnotherAssociatedText() {
        byte[] sealed = box.seal(plain, "openai|https://api.openai.com");
        assertFault(
                () -> box.open(sealed, "openai|https://evil.example"), "belongs to something else");
    }

    @Test
    void staysClosedForAnotherKey() {
        SealedBox other = new SealedBox(RANDOM.bytes(32), RANDOM);
        assertFault(() -> other.open(box.seal(plain, "a"), "a"), "another master key");
    }

    @Test
    void staysClosedWhenAnyByteIsChanged() {
        byte[] sealed = box.seal(plain, "a");
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> box.open(changed, "a"))
                    .as("byte %d", i)
                    .isInstanceOf(Fault.class);
        }
    }

    @Test
    void staysClosedWhenCutShortOrOfAnUnknownVersion() {
        byte[] sealed = box.seal(plain, "a");
        assertFault(() -> box.open(java.util.Arrays.copyOf(sealed, 20), "a"), "cut short");
        sealed[0] = 9;
        assertFault(() -> box.open(sealed, "a"), "version");
    }

    @Test
    void refusesAKeyThatIsTooShort() {
        assertThatThrownBy(() -> new SealedBox(new byte[16], RANDOM))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertFault(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String says) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Fault.class, f -> assertThat(f.code()).isEqualTo("crypto.does-not-open"))
                .hasMessageContaining(says);
    }
}
