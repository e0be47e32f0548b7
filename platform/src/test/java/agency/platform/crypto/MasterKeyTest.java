package agency.platform.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agency.kernel.fault.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterKeyTest {
    private static final SecretSource RANDOM = SecretSource.system();

    @TempDir Path folder;

    @Test
    void makesItsFileForItsOwnerOnlyAndReadsItAgain() throws Exception {
        Path file = folder.resolve("config/agency/master.key");
        MasterKey made = MasterKey.at(file, folder.resolve("data"), RANDOM);
        MasterKey read = MasterKey.at(file, folder.resolve("data"), RANDOM);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(read.derive("a")).isEqualTo(made.derive("a")).hasSize(32);
        assertThat(Files.list(file.getParent())).containsExactly(file);
    }

    @Test
    void refusesAFileOthersCanReadAndNamesTheFix() throws Exception {
        Path file = folder.resolve("master.key");
        MasterKey.at(file, folder.resolve("data"), RANDOM);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> MasterKey.at(file, folder.resolve("data"), RANDOM))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("chmod 600 " + file);
    }

    @Test
    void refusesToLieInTheDataDirectory() {
        assertThatThrownBy(() ->
                        MasterKey.at(folder.resolve("data/x/../k"), folder.resolve("data"), RANDOM))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("must not lie in the data directory");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void readsBase64Base64UrlAndHexadecimal() {
        byte[] key = new byte[32];
        java.util.Arrays.fill(key, (byte) 0xfb);
        byte[] derived = MasterKey.of(Secret.of(HexFormat.of().formatHex(key))).derive("p");
        assertThat(MasterKey.of(Secret.of(Base64.getEncoder().encodeToString(key))).derive("p"))
                .isEqualTo(derived);
        assertThat(
                        MasterKey.of(
                                        Secret.of(
                                                Base64.getUrlEncoder()
                                                        .withoutPadding()
                                                        .encodeToString(key)))
                                .derive("p"))
                .isEqualTo(derived);
    }

    @Test
    void refusesWhatIsNoKeyWithoutShowingIt() {
        assertThatThrownBy(() -> MasterKey.of(Secret.of("hunter2")))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("32 random bytes")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void derivesADifferentKeyForEachPurpose() {
        MasterKey key = MasterKey.of(Secret.of("00".repeat(32)));
        assertThat(key.derive("providers")).isNotEqualTo(key.derive("people"));
        assertThat(key.toString()).doesNotContain("00");
    }

    @Test
    void liesUnderTheConfigurationHome() {
        Path home = Path.of("/home/u");
        assertThat(MasterKey.usualFile(Map.of(), home))
                .isEqualTo(Path.of("/home/u/.config/agency/master.key"));
        assertThat(MasterKey.usualFile(Map.of("XDG_CONFIG_HOME", "/x"), home))
                .isEqualTo(Path.of("/x/agency/master.key"));
    }
}
