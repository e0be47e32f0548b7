package agency.gateway.adapter.provider.local.chat;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The places for loaded models; who needs one asks the others to leave when they are idle. */
public final class Room {
    private final int places;
    private final Set<ChatModel> inside = new LinkedHashSet<>();

    /** Room for so many models at once. */
    public Room(int places) {
        this.places = places;
    }

    /** Waits for a place; false if none came free in time. */
    synchronized boolean enter(ChatModel model, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (inside.size() >= places && !inside.contains(model)) {
            inside.forEach(ChatModel::leaveSoon);
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        inside.add(model);
        return true;
    }

    synchronized void leave(ChatModel model) {
        inside.remove(model);
        notifyAll();
    }
}
