package agency.access.adapter.http;

import agency.access.port.TextKeys;
import agency.access.view.account.ServiceAccountRegister;
import agency.access.view.invitation.InvitationRegister;
import agency.access.view.key.KeyRegister;
import agency.access.view.member.MemberRegister;
import agency.access.view.organisation.OrganisationRegister;
import agency.access.view.personal.PersonalFacts;
import agency.access.view.project.ProjectRegister;
import agency.access.view.session.SessionRegister;
import agency.kernel.fact.Recorded;
import agency.platform.http.Answer;
import agency.platform.http.Call;
import agency.platform.http.Handler;
import agency.platform.http.Paging;
import agency.platform.http.Problem;
import agency.platform.http.Route;
import agency.platform.log.EventLog;
import agency.platform.log.Moments;
import agency.platform.projection.MemoryView;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;

/**
 * Time travel: the same routes over views that were fed up to an earlier point of the log. Nothing
 * of the rendering is written twice, and what a person may see is decided by what he may now.
 */
final class Earlier {
    /** The parameter of the query. */
    static final String PARAMETER = "as_of";

    /** The header that says as of when an answer is. */
    static final String HEADER = "agency-as-of";

    /** What can be asked for as of a moment. */
    static final Set<String> OPERATIONS =
            Set.of(
                    "listKeys",
                    "readKey",
                    "readOrganization",
                    "listUsers",
                    "readUser",
                    "listInvitations",
                    "readInvitation",
                    "listOrganizations",
                    "readOneOrganization",
                    "listProjects",
                    "readProject",
                    "listServiceAccounts",
                    "readServiceAccount");

    /** Points that are kept at hand. */
    private static final int KEPT = 4;

    /** Facts read at once. */
    private static final int READ = 10_000;

    /** Most facts that are read for one point. */
    private static final long MOST_FACTS = 2_000_000;

    /** How long a call waits while another one's point is built. */
    private static final long WAIT_SECONDS = 20;

    private final EventLog log;
    private final Moments moments;
    private final InstantSource clock;
    private final BiFunction<AccessRoutes.Views, InstantSource, List<Route>> routes;
    private final ReentrantLock building = new ReentrantLock();
    private final Map<List<Long>, Map<String, Handler.Blocking>> kept =
            new LinkedHashMap<>(8, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(
                        Map.Entry<List<Long>, Map<String, Handler.Blocking>> eldest) {
                    return size() > KEPT;
                }
            };

    /**
     * Time travel over a log.
     *
     * @param routes makes the routes over some views at some time
     */
    Earlier(
            EventLog log,
            InstantSource clock,
            BiFunction<AccessRoutes.Views, InstantSource, List<Route>> routes) {
        this.log = log;
        this.moments = new Moments(log);
        this.clock = clock;
        this.routes = routes;
    }

    /** These routes, able to answer as of an earlier moment where that makes sense. */
    List<Route> able(List<Route> live) {
        return live.stream().map(this::able).toList();
    }

    private Route able(Route route) {
        if (!(route.handler() instanceof Handler.Blocking handler)) {
            return route;
        }
        boolean travels = OPERATIONS.contains(route.operation());
        Handler.Blocking able =
                call -> {
                    String asked = call.query(PARAMETER).orElse(null);
                    if (asked == null) {
                        return handler.handle(call);
                    }
                    if (!travels) {
                        throw Paging.wrong(
                                PARAMETER,
                                HttpMethod.GET.equals(route.method())
                                        ? "is not for this: it is only as it is now"
                                        : "is for reading only: what was cannot be changed");
                    }
                    return earlier(route.operation(), asked, call);
                };
        return new Route(
                route.method(),
                route.path(),
                route.operation(),
                route.permission(),
                route.costly(),
                able);
    }

    private Answer earlier(String operation, String asked, Call call) throws Exception {
        Moments.Point point = point(asked);
        Handler.Blocking handler = handlers(point).get(operation);
        if (handler == null) {
            throw new IllegalStateException("no handler is called " + operation);
        }
        Answer answer = handler.handle(call);
        Map<String, String> headers = new HashMap<>(answer.headers());
        // It is no state that a change could be made to.
        headers.remove("etag");
        headers.put(HEADER, point.toString());
        return new Answer(answer.status(), headers, answer.body());
    }

    private Moments.Point point(String asked) {
        try {
            return moments.point(asked, clock.instant());
        } catch (Moments.NoSuchPoint no) {
            throw Paging.wrong(PARAMETER, String.valueOf(no.getMessage()));
        }
    }

    private Map<String, Handler.Blocking> handlers(Moments.Point point)
            throws InterruptedException {
        if (!building.tryLock(WAIT_SECONDS, TimeUnit.SECONDS)) {
            throw new Problem(
                    503,
                    "as-of-busy",
                    "Another moment is being looked up",
                    "Facts are being read for another moment. Try again in some seconds.");
        }
        try {
            Map<String, Handler.Blocking> known = kept.get(point.positions());
            if (known == null) {
                known = built(point);
                kept.put(point.positions(), known);
            }
            return known;
        } finally {
            building.unlock();
        }
    }

    private Map<String, Handler.Blocking> built(Moments.Point point) {
        AccessRoutes.Views views =
                new AccessRoutes.Views(
                        new KeyRegister(() -> true),
                        new SessionRegister(),
                        new OrganisationRegister(),
                        new MemberRegister(),
                        new InvitationRegister(),
                        new ProjectRegister(),
                        new ServiceAccountRegister(),
                        new PersonalFacts(new NoKeys()));
        List<MemoryView> fed =
                List.of(
                        views.keys(),
                        views.organisations(),
                        views.members(),
                        views.invitations(),
                        views.projects(),
                        views.accounts());
        Set<String> categories = new HashSet<>();
        fed.forEach(view -> categories.addAll(view.categories()));
        long read = 0;
        for (int lane = 0; lane < point.positions().size(); lane++) {
            long upTo = point.positions().get(lane);
            long after = 0;
            while (after < upTo) {
                List<Recorded> facts = log.lane(lane, after, upTo, READ, categories);
                for (Recorded fact : facts) {
                    feed(fed, fact);
                }
                read += facts.size();
                if (read > MOST_FACTS) {
                    throw new Problem(
                            422,
                            "as-of-too-much",
                            "Too much has happened until then",
                            "More than "
                                    + MOST_FACTS
                                    + " facts would have to be read. Restore a backup of that"
                                    + " time instead.");
                }
                after = facts.size() < READ ? upTo : facts.getLast().position().value();
            }
        }
        Instant at = point.at();
        Map<String, Handler.Blocking> handlers = new HashMap<>();
        for (Route route : routes.apply(views, () -> at)) {
            if (route.handler() instanceof Handler.Blocking blocking) {
                handlers.put(route.operation(), blocking);
            }
        }
        return handlers;
    }

    /** Views of the past destroy nothing. */
    private static final class NoKeys implements TextKeys {
        @Override
        public void destroy(int tenant, UUID person) {
            throw new IllegalStateException("nothing is destroyed in the past");
        }

        @Override
        public void forget() {
            // It holds none.
        }
    }

    /** As the live views: what one cannot take in is not for it alone to stop the others. */
    private static void feed(List<MemoryView> views, Recorded fact) {
        for (MemoryView view : views) {
            if (view.categories().contains(fact.stream().category())) {
                view.apply(fact);
            }
        }
    }
}
