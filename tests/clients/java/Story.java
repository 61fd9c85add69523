import java.nio.file.Files;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import sprechstunde.ApiClient;
import sprechstunde.ApiException;
import sprechstunde.api.AppointmentsApi;
import sprechstunde.api.AuthApi;
import sprechstunde.api.BookingApi;
import sprechstunde.api.DirectoryApi;
import sprechstunde.api.SetupApi;
import sprechstunde.model.AppointmentView;
import sprechstunde.model.BookBody;
import sprechstunde.model.CancelBody;
import sprechstunde.model.CounsellorBody;
import sprechstunde.model.FindBody;
import sprechstunde.model.HoldBody;
import sprechstunde.model.ProblemDocument;
import sprechstunde.model.RescheduleBody;
import sprechstunde.model.ScheduleBody;
import sprechstunde.model.ServiceBody;
import sprechstunde.model.ServicePatch;
import sprechstunde.model.ServiceView;
import sprechstunde.model.SlotPage;
import sprechstunde.model.SlotView;
import sprechstunde.model.TokenBody;

/** A story of booking, told with the client that openapi-generator generates for Java. */
final class Story {
    private static final UUID SITE = UUID.fromString("01900000-0001-7002-8000-000000000001");

    private final String api;

    private Story(String api) {
        this.api = api;
    }

    public static void main(String[] arguments) throws Exception {
        new Story(arguments[0]).tell();
    }

    private interface Call {
        Object answer() throws ApiException;
    }

    private static void expect(boolean holds, Object what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static void same(Object expected, Object actual) {
        expect(expected.equals(actual), expected + " was expected: " + actual);
    }

    private ProblemDocument refused(int status, Call call) throws Exception {
        try {
            throw new AssertionError(status + " was expected: " + call.answer());
        } catch (ApiException refusal) {
            same(status, refusal.getCode());
            var json = nobody().getObjectMapper();
            var problem = json.readValue(refusal.getResponseBody(), ProblemDocument.class);
            same(status, problem.getStatus());
            return problem;
        }
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    private ApiClient nobody() {
        var client = new ApiClient();
        client.updateBaseUri(api);
        return client;
    }

    private ApiClient signIn(String role) throws ApiException {
        var body =
                new TokenBody()
                        .email(role + "@poliklinik-leipzig.example")
                        .password("sprechstunde-demo");
        var token = new AuthApi(nobody()).createToken(body).getAccessToken();
        return nobody()
                .setRequestInterceptor(
                        request -> request.header("Authorization", "Bearer " + token));
    }

    private ServiceView setUp(ApiClient administrator, ApiClient coordinator) throws ApiException {
        var me = new AuthApi(coordinator).getMe();
        var organisation = me.getMemberships().get(0).getOrganisationId();
        var setup = new SetupApi(administrator);
        var service =
                setup.createService(
                        new ServiceBody()
                                .organisationId(organisation)
                                .name(Map.of("de", "Sprechstunde in Java"))
                                .topic("java")
                                .format("individual")
                                .modalities(List.of("phone", "in_person"))
                                .lengthMinutes(30L)
                                .published(true),
                        key());
        var counsellor =
                setup.createCounsellor(
                        new CounsellorBody()
                                .organisationId(organisation)
                                .displayName("Duke Beispiel"),
                        key());
        var schedule =
                new SetupApi(coordinator)
                        .createSchedule(
                                new ScheduleBody()
                                        .organisationId(organisation)
                                        .counsellorId(counsellor.getId())
                                        .siteId(SITE)
                                        .serviceIds(List.of(service.getId()))
                                        .modalities(List.of("phone"))
                                        .rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU")
                                        .starts("09:00")
                                        .ends("11:00")
                                        .validFrom(LocalDate.now().plusDays(1))
                                        .opensOnHolidays(true),
                                key());
        same(counsellor.getId(), schedule.getCounsellorId());
        return service;
    }

    /** A merge patch sets a field, null removes it, and what is left out stays. */
    private void change(ApiClient administrator, ServiceView service) throws Exception {
        var setup = new SetupApi(administrator);
        var patch = new ServicePatch().description(Map.of("de", "Am Telefon")).maxPerWeek(100L);
        var changed = setup.updateService(service.getId(), service.getEtag(), patch, false);
        same("Am Telefon", changed.getDescription().get("de"));
        same(service.getModalities(), changed.getModalities());

        var without = new ServicePatch().description(null);
        Call stale = () -> setup.updateService(service.getId(), service.getEtag(), without, false);
        same("version-conflict", refused(412, stale).getCode());
        var left = setup.updateService(service.getId(), changed.getEtag(), without, false);
        expect(left.getDescription() == null, left);
        same(100, left.getMaxPerWeek());
        var read = new DirectoryApi(administrator).getService(service.getId());
        same(left.getEtag(), read.getEtag());
    }

    /** All free slots, page by page. */
    private List<SlotView> free(ServiceView service) throws ApiException {
        var booking = new BookingApi(nobody());
        var slots = new ArrayList<SlotView>();
        String cursor = null;
        int pages = 0;
        do {
            SlotPage page =
                    booking.listSlots(
                            service.getId(), null, null, null, null, null, null, null, null, null,
                            null, null, null, null, null, 5, cursor);
            slots.addAll(page.getItems());
            cursor = page.getNextCursor();
            pages++;
        } while (cursor != null);
        expect(pages > 2, pages);
        same(slots.size(), slots.stream().map(SlotView::getId).distinct().toList().size());
        return slots;
    }

    private AppointmentView book(SlotView slot) throws ApiException {
        var booking = new BookingApi(nobody());
        var hold = booking.createHold(key(), new HoldBody().slotId(slot.getId()));
        same(slot.getStartsAt(), hold.getSlot().getStartsAt());
        var body = new BookBody().holdId(hold.getId()).holdToken(hold.getToken());
        var once = key();
        var appointment = booking.bookAppointment(once, body);
        same(appointment, booking.bookAppointment(once, body));
        same("booked", appointment.getStatus());
        expect(appointment.getClient() == null, appointment);
        return appointment;
    }

    private static Set<UUID> ids(List<AppointmentView> appointments) {
        return appointments.stream().map(AppointmentView::getId).collect(Collectors.toSet());
    }

    private void tell() throws Exception {
        var administrator = signIn("administrator");
        var coordinator = signIn("coordinator");
        var service = setUp(administrator, coordinator);
        change(administrator, service);
        var slots = free(service);
        var first = slots.get(0);
        var second = slots.get(1);
        var appointment = book(first);
        var id = appointment.getId();
        var secret = appointment.getSecret();

        var booking = new BookingApi(nobody());
        var again = new BookBody().slotId(first.getId());
        same("slot-taken", refused(409, () -> booking.bookAppointment(key(), again)).getCode());
        var nameless = refused(400, () -> booking.bookAppointment("again", again));
        same("Idempotency-Key", nameless.getErrors().get(0).getHeader());

        var there = new RescheduleBody().slotId(second.getId());
        var moved = booking.rescheduleAppointment(id, there, secret, key());
        same(second.getStartsAt(), moved.getStartsAt());
        var entry = booking.getAppointmentCalendar(id, secret);
        expect(Files.readString(entry.toPath()).startsWith("BEGIN:VCALENDAR"), entry);

        var reason = new CancelBody().reason("another time");
        var ended = booking.cancelAppointment(id, reason, secret, key());
        same(List.of("cancelled", "visitor"), List.of(ended.getStatus(), ended.getCancelledBy()));
        var shown = new FindBody().code(appointment.getCode()).secret(secret);
        same("another time", booking.findAppointment(shown).getCancelReason());

        var desk = new AppointmentsApi(coordinator);
        var from = second.getStartsAt();
        var listed = desk.listAppointments(from, null, List.of("booked", "cancelled"), null, null, 200, null);
        expect(ids(listed.getItems()).contains(id), "is not listed: " + id);
        var others = desk.listAppointments(from, null, List.of("booked", "completed"), null, null, 200, null);
        expect(!ids(others.getItems()).contains(id), "is listed: " + id);
    }
}
