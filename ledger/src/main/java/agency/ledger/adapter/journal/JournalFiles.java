package agency.ledger.adapter.journal;

import agency.kernel.fault.Fault;
import agency.ledger.api.LedgerSettings;
import agency.ledger.port.JournalReading;
import agency.ledger.port.Journals;
import agency.ledger.port.UsageJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The journals below one folder, each in a folder of its own that bears its name. */
public final class JournalFiles implements Journals {
    private static final Logger LOG = LoggerFactory.getLogger(JournalFiles.class);

    /** Most journals recovered in one start. */
    private static final int MAX_DEAD = 1_000;

    private final Path root;
    private final LedgerSettings settings;
    private final LongSupplier salts;

    /**
     * The journals below this folder.
     *
     * @param root the folder; made when it is missing
     * @param settings how large and how many files may be
     * @param salts random bits, for the checksums
     */
    public JournalFiles(Path root, LedgerSettings settings, LongSupplier salts) {
        this.root = root;
        this.settings = settings;
        this.salts = salts;
    }

    @Override
    public UsageJournal open(String name) {
        try {
            Path path = Files.createDirectories(root.resolve(name));
            @Nullable JournalFolder folder = JournalFolder.lock(path);
            if (folder == null) {
                throw fault("The usage journal is held by another process.", path, null);
            }
            if (!folder.files().isEmpty()) {
                folder.close();
                throw fault("The usage journal has been written before.", path, null);
            }
            MappedJournal journal =
                    new MappedJournal(
                            folder,
                            settings.journalSegmentKib() * 1024,
                            settings.journalSegments(),
                            settings.openAttempts(),
                            salts);
            journal.start();
            return journal;
        } catch (IOException e) {
            throw fault("The usage journal cannot be made.", root, e);
        }
    }

    @Override
    public List<Dead> dead() {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        List<Dead> dead = new ArrayList<>();
        try (Stream<Path> folders = Files.list(root)) {
            for (Path path : folders.filter(Files::isDirectory).sorted().limit(MAX_DEAD).toList()) {
                @Nullable JournalFolder folder = JournalFolder.lock(path);
                if (folder != null) {
                    dead.add(new DeadJournal(folder));
                }
            }
        } catch (IOException e) {
            dead.forEach(Dead::close);
            throw fault("The usage journals cannot be listed.", root, e);
        }
        return dead;
    }

    private static Fault fault(String sentence, Path path, @Nullable Exception cause) {
        return Fault.lasting(
                "ledger.journal-unusable", sentence, Map.of("folder", path.toString()), cause);
    }

    private static final class DeadJournal implements Dead {
        private final JournalFolder folder;

        DeadJournal(JournalFolder folder) {
            this.folder = folder;
        }

        @Override
        public String name() {
            return String.valueOf(folder.path().getFileName());
        }

        @Override
        public JournalReading read() {
            TreeMap<Integer, SegmentFile> segments = new TreeMap<>();
            try {
                for (Path path : folder.files()) {
                    @Nullable SegmentFile segment = SegmentFile.open(path);
                    if (segment != null) {
                        segments.put(segment.number(), segment);
                    } else {
                        LOG.warn(
                                "usage journal {}: {} is not a journal file and is passed over",
                                name(),
                                path.getFileName());
                    }
                }
            } catch (IOException e) {
                segments.values().forEach(SegmentFile::close);
                throw fault("A usage journal cannot be read.", folder.path(), e);
            }
            return new JournalReader(new DeadFiles(segments)) {
                @Override
                public void close() {
                    segments.values().forEach(SegmentFile::close);
                }
            };
        }

        @Override
        public void delete() {
            folder.delete();
        }

        @Override
        public void close() {
            folder.close();
        }
    }

    /** Nothing of a dead journal is deleted before all of it is posted. */
    private record DeadFiles(TreeMap<Integer, SegmentFile> segments)
            implements JournalReader.Files {
        @Override
        public @Nullable SegmentFile after(int number) {
            Map.@Nullable Entry<Integer, SegmentFile> next = segments.higherEntry(number);
            return next == null ? null : next.getValue();
        }

        @Override
        public boolean complete() {
            return true;
        }

        @Override
        public boolean crowded() {
            return false;
        }

        @Override
        public void delete(SegmentFile segment) {
            // Kept: the recovery may be killed, and is then done again from the start.
        }

        @Override
        public void allPosted(boolean all) {
            // The recovery itself says when it is done.
        }
    }
}
