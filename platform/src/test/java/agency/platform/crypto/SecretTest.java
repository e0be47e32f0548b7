package agency.platform.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SecretTest {
    @Test
    void neverShowsItself() {
        record Holder(Secret password) {}
        assertThat(new Holder(Secret.of("hunter2")).toString()).doesNotContain("hunter2");
        assertThat(Secret.of("hunter2").reveal()).isEqualTo("hunter2");
        assertThat(Secret.of("").isEmpty()).isTrue();
    }

    @Test
    void isEqualByContent() {
        assertThat(Secret.of("a")).isEqualTo(Secret.of("a")).hasSameHashCodeAs(Secret.of("a"));
        assertThat(Secret.of("a")).isNotEqualTo(Secret.of("b"));
    }

    @Test
    void digestsAsTheStandardsSay() {
        assertThat(Digests.sha256Hex("abc".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        // RFC 4231, test case 2
        assertThat(
                        HexFormat.of()
                                .formatHex(
                                        Digests.hmacSha256(
                                                "Jefe".getBytes(StandardCharsets.UTF_8),
                                                "what do ya want for nothing?"
                                                        .getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assertThat(Digests.same("a", "a")).isTrue();
        assertThat(Digests.same("a", "ab")).isFalse();
        assertThat(Digests.sha256("abc")).hasSize(32);
    }

    @Test
    void makesTokensOf256BitsThatNeverRepeat() {
        SecretSource source = SecretSource.system();
        assertThat(source.token())
                .hasSize(43)
                .matches("[A-Za-z0-9_-]+")
                .isNotEqualTo(source.token());
    }
}
