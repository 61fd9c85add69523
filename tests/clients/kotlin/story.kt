// A story of booking, told in Kotlin with the client that openapi-generator generates for the JVM.

import java.nio.file.Files
import java.time.LocalDate
import java.util.UUID
import sprechstunde.ApiClient
import sprechstunde.ApiException
import sprechstunde.api.AppointmentsApi
import sprechstunde.api.AuthApi
import sprechstunde.api.BookingApi
import sprechstunde.api.DirectoryApi
import sprechstunde.api.SetupApi
import sprechstunde.model.AppointmentView
import sprechstunde.model.BookBody
import sprechstunde.model.CancelBody
import sprechstunde.model.CounsellorBody
import sprechstunde.model.FindBody
import sprechstunde.model.HoldBody
import sprechstunde.model.ProblemDocument
import sprechstunde.model.RescheduleBody
import sprechstunde.model.ScheduleBody
import sprechstunde.model.ServiceBody
import sprechstunde.model.ServicePatch
import sprechstunde.model.ServiceView
import sprechstunde.model.SlotView
import sprechstunde.model.TokenBody

val SITE: UUID = UUID.fromString("01900000-0001-7002-8000-000000000001")

fun key(): String = UUID.randomUUID().toString()

fun <T> same(expected: T, actual: T) = check(expected == actual) { "$expected was expected: $actual" }

class Story(private val api: String) {
    private fun nobody() = ApiClient().apply { updateBaseUri(api) }

    private fun signIn(role: String): ApiClient {
        val body = TokenBody().email("$role@poliklinik-leipzig.example").password("sprechstunde-demo")
        val token = AuthApi(nobody()).createToken(body).accessToken
        return nobody().setRequestInterceptor { it.header("Authorization", "Bearer $token") }
    }

    private fun refused(status: Int, call: () -> Any?): ProblemDocument {
        val refusal =
            try {
                error("$status was expected: ${call()}")
            } catch (refusal: ApiException) {
                refusal
            }
        same(status, refusal.code)
        return nobody().objectMapper.readValue(refusal.responseBody, ProblemDocument::class.java)
    }

    private fun setUp(administrator: ApiClient, coordinator: ApiClient): ServiceView {
        val organisation = AuthApi(coordinator).me.memberships.first().organisationId
        val setup = SetupApi(administrator)
        val service =
            setup.createService(
                ServiceBody()
                    .organisationId(organisation)
                    .name(mapOf("de" to "Sprechstunde in Kotlin"))
                    .topic("kotlin")
                    .format("individual")
                    .modalities(listOf("phone", "in_person"))
                    .lengthMinutes(30)
                    .published(true),
                key(),
            )
        val counsellor =
            setup.createCounsellor(
                CounsellorBody().organisationId(organisation).displayName("Kodee Beispiel"),
                key(),
            )
        SetupApi(coordinator)
            .createSchedule(
                ScheduleBody()
                    .organisationId(organisation)
                    .counsellorId(counsellor.id)
                    .siteId(SITE)
                    .serviceIds(listOf(service.id))
                    .modalities(listOf("phone"))
                    .rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU")
                    .starts("09:00")
                    .ends("11:00")
                    .validFrom(LocalDate.now().plusDays(1))
                    .opensOnHolidays(true),
                key(),
            )
        return service
    }

    /** A merge patch sets a field, null removes it, and what is left out stays. */
    private fun change(administrator: ApiClient, service: ServiceView) {
        val setup = SetupApi(administrator)
        val patch = ServicePatch().description(mapOf("de" to "Am Telefon")).maxPerWeek(100)
        val changed = setup.updateService(service.id, service.etag, patch, false)
        same("Am Telefon", changed.description?.get("de"))
        same(service.modalities, changed.modalities)
        val without = ServicePatch().description(null)
        val stale = refused(412) { setup.updateService(service.id, service.etag, without, false) }
        same("version-conflict", stale.code)
        val left = setup.updateService(service.id, changed.etag, without, false)
        same(null, left.description)
        same(100, left.maxPerWeek)
        same(left.etag, DirectoryApi(administrator).getService(service.id).etag)
    }

    /** All free slots, page by page. */
    private fun free(service: ServiceView): List<SlotView> {
        val page = { cursor: String? ->
            BookingApi(nobody())
                .listSlots(
                    service.id, null, null, null, null, null, null, null, null, null,
                    null, null, null, null, null, 5, cursor,
                )
        }
        val pages = generateSequence(page(null)) { last -> last.nextCursor?.let(page) }.toList()
        check(pages.size > 2)
        val slots = pages.flatMap { it.items }
        same(slots.size, slots.distinctBy { it.id }.size)
        return slots
    }

    private fun book(slot: SlotView): AppointmentView {
        val booking = BookingApi(nobody())
        val hold = booking.createHold(key(), HoldBody().slotId(slot.id))
        same(slot.startsAt, hold.slot.startsAt)
        val body = BookBody().holdId(hold.id).holdToken(hold.token)
        val once = key()
        val appointment = booking.bookAppointment(once, body)
        same(appointment, booking.bookAppointment(once, body))
        same("booked", appointment.status)
        return appointment
    }

    fun tell() {
        val (administrator, coordinator) = listOf("administrator", "coordinator").map(::signIn)
        val service = setUp(administrator, coordinator)
        change(administrator, service)
        val (first, second) = free(service)
        val appointment = book(first)
        val (id, secret) = appointment.id to checkNotNull(appointment.secret)

        val booking = BookingApi(nobody())
        val again = BookBody().slotId(first.id)
        same("slot-taken", refused(409) { booking.bookAppointment(key(), again) }.code)
        val nameless = refused(400) { booking.bookAppointment("again", again) }
        same("Idempotency-Key", nameless.errors.first().header)

        val there = RescheduleBody().slotId(second.id)
        same(second.startsAt, booking.rescheduleAppointment(id, there, secret, key()).startsAt)
        val entry = Files.readString(booking.getAppointmentCalendar(id, secret).toPath())
        check(entry.startsWith("BEGIN:VCALENDAR"))

        val reason = CancelBody().reason("another time")
        val ended = booking.cancelAppointment(id, reason, secret, key())
        same("cancelled" to "visitor", ended.status to ended.cancelledBy)
        val shown = FindBody().code(appointment.code).secret(secret)
        same("another time", booking.findAppointment(shown).cancelReason)

        for ((other, isListed) in listOf("cancelled" to true, "completed" to false)) {
            val statuses = listOf("booked", other)
            val desk = AppointmentsApi(coordinator)
            val day = desk.listAppointments(second.startsAt, null, statuses, null, null, 200, null)
            same(isListed, day.items.any { it.id == id })
        }
    }
}

fun main(arguments: Array<String>) = Story(arguments.first()).tell()
