#include "reports.hpp"

#include <array>
#include <cstdlib>

#include "answer.hpp"
#include "dakiya/sms.hpp"
#include "dakiya/text.hpp"

namespace twofactor {

using dakiya::Event;
using dakiya::Fault;
using dakiya::Form;
using dakiya::Inbound;
using dakiya::Json;
using dakiya::JsonError;
using dakiya::lower;
using dakiya::Next;
using dakiya::Reply;
using dakiya::Status;
using dakiya::Turn;

namespace {

constexpr std::size_t largest_report = 64 * 1024;
constexpr std::size_t most_ids = 15;  // an operation has 16 turns

struct Row {
    std::string_view word;
    Status status;
    const char* cls = "";  // of a failure
};

// REJECTED is the operator's or DLT's no; UNDELIVERABLE, EXPIRED and FAILED are the handset's or the
// network's.
constexpr std::array<Row, 11> words{{
    {"DELIVERED", Status::delivered},
    {"SENT", Status::sent},
    {"ACCEPTED", Status::sent},
    {"PENDING", Status::sent},
    {"FAILED", Status::failed, "provider"},
    {"UNDELIVERED", Status::failed, "provider"},
    {"UNDELIVERABLE", Status::failed, "provider"},
    {"EXPIRED", Status::failed, "provider"},
    {"REJECTED", Status::failed, "policy"},
    {"DLT-CNT-REJECT", Status::failed, "template"},
    {"DND", Status::failed, "policy"},
}};

const Row* find_word(std::string_view word) {
    for (const Row& row : words)
        if (row.word == word) return &row;
    return nullptr;
}

std::string explained(std::string_view word, std::string description) {
    if (word == "DLT-CNT-REJECT")
        return "DLT refused it: the text differs from the registered template, or the header is not linked "
               "to it";
    return description.empty() ? "2Factor reports " + std::string(word) : std::move(description);
}

Event event_of(const Row& row, const std::string& id, const std::string& address, std::string description,
               bool permanent = false) {
    Event event = Event::status(id, row.status);
    event.address(address);
    if (row.status != Status::failed) return event;
    if (const auto found = dakiya::sms::scrubbed(description))  // DLT's own number says more than the word
        return event.error({found->cls, std::to_string(found->code), std::move(description)});
    const bool handset = permanent && std::string_view(row.cls) == "provider";
    return event.error({handset ? "recipient" : row.cls, std::string(row.word),
                        explained(row.word, std::move(description))});
}

// "DELIVERED (USR_BUSY)": the call was made and nobody heard the code.
Event voice_event(const std::string& id, const std::string& address, const std::string& status) {
    const std::string word = status.substr(0, status.find(' '));
    if (const std::size_t open = status.find('('); open != status.npos) {
        Event event = Event::status(id, Status::failed);
        event.address(address).error({"provider", status.substr(open + 1, status.find(')') - open - 1),
                                      "the call was not answered: " + status});
        return event;
    }
    const Row* row = find_word(word);
    return row ? event_of(*row, id, address, "")
               : Event::other("voice report of 2Factor with the status \"" + status + '"');
}

// What stands between <name> and </name>; the report has no attributes, entities or nesting of equal names,
// and whatever else comes is not followed.
std::string_view element(std::string_view xml, const std::string& name) {
    const std::string opening = '<' + name + '>', closing = "</" + name + '>';
    const std::size_t open = xml.find(opening);
    const std::size_t close = open == xml.npos ? xml.npos : xml.find(closing, open);
    if (close == xml.npos) return {};
    return xml.substr(open + opening.size(), close - open - opening.size());
}

std::optional<Event> read_report(const std::string& id, const Reply& reply) {
    if (!reply.ok() || reply.body().size() > largest_report) return std::nullopt;
    const std::string_view log = element(reply.body(), "smsLog");
    if (element(log, "logStatus") != "valid") return std::nullopt;
    const Row* row = find_word(element(element(element(log, "sms"), "smsStatus"), "statusDesc"));
    if (!row) return std::nullopt;
    return event_of(*row, id, "", "");
}

dakiya::Http ask(const Account& account, const Json& ids, std::size_t index) {
    dakiya::Http http = account.get("/ADDON_SERVICES/RPT/TSMS/" + dakiya::percent(ids.at(index).text()));
    http.max_reply(largest_report).then("report", std::to_string(index));
    return http;
}

}  // namespace

std::vector<Event> read_callback(const Account& account, const Inbound& in) {
    const Form& form = in.form();
    const std::string id = form.value("SessionId");
    if (id.empty()) throw JsonError("this is no report of 2Factor: it has no SessionId");
    if (const std::string* status = form.find("SmsStatus")) {
        const Row* row = find_word(form.value("StatusName") == "DLT-CNT-REJECT" ? "DLT-CNT-REJECT" : *status);
        if (!row)
            return {Event::other("SMS report of 2Factor with the status \"" + *status + "\" for " + id)};
        std::string text = form.value("ErrorGroupId", "0") == "0" ? form.value("StatusDescription")
                                                                  : form.value("ErrorDescription");
        return {event_of(*row, id, address_of(form.value("SmsTo")), account.without_key(std::move(text)),
                         lower(form.value("ErrorPermanent")) == "true")};
    }
    const std::string address = address_of(form.value("To"));
    if (form.value("mode") == "VOICE_OTP")
        return {voice_event(id, address, form.value("callDetailStatus", form.value("Status")))};
    const std::string status = form.value("Status");
    const Row* row = find_word(status);
    if (!row)
        return {Event::other("one-time code report of 2Factor with the status \"" + status + "\" for " + id)};
    return {event_of(*row, id, address, "")};
}

Next poll(const Account& account, const Turn& turn) {
    const Json& ids = turn.input().at("ids");
    if (ids.size() > most_ids)
        throw Fault(DK_BAD_INPUT, "2Factor is asked for at most 15 messages at a time");
    if (!turn.reply()) return ids.empty() ? Next::done() : Next(ask(account, ids, 0));
    const auto index = static_cast<std::size_t>(std::strtoul(std::string(turn.memo()).c_str(), nullptr, 10));
    if (index >= ids.size()) throw Fault(DK_BAD_INPUT, "the memo is not of this operation");
    Next next = index + 1 < ids.size() ? Next(ask(account, ids, index + 1)) : Next::done();
    if (const auto event = read_report(ids.at(index).text(), *turn.reply())) next.event(*event);
    return next;
}

}  // namespace twofactor
