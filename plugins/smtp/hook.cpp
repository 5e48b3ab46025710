#include "hook.hpp"

#include <optional>

#include "answer.hpp"
#include "dakiya/text.hpp"
#include "dakiya/utf8.hpp"
#include "mail.hpp"
#include "unsubscribe.hpp"

namespace smtp {

using namespace dakiya;

namespace {

constexpr std::size_t longest_text = 20'000;  // bytes of an answer's text

// "msg_" and 13 characters: the shape of our references, wherever they stand.
std::string ref_in(std::string_view text) {
    constexpr std::string_view prefix = "msg_";
    constexpr std::size_t size = 17;
    for (std::size_t at = text.find(prefix); at != text.npos; at = text.find(prefix, at + 1)) {
        const std::string_view ref = text.substr(at, size);
        const auto end = ref.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz", prefix.size());
        const bool longer = at + size < text.size() && ((text[at + size] >= 'a' && text[at + size] <= 'z') ||
                                                        (text[at + size] >= '0' && text[at + size] <= '9'));
        if (ref.size() == size && end == ref.npos && !longer) return std::string(ref);
    }
    return {};
}

// "rfc822; a@example.com" → "a@example.com"
std::string typed_address(std::string_view field) {
    const std::size_t semicolon = field.find(';');
    return address_in(semicolon == field.npos ? field : field.substr(semicolon + 1));
}

// The mail that a report is about, as far as it came back: whole, or its header.
Fields returned_header(const Part& report) {
    if (const Part* mail = report.find("message/rfc822"); mail && !mail->parts.empty())
        return mail->parts[0].header;
    for (const char* type : {"text/rfc822-headers", "message/rfc822-headers"})
        if (const Part* part = report.find(type)) {
            const std::string text = part->text();
            std::string_view rest = text;
            return Fields::take(rest);
        }
    return {};
}

std::string without_brackets(std::string_view id) {
    id = trimmed(id);
    if (!id.empty() && id.front() == '<') id.remove_prefix(1);
    if (!id.empty() && id.back() == '>') id.remove_suffix(1);
    return std::string(id);
}

// The first that knows it: the envelope's id, the returned header, the address that the bounce came to.
std::string ref_of(const Part& mail, const Fields& envelope, const Fields& returned) {
    for (const std::string& place :
         {envelope.value("original-envelope-id"), returned.value("message-id"), mail.header.value("to"),
          mail.header.value("delivered-to"), mail.header.value("x-original-to")})
        if (std::string ref = ref_in(lower(place)); !ref.empty()) return ref;
    return {};
}

// ---- delivery reports -------------------------------------------------------------------------------------

struct Told {
    std::string action, status, diagnostic, address;
};

Told read_recipient(const Fields& fields) {
    Told told;
    told.action = lower(fields.value("action"));
    const std::string status = fields.value("status");
    told.status = status.substr(0, status.find_first_of(" (\t"));
    const std::string diagnostic = fields.value("diagnostic-code");
    const std::size_t semicolon = diagnostic.find(';');
    told.diagnostic =
        decoded(trimmed(semicolon == std::string::npos ? std::string_view(diagnostic)
                                                       : std::string_view(diagnostic).substr(semicolon + 1)));
    told.address = typed_address(fields.value("original-recipient"));
    if (told.address.empty()) told.address = typed_address(fields.value("final-recipient"));
    return told;
}

std::optional<Event> status_event(const Told& told, const std::string& ref, const std::string& id,
                                  std::int64_t at) {
    if (ref.empty() && id.empty() && told.address.empty()) return std::nullopt;
    std::optional<Event> event;
    if (told.action == "failed") {
        event = Event::status(id, Status::failed, at);
        Error error = classify("report", 0, told.status.empty() ? "5.0.0" : told.status, told.diagnostic);
        // A report is the last word: nobody tries again after it.
        if (error.cls == "throttled") error = {"recipient", error.code, error.text};
        event->error(error);
    } else if (told.action == "delivered") {
        event = Event::status(id, Status::delivered, at);
    } else {
        return std::nullopt;  // delayed, relayed and expanded change nothing
    }
    event->ref(ref).address(told.address).dedupe((ref.empty() ? id + told.address : ref) + ':' + told.action);
    return event;
}

// RFC 3464 2.1: fields about the message, then about each recipient.
std::vector<Event> delivery_events(const Part& mail, const Part& status) {
    const Fields returned = returned_header(mail);
    const std::string text = status.text();
    std::string_view rest = text;
    const Fields envelope = Fields::take(rest);
    const std::string ref = ref_of(mail, envelope, returned);
    const std::string id = without_brackets(returned.value("message-id"));
    const std::int64_t at = read_date(mail.header.value("date"));
    std::vector<Event> events;
    while (!trimmed(rest).empty() && events.size() < 100) {
        const std::string_view before = rest;
        const Fields fields = Fields::take(rest);
        if (rest.size() == before.size()) break;  // no fields any more
        if (fields.empty()) continue;
        if (auto event = status_event(read_recipient(fields), ref, id, at))
            events.push_back(*std::move(event));
    }
    return events;
}

// Exim's bounces are no reports, but name the address in a field.
// https://www.exim.org/exim-html-current/doc/html/spec_html/ch-customizing_messages.html
std::vector<Event> exim_events(const Part& mail) {
    const std::string text = mail.text();
    std::string ref = ref_of(mail, {}, {});
    if (ref.empty()) ref = ref_in(text);
    Told told{"failed", "", "", address_in(mail.header.value("x-failed-recipients"))};
    told.diagnostic = text.substr(0, 300);
    for (std::size_t at = text.find("5."); at != std::string::npos && told.status.empty();
         at = text.find("5.", at + 1)) {
        const std::string word = text.substr(at, text.find_first_not_of("0123456789.", at) - at);
        const std::size_t dot = word.find('.', 2);
        if (dot != std::string::npos && dot > 2 && dot + 1 < word.size() && word.size() <= 9)
            told.status = word;
    }
    const auto event = status_event(told, ref, "", read_date(mail.header.value("date")));
    return event ? std::vector<Event>{*event} : std::vector<Event>();
}

// ---- people -----------------------------------------------------------------------------------------------

Event stop(const std::string& address, std::int64_t at) { return Event::consent(address, false, at); }

// RFC 5965. Who complained is often blacked out; our own link in the returned header still knows.
std::vector<Event> complaint_events(const Account& account, const Part& mail, const Part& report) {
    const std::string text = report.text();
    std::string_view rest = text;
    const Fields fields = Fields::take(rest);
    const Fields returned = returned_header(mail);
    const std::string kind = lower(fields.value("feedback-type"));
    if (kind == "not-spam") return {Event::other("somebody took back a complaint")};
    std::string address;
    const std::string links = returned.value("list-unsubscribe");
    const std::size_t open = links.find('<');
    if (open != std::string::npos)
        address =
            address_of_link(account, links.substr(open + 1, links.find('>', open) - open - 1)).value_or("");
    for (const std::string& place : {fields.value("original-rcpt-to"), returned.value("to")})
        if (address.empty()) address = typed_address(place);
    if (address.empty()) return {Event::other("a complaint that does not say whose it is")};
    Event event = stop(address, read_date(mail.header.value("date")));
    event.set("reason", kind == "opt-out" ? "opt-out" : "complaint");
    event.dedupe("complaint:" + address + ':' + ref_in(lower(returned.value("message-id"))));
    return {std::move(event)};
}

bool is_automatic(const Fields& header) {
    const std::string automatic = lower(header.value("auto-submitted"));
    return (!automatic.empty() && automatic != "no") || header.value("return-path") == "<>" ||
           !header.value("x-autoreply").empty();
}

std::vector<Event> person_events(const Part& mail) {
    const std::string from = address_in(mail.header.value("from"));
    if (from.empty()) return {};
    if (is_automatic(mail.header)) return {Event::other("an automatic answer from a mailbox")};
    const std::int64_t at = read_date(mail.header.value("date"));
    const std::string id = without_brackets(mail.header.value("message-id"));
    const std::string subject = decoded(mail.header.value("subject"));
    if (lower(std::string(trimmed(subject))).rfind("unsubscribe", 0) == 0) {
        Event event = stop(from, at);
        event.dedupe("unsubscribe:" + from + ':' + id);
        return {std::move(event)};
    }
    Event event = Event::inbound(id, from, at);
    event.sender(address_in(mail.header.value("to"))).dedupe(id.empty() ? "" : id + ":inbound");
    const Part* const body = mail.find("text/plain");
    std::string text = body ? body->text() : std::string();
    if (text.size() > longest_text) {
        text.resize(longest_text);
        while (!text.empty() && !is_utf8(text)) text.pop_back();
    }
    event.text(std::string(trimmed(text))).reply_to(without_brackets(mail.header.value("in-reply-to")));
    if (!subject.empty()) event.message("raw", Json{{"subject", subject}});
    return {std::move(event)};
}

}  // namespace

std::vector<Event> read_hook(const Account& account, const Inbound& in) {
    if (in.method() != "POST") return {};
    if (const auto address = address_of_link(account, in.url())) {
        Event event = stop(*address, in.now());
        event.dedupe("link:" + *address + ':' + in.query("m"));
        return {std::move(event)};
    }
    const Part mail = read_mail(in.body());
    if (mail.header.value("from").empty())
        throw Fault(DK_BAD_INPUT, "this is not a mail: send the raw message, header and body");
    if (const Part* report = mail.find("message/feedback-report"))
        return complaint_events(account, mail, *report);
    for (const char* type : {"message/delivery-status", "message/global-delivery-status"})
        if (const Part* report = mail.find(type)) return delivery_events(mail, *report);
    if (!mail.header.value("x-failed-recipients").empty()) return exim_events(mail);
    return person_events(mail);
}

}  // namespace smtp
