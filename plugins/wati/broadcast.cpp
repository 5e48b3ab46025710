#include "broadcast.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "answer.hpp"
#include "dakiya/time.hpp"
#include "dakiya/waba.hpp"
#include "template.hpp"

namespace wati {

using dakiya::Error;
using dakiya::Event;
using dakiya::Http;
using dakiya::Json;
using dakiya::Next;
using dakiya::Recipient;
using dakiya::Reply;
using dakiya::Send;
using dakiya::Status;
using dakiya::Turn;
using dakiya::waba::lower;
using dakiya::waba::Refused;

namespace {

// ---- sending

// Throws Refused.
Json recipient_of(const Send& in, const Recipient& to) {
    constexpr std::size_t longest_ref = 64;
    const std::string target = target_of(to.address);
    if (target.empty())
        throw Refused("the recipient must be a number with + and its country code, or a WhatsApp user ID",
                      "recipient");
    if (to.ref.size() > longest_ref) throw Refused("our reference has more than 64 bytes", "plugin");
    Json out = Json::object();
    out.set(dakiya::waba::is_user_id(target) ? "target" : "phone_number", target);
    if (!to.ref.empty()) out.set("local_message_id", to.ref);
    out.set("custom_params", custom_params(in.template_->components, to));
    return out;
}

// "{first reference}-{last reference}": our references grow, so the name tells which messages may be inside
// when the answer, with the broadcast's id, is lost.
constexpr char range_mark = '-';

std::string broadcast_name(const Send& in, const std::vector<const Recipient*>& people) {
    const auto [first, last] = std::minmax_element(
        people.begin(), people.end(), [](const Recipient* a, const Recipient* b) { return a->ref < b->ref; });
    return (*first)->ref.empty() ? in.key : (*first)->ref + range_mark + (*last)->ref;
}

bool may_hold(const std::string& name, const std::string& ref) {
    const std::size_t mark = name.find(range_mark);
    return mark != name.npos && name.compare(0, mark, ref) <= 0 && ref <= name.substr(mark + 1);
}

// ---- the answer

// Errors of one row are texts, or objects with a text.
std::optional<Error> error_of_row(const Json& row) {
    if (!row["errors"].is_array() || row["errors"].empty()) return std::nullopt;
    const Json& first = row["errors"].at(0);
    if (!first.is_object()) return error_of_words(first.scalar(), "recipient");
    std::string text;
    for (const char* name : {"message", "error", "description"})
        if (text.empty() && first[name].is_string()) text = first[name].text();
    Error error = error_of_words(text, "recipient");
    error.code = first["code"].scalar();
    return error;
}

using Rows = std::map<std::string, const Json*>;

// By our reference, and by number for rows that came back without it: nobody is twice in a call.
Rows rows_by_key(const Json& rows) {
    Rows found;
    for (const Json& row : rows)
        for (const char* name : {"local_message_id", "phone_number", "target"})
            if (const std::string key = row[name].scalar(); !key.empty()) found.emplace(key, &row);
    return found;
}

const Json* row_of(const Rows& rows, const Recipient& to) {
    for (const std::string& key : {to.ref, target_of(to.address)})
        if (const auto row = rows.find(key); !key.empty() && row != rows.end()) return row->second;
    return nullptr;
}

void read_recipients(Next& next, const std::vector<const Recipient*>& people, const Json& body,
                     const Send& in) {
    const Rows rows = rows_by_key(body["recipients"]);
    const std::string id = body["broadcast_id"].scalar();
    for (const Recipient* to : people) {
        const auto index = static_cast<std::size_t>(to - in.to.data());
        const Json* row = row_of(rows, *to);
        if (!row)
            next.failed(index, {"recipient", "missing", "WATI left this recipient out as not valid"});
        else if (const auto error = error_of_row(*row))
            next.failed(index, *error);
        else
            next.sent(index, id);
    }
}

// ---- settle

constexpr const char* page_size = "100";
constexpr int most_turns = 14;  // of the 16 that an operation has

Http ask_broadcasts(const Account& account) {
    Http http = account.get("/broadcasts");
    if (!account.channel.empty()) http.query("channel", account.channel);
    http.query("page_number", "1").query("page_size", page_size).then("broadcasts");
    return http;
}

// What is left to look through, in the memo: the broadcasts, the first of them from that page on.
struct Search {
    std::vector<std::string> ids;
    std::int64_t page = 1, turns = 0;

    static Search read(std::string_view memo) {
        const Json json = Json::parse(memo);
        Search search;
        for (const Json& id : json.at("ids")) search.ids.push_back(id.text());
        search.page = json.at("page").integer();
        search.turns = json.at("turns").integer();
        return search;
    }
    std::string write() const {
        Json list = Json::array();
        for (const std::string& id : ids) list.push_back(id);
        return Json{{"ids", list}, {"page", page}, {"turns", turns}}.dump();
    }
};

Next ask_recipients(const Account& account, Search search) {
    if (search.ids.empty() || search.turns >= most_turns) return Next::done();
    ++search.turns;
    return account.get("/broadcasts/" + dakiya::percent(search.ids.front()) + "/recipients")
        .query("page_number", std::to_string(search.page))
        .query("page_size", page_size)
        .then("recipients", search.write());
}

constexpr const char* stopped = "stopped";  // by somebody in the dashboard

std::optional<Status> status_of(const std::string& word) {
    if (word == "sent") return Status::sent;
    if (word == "delivered") return Status::delivered;
    if (word == "read" || word == "replied") return Status::read;
    if (word == "failed" || word == stopped) return Status::failed;
    return std::nullopt;
}

Error failure_of(const Json& row) {
    if (lower(row["status"].scalar()) == stopped)
        return {"policy", stopped, "the broadcast was stopped in WATI before this message went out"};
    return failure(row["failed_code"].scalar(), "");
}

Next found(const Turn& turn, const Json& row) {
    // Pending and queued ones are WATI's now, which is what "sent" means for a message that was not answered.
    const Status status = status_of(lower(row["status"].scalar())).value_or(Status::sent);
    const std::string ref = turn.input().at("ref");
    // "created" is when WATI took it; the time of a later state is not told.
    Event event = Event::status(ref, status,
                                status == Status::sent ? dakiya::read_iso_time(row["created"].scalar()) : 0);
    event.ref(ref).address(turn.input().at("address")).dedupe(ref + ":" + to_string(status));
    if (status == Status::failed) event.error(failure_of(row));
    return Next::done().event(event);
}

}  // namespace

Next send_template(const Account& account, const Send& in) {
    Json recipients = Json::array();
    std::vector<const Recipient*> people;
    std::vector<std::pair<std::size_t, Error>> refused;
    for (std::size_t i = 0; i < in.to.size(); ++i) try {
            recipients.push_back(recipient_of(in, in.to[i]));
            people.push_back(&in.to[i]);
        } catch (const Refused& reason) {
            refused.emplace_back(i, reason.error());
        }
    Next next = Next::done();
    for (const auto& [index, error] : refused) next.failed(index, error);
    if (people.empty()) return next;

    const std::string channel = account.channel_for(in.from);
    Json body{{"channel", nullptr},
              {"template_name", in.template_->name},
              {"broadcast_name", broadcast_name(in, people)},
              {"recipients", recipients}};
    if (!channel.empty()) body.set("channel", channel);
    Http http = account.post("/messageTemplates/send");
    if (lower(in.template_->category) == "authentication") http.secret_body();  // it holds a code
    return next.then(http.json(body));
}

Next read_broadcast(const Send& in, const Reply& reply) {
    std::vector<const Recipient*> people;
    for (const Recipient& to : in.to) try {
            recipient_of(in, to);
            people.push_back(&to);
        } catch (const Refused&) {  // told in the first turn
        }
    Answer answer = read_answer(reply);
    const bool told = answer.body["success"].is_bool() && answer.body["recipients"].is_array();
    if (answer.kind == Answer::Kind::done && !told) {
        answer.kind = Answer::Kind::unclear;
        answer.error = {"provider", "200", "WATI's answer does not say what became of the messages"};
    }
    Next next = Next::done();
    if (answer.kind == Answer::Kind::done) {
        read_recipients(next, people, answer.body, in);
        return next;
    }
    for (const Recipient* to : people) {
        const auto index = static_cast<std::size_t>(to - in.to.data());
        if (answer.kind == Answer::Kind::refused)
            next.failed(index, answer.error);
        else
            next.uncertain(index, answer.error);
    }
    return next;
}

Next look_up(const Account& account, const Turn& turn) {
    const std::string ref = turn.input().at("ref");
    if (!turn.reply()) return ask_broadcasts(account);
    const Json body = require_done(*turn.reply());
    if (turn.step() == "broadcasts") {
        Search search;
        for (const Json& broadcast : body.at("broadcasts"))
            if (may_hold(broadcast["name"].scalar(), ref)) search.ids.push_back(broadcast.at("id").text());
        return ask_recipients(account, search);
    }
    for (const Json& row : body.at("recipients"))
        if (row["local_message_id"].scalar() == ref) return found(turn, row);
    Search search = Search::read(turn.memo());
    const std::int64_t total = body["total_count"].is_integer() ? body["total_count"].integer() : 0;
    if (search.page * 100 < total) {
        ++search.page;
    } else {
        search.ids.erase(search.ids.begin());
        search.page = 1;
    }
    return ask_recipients(account, std::move(search));
}

}  // namespace wati
