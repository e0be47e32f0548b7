package agency.gateway.adapter.provider.local.engine;

import agency.gateway.adapter.provider.local.engine.EngineCommand.Cancel;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Load;
import agency.gateway.adapter.provider.local.engine.EngineCommand.Start;
import agency.gateway.adapter.provider.local.engine.EngineReport.Failed;
import agency.gateway.adapter.provider.local.engine.EngineReport.Loaded;
import agency.gateway.adapter.provider.local.engine.EngineReport.NotLoaded;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The child process: commands come on standard input, reports go to standard output, llama.cpp's
 * own words go to standard error. It ends when its standard input does, so it never outlives its
 * parent.
 *
 * <p>Commands are read on one thread, so that a cancellation is heard at once; everything native
 * happens on another.
 */
public final class EngineMain {
    /** Commands waiting; the parent sends one request at a time, so more is a bug of ours. */
    private static final int MAX_WAITING_COMMANDS = 64;

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int LOST_PARENT = 3;

    private final BlockingQueue<EngineCommand> waiting =
            new ArrayBlockingQueue<>(MAX_WAITING_COMMANDS);
    private final AtomicLong cancelled = new AtomicLong(Long.MIN_VALUE);
    private final Path natives;
    private final OutputStream out;
    private @Nullable Llama llama;

    private EngineMain(Path natives, OutputStream out) {
        this.natives = natives;
        this.out = out;
    }

    /** Serves until standard input ends. The one argument is the folder for unpacked libraries. */
    public static void main(String[] arguments) {
        OutputStream out =
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES);
        System.setOut(System.err);
        EngineMain engine = new EngineMain(Path.of(arguments[0]), out);
        Thread reader =
                new Thread(
                        () -> engine.read(new BufferedInputStream(System.in, BUFFER_BYTES)),
                        "commands");
        reader.setDaemon(true);
        reader.start();
        engine.serve();
    }

    private void read(InputStream in) {
        try {
            for (EngineCommand command = Frames.readCommand(in);
                    command != null;
                    command = Frames.readCommand(in)) {
                if (command instanceof Cancel(long request)) {
                    cancelled.accumulateAndGet(request, Math::max);
                } else {
                    waiting.add(command);
                }
            }
            Runtime.getRuntime().halt(0);
        } catch (IOException | RuntimeException e) {
            Runtime.getRuntime().halt(LOST_PARENT);
        }
    }

    private void serve() {
        while (true) {
            try {
                obey(waiting.take());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void obey(EngineCommand command) {
        switch (command) {
            case Load load -> report(loaded(load));
            case Start start -> answer(start);
            case Cancel(long request) -> cancelled.accumulateAndGet(request, Math::max);
        }
    }

    private EngineReport loaded(Load load) {
        long began = System.nanoTime();
        try {
            NativeLibrary.load(natives);
            Llama loaded = new Llama(load.path(), load.contextTokens(), load.threads());
            llama = loaded;
            return new Loaded(loaded.contextTokens(), (System.nanoTime() - began) / 1_000_000);
        } catch (LlamaFault e) {
            return new NotLoaded(String.valueOf(e.getMessage()));
        }
    }

    private void answer(Start start) {
        Llama loaded = llama;
        if (loaded == null) {
            report(new Failed(start.request(), "no model is loaded"));
            return;
        }
        try {
            new Generation(loaded, start, () -> cancelled.get() >= start.request(), this::report)
                    .run();
        } catch (LlamaFault e) {
            report(new Failed(start.request(), String.valueOf(e.getMessage())));
        }
    }

    private void report(EngineReport report) {
        try {
            Frames.write(out, report);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
