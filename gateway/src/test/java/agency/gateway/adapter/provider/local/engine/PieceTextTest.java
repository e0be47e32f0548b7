package agency.gateway.adapter.provider.local.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PieceTextTest {
    @Test
    void givesWholeCharactersOnly() {
        byte[] bytes = "a😀é".getBytes(StandardCharsets.UTF_8);
        PieceText text = new PieceText(List.of());
        StringBuilder out = new StringBuilder();
        for (byte b : bytes) {
            String piece = text.add(new byte[] {b});
            assertThat(piece).doesNotContain("\ufffd");
            out.append(piece);
        }
        assertThat(out.append(text.finish()).toString()).isEqualTo("a😀é");
    }

    @Test
    void replacesACharacterThatNeverBecomesWhole() {
        PieceText text = new PieceText(List.of());
        assertThat(text.add(new byte[] {'a', (byte) 0xf0, (byte) 0x9f})).isEqualTo("a");
        assertThat(text.finish()).isEqualTo("\ufffd");
    }

    @Test
    void holdsBackWhatMayBecomeAStopTextAndNeverGivesIt() {
        String source = "one STOX two STOP three";
        for (int step = 1; step < source.length(); step++) {
            PieceText text = new PieceText(List.of("STOP", "never"));
            StringBuilder out = new StringBuilder();
            for (int at = 0; at < source.length() && !text.stopped(); at += step) {
                String piece = source.substring(at, Math.min(source.length(), at + step));
                out.append(text.add(piece.getBytes(StandardCharsets.UTF_8)));
            }
            assertThat(text.stopped()).isTrue();
            assertThat(out.append(text.finish()).toString()).isEqualTo("one STOX two ");
            assertThat(text.add(new byte[] {'x'})).isEmpty();
        }
    }

    @Test
    void givesWhatWasHeldBackWhenNoStopTextComes() {
        PieceText text = new PieceText(List.of("STOP"));
        assertThat(text.add("a ST".getBytes(StandardCharsets.UTF_8))).isEqualTo("a ");
        assertThat(text.finish()).isEqualTo("ST");
    }

    @Test
    void findsTheLikeliest() {
        assertThat(Likelihood.likeliest(new float[] {1, 5, 3, 5, 4}, 3)).containsExactly(1, 3, 4);
        assertThat(Likelihood.likeliest(new float[] {1}, 3)).containsExactly(0);
        assertThat(Likelihood.likeliest(new float[] {1, 2}, 0)).isEmpty();
    }

    @Test
    void saysHowToGetWhatIsMissing() {
        assertThat(NativeLibrary.explained("libgomp.so.1: cannot open shared object file"))
                .contains("libgomp1")
                .contains("apt install");
        assertThat(NativeLibrary.explained("wrong ELF class")).contains("wrong ELF class");
        assertThat(NativeLibrary.resource("Linux", "aarch64"))
                .isEqualTo("/de/kherud/llama/Linux/aarch64/libjllama.so");
        assertThat(NativeLibrary.resource("Mac OS X", "aarch64"))
                .isEqualTo("/de/kherud/llama/Mac/aarch64/libjllama.dylib");
        assertThat(NativeLibrary.resource("Windows 11", "amd64"))
                .isEqualTo("/de/kherud/llama/Windows/x86_64/jllama.dll");
    }
}
