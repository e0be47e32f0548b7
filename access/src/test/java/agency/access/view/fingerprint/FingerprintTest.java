package agency.access.view.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class FingerprintTest {
    @Test
    void isTheSha256OfFips180() {
        assertThat(Fingerprint.of("abc").hex())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void isReadBackAsItWasWritten() {
        Fingerprint one = Fingerprint.of("one");
        assertThat(Fingerprint.parse(one.hex())).isEqualTo(one).hasSameHashCodeAs(one);
    }

    @Test
    void differsInWhicheverBitDiffers() {
        Fingerprint zero = new Fingerprint(0, 0, 0, 0);
        assertThat(zero)
                .isNotEqualTo(new Fingerprint(1, 0, 0, 0))
                .isNotEqualTo(new Fingerprint(0, 1, 0, 0))
                .isNotEqualTo(new Fingerprint(0, 0, 1, 0))
                .isNotEqualTo(new Fingerprint(0, 0, 0, 1));
    }

    @Test
    void refusesWhatIsNoSha256() {
        assertThatIllegalArgumentException().isThrownBy(() -> Fingerprint.parse("abcd"));
    }
}
