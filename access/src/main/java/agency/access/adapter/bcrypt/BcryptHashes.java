package agency.access.adapter.bcrypt;

import agency.access.domain.person.Password;
import agency.access.port.PasswordHashes;
import agency.kernel.fault.Fault;
import at.favre.lib.crypto.bcrypt.BCrypt;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * bcrypt (Provos and Mazières, 1999) with 2^12 rounds. It computes on threads of its own, so that
 * it holds up neither an event loop nor the carriers of virtual threads, and no more than {@link
 * #AT_ONCE} at a time, so that tries to sign in cannot take the whole machine.
 */
public final class BcryptHashes implements PasswordHashes {
    /** The logarithm of the number of rounds; kept in each hash, so that it can grow. */
    public static final int COST = 12;

    /** Most computations at a time. */
    static final int AT_ONCE = 2;

    /** Most that wait. */
    static final int MAX_WAITING = 64;

    private static final String NOBODY =
            "$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";

    private final ThreadPoolExecutor threads;

    /** Starts nothing until it is asked, and keeps no thread that has nothing to do. */
    public BcryptHashes() {
        this(MAX_WAITING);
    }

    BcryptHashes(int mostWaiting) {
        threads =
                new ThreadPoolExecutor(
                        AT_ONCE,
                        AT_ONCE,
                        10,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(mostWaiting),
                        Thread.ofPlatform().daemon().name("bcrypt-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public String hash(String password) {
        return compute(() -> BCrypt.withDefaults().hashToString(COST, password.toCharArray()));
    }

    @Override
    public boolean matches(String password, @Nullable String hash) {
        // What can be nobody's password costs as much as what could be.
        boolean isPossible = hash != null && Password.flaw(password).isEmpty();
        String tried = isPossible ? password : "nobody's";
        String against = hash == null ? NOBODY : hash;
        boolean isSame =
                compute(() -> BCrypt.verifyer().verify(tried.toCharArray(), against).verified);
        return isPossible && isSame;
    }

    private <T> T compute(Callable<T> work) {
        try {
            return threads.submit(work).get();
        } catch (RejectedExecutionException full) {
            throw Fault.passing(
                    "access.passwords-busy",
                    "Too many passwords are being compared already; try again.",
                    Map.of("waiting", Integer.toString(threads.getQueue().size())),
                    full);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Fault.passing("access.stopping", "Agency stops.", Map.of(), stopped);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("bcrypt failed", failed.getCause());
        }
    }
}
