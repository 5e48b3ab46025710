#include "twilio.hpp"

#include "file_replies.hpp"
#include "twilio_payloads.hpp"

#include <algorithm>
#include <ctime>
#include <iterator>

namespace sim {
namespace {

using dakiya::Json;

constexpr std::size_t max_form = 64 * 1024;

// Thu, 24 Aug 2023 05:01:45 +0000
Json rfc2822(std::int64_t at_ms) {
    const auto seconds = static_cast<std::time_t>(at_ms / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[48];
    std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
    return text;
}

// "2026-11-20" or "2026-11-20T10:00:00Z" in milliseconds since 1970.
std::optional<std::int64_t> parse_date(const std::string& text) {
    std::tm parts{};
    const char* rest = strptime(text.c_str(), "%Y-%m-%d", &parts);
    if (!rest) return {};
    if (*rest != '\0') {
        rest = strptime(rest, "T%H:%M:%S", &parts);
        if (!rest || (std::string_view(rest) != "Z" && *rest != '\0' && *rest != '.')) return {};
    }
    return static_cast<std::int64_t>(timegm(&parts)) * 1000;
}

// The window of DateSent, DateSent>= and DateSent<= : [from, to).
struct Window {
    std::int64_t from = 0;
    std::int64_t to = INT64_MAX;
};

std::optional<Window> date_window(const Form& query) {
    constexpr std::int64_t day = 86'400'000;
    Window window;
    for (const auto& [key, value] : query) {
        if (!key.starts_with("DateSent")) continue;
        const auto date = parse_date(value);
        if (!date) return {};
        const std::int64_t end = value.size() == 10 ? *date + day : *date + 1000;
        if (key == "DateSent")
            window = {*date, end};
        else if (key == "DateSent>" || key == "DateSentAfter")
            window.from = *date;
        else if (key == "DateSent<" || key == "DateSentBefore")
            window.to = end;
        else
            return {};
    }
    return window;
}

const char* word_of(Status status, bool service) {
    switch (status) {
        case Status::accepted:
            return service ? "accepted" : "queued";
        case Status::failed:
            return "undelivered";
        default:
            return name_of(status);
    }
}

}  // namespace

Reply Twilio::answer(const Request& request) {
    const TwilioRefusal refusal = check_caller(request);
    if (request.path.starts_with(storage()))
        return stored_file(world_, Provider::twilio, request, {"Authorization"});
    return refusal ? refuse(refusal) : route(request);
}

Reply Twilio::error(int code, std::string_view details) const {
    const int status = twilio_http_status(code);
    return json(Json{{"code", code},
                     {"message", details.empty() ? twilio_error_text(code) : std::string(details)},
                     {"more_info", "https://www.twilio.com/docs/errors/" + std::to_string(code)},
                     {"status", status}},
                status);
}

Reply Twilio::refuse(const TwilioRefusal& refusal) {
    if (refusal.violation)
        world_.violation(Provider::twilio, std::to_string(refusal.code) + ": " + refusal.details);
    world_.refuse(Provider::twilio, refusal.code);
    return error(refusal.code, refusal.details);
}

TwilioRefusal Twilio::check_caller(const Request& request) const {
    const std::string_view header = request.header("Authorization");
    if (!header.starts_with("Basic ")) return {20003, "Authorization must be Basic", true};
    const std::string pair = base64_decode(header.substr(6));
    if (pair.find(':') == std::string::npos)
        return {20003, "Authorization is not base64 of user:password", true};
    const bool account = pair == config().account_sid + ':' + config().auth_token;
    const bool key =
        !config().api_key_sid.empty() && pair == config().api_key_sid + ':' + config().api_key_secret;
    if (account || key) return {};
    return {20003, "Authenticate"};
}

Reply Twilio::route(const Request& request) {
    const std::string base = "/2010-04-01/Accounts/" + config().account_sid;
    if (request.path.starts_with(base)) return core(request, request.path.substr(base.size()));
    const std::vector<std::string_view> steps =
        split(request.path.substr(std::min<std::size_t>(1, request.path.size())), '/');
    if (steps.size() >= 2 && (steps[0] == "v1" || steps[0] == "v2") && steps[1].starts_with("Content"))
        return content(request, steps);
    if (request.method == "GET" && request.path == "/v1/Services/" + config().messaging_service_sid)
        return json(Json{{"sid", config().messaging_service_sid},
                         {"account_sid", config().account_sid},
                         {"friendly_name", "Simulated service"},
                         {"status_callback", nullptr}});
    if (request.method == "GET" && request.path == "/v2/Channels/Senders") {
        Json senders = Json::array();
        for (const std::string& number : config().senders)
            senders.push_back(Json{{"sid", "XE00000000000000000000000000000001"},
                                   {"status", "ONLINE"},
                                   {"sender_id", "whatsapp:" + number}});
        return json(Json{{"senders", std::move(senders)},
                         {"meta", Json{{"next_page_url", nullptr}, {"key", "senders"}}}});
    }
    if (request.method == "POST" && request.path == "/v2/Indicators/Typing.json")
        return json(Json{{"success", true}});
    return refuse({20404, "The requested resource " + std::string(request.path) + " was not found"});
}

Reply Twilio::core(const Request& request, std::string_view path) {
    const bool get = request.method == "GET";
    if (path == "/Messages.json" && request.method == "POST") return send(request);
    if (path == "/Messages.json" && get) return list(request);
    if (const auto at = path.find("/Media/"); path.starts_with("/Messages/") && at != path.npos && get)
        return media(path.substr(10, at - 10), path.substr(at + 7));
    if (path.starts_with("/Messages/") && path.ends_with(".json") && get)
        return message(path.substr(10, path.size() - 15));
    // The answer holds the auth token: whoever logs or stores it whole is found out.
    if (path == ".json" && get)
        return json(Json{{"sid", config().account_sid},
                         {"auth_token", config().auth_token},
                         {"friendly_name", "Simulated account"},
                         {"status", "active"},
                         {"type", "Full"}});
    if (path == "/Balance.json" && get)
        return json(Json{{"account_sid", config().account_sid}, {"balance", "12.34"}, {"currency", "USD"}});
    return refuse({20404, "The requested resource " + std::string(request.path) + " was not found"});
}

Reply Twilio::send(const Request& request) {
    if (request.content_type() != "application/x-www-form-urlencoded")
        return refuse({20001, "Content-Type must be application/x-www-form-urlencoded", true});
    if (request.body.size() > max_form) return refuse({20001, "the form is too large", true});
    TwilioMessage message;
    std::vector<std::string> warnings;
    const TwilioRefusal refusal = check_twilio_message(parse_form(request.body), config(), message, warnings);
    if (refusal) return refuse(refusal);
    for (std::string& warning : warnings) world_.violation(Provider::twilio, std::move(warning));
    if (!world_.within_rate(Provider::twilio, message.sender, config().rate)) return refuse({20429, ""});
    Message accepted;
    accepted.provider = Provider::twilio;
    accepted.to = message.digits;
    accepted.whatsapp = message.whatsapp;
    accepted.kind = !message.content_sid.empty() ? "template" : message.media ? "media" : "text";
    accepted.template_name = message.content_sid;
    accepted.ref = message.ref;
    accepted.text = message.body;
    accepted.params = message.variables;
    accepted.callback = message.callback;
    accepted.sender = message.sender;
    const Outcome outcome = world_.take(accepted);
    if (outcome.refused) return error(outcome.refused, {});
    return outcome.unanswered ? no_answer() : json(resource(*outcome.n), 201);
}

Json Twilio::resource(std::size_t n) {
    const Ledger& ledger = world_.ledger();
    const Entry& entry = ledger[n];
    const std::string sid = ledger.id(n);
    const std::string_view sender = ledger.name(entry.sender);
    const bool service = sender.starts_with("MG");
    const Status status = entry.timeline.after(now_ms() - entry.at);
    const std::string uri = "/2010-04-01/Accounts/" + config().account_sid + "/Messages/" + sid;
    const Json date = rfc2822(entry.at);
    return Json{{"sid", sid},
                {"account_sid", config().account_sid},
                {"messaging_service_sid", service ? Json(sender) : Json()},
                {"to", (entry.whatsapp ? "whatsapp:+" : "+") + std::to_string(entry.to)},
                {"from", service ? Json() : Json(sender)},
                {"body", ledger.text(entry)},
                {"status", word_of(status, service)},
                {"direction", "outbound-api"},
                {"num_segments", status == Status::accepted ? "0" : "1"},
                {"num_media", ledger.name(entry.kind) == "media" ? "1" : "0"},
                {"price", nullptr},
                {"price_unit", nullptr},
                {"error_code", status == Status::failed ? Json(entry.timeline.code) : Json()},
                {"error_message", nullptr},
                {"date_created", date},
                {"date_sent", status == Status::accepted ? Json() : date},
                {"date_updated", date},
                {"api_version", "2010-04-01"},
                {"uri", uri + ".json"},
                {"subresource_uris", Json{{"media", uri + "/Media.json"}}}};
}

Reply Twilio::message(std::string_view sid) {
    const auto n = sid.size() == 34 ? world_.ledger().number_of(sid.substr(2)) : std::nullopt;
    if (!n || *n >= world_.ledger().size() || world_.ledger().id(*n) != sid)
        return refuse(
            {20404, "The requested resource /Messages/" + std::string(sid) + ".json was not found"});
    return json(resource(*n));
}

Reply Twilio::list(const Request& request) {
    const Form query = parse_form(request.query);
    const auto window = date_window(query);
    if (!window) return refuse({20001, "DateSent must be YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ", true});
    std::size_t page_size = 50;
    if (const std::string* size = find(query, "PageSize")) {
        if (!all_digits(*size) || size->size() > 4 || std::stoul(*size) < 1 || std::stoul(*size) > 1000)
            return refuse({20001, "PageSize must be 1 to 1000", true});
        page_size = std::stoul(*size);
    }
    std::size_t page = 0;
    if (const std::string* number = find(query, "Page")) {
        if (!all_digits(*number) || number->size() > 6) return refuse({20001, "Page is not a number", true});
        page = std::stoul(*number);
    }
    const std::string* to = find(query, "To");
    const auto digits = to ? digits_of(*to) : std::nullopt;
    if (to && !digits) return refuse({21211, "Invalid 'To' Phone Number: " + *to, true});

    Ledger& ledger = world_.ledger();
    const auto fits = [&](std::size_t n) {
        const Entry& entry = ledger[n];
        return entry.provider == Provider::twilio && entry.at / 1000 * 1000 >= window->from &&
               entry.at < window->to && (!to || to->starts_with("whatsapp:") == entry.whatsapp);
    };
    const std::size_t needed = page_size * (page + 1) + 1;  // one more tells that there is a next page
    std::vector<std::size_t> newest_first;
    if (digits) {
        const std::vector<std::size_t> found = ledger.find_to(Provider::twilio, *digits);
        std::copy_if(found.rbegin(), found.rend(), std::back_inserter(newest_first), fits);
    } else {
        for (std::size_t n = ledger.size(); n-- > 0 && newest_first.size() < needed;)
            if (fits(n)) newest_first.push_back(n);
    }
    Json messages = Json::array();
    for (std::size_t i = page * page_size; i < newest_first.size() && messages.size() < page_size; ++i)
        messages.push_back(resource(newest_first[i]));
    Json next = nullptr;
    if (newest_first.size() >= needed) {
        Form following;
        for (const auto& [key, value] : query)
            if (key != "Page" && key != "PageToken") following.emplace_back(key, value);
        following.emplace_back("Page", std::to_string(page + 1));
        following.emplace_back("PageToken", "PA" + ledger.id(newest_first[needed - 2]));
        next = std::string(request.path) + '?' + encode_form(following);
    }
    return json(Json{{"messages", std::move(messages)},
                     {"page", page},
                     {"page_size", page_size},
                     {"next_page_uri", std::move(next)}});
}

Reply Twilio::content(const Request& request, const std::vector<std::string_view>& steps) {
    if (request.method != "GET") return refuse({20404, "the simulator plays no changes of content"});
    if (steps.size() == 2 && steps[1] == "ContentAndApprovals") return content_page(request, true);
    if (steps.size() == 2 && steps[1] == "Content") return content_page(request, false);
    if (steps[1] == "Content" && steps.size() <= 4)
        for (const Json& made : config().contents) {
            if (made.value("sid", "") != steps[2]) continue;
            if (steps.size() == 4 && steps[3] == "ApprovalRequests")
                return json(Json{{"sid", steps[2]}, {"whatsapp", made["approval_requests"]}});
            if (steps.size() == 3) return json(made);
        }
    return refuse({20404, "The requested resource " + std::string(request.path) + " was not found"});
}

// One content per page, so that a client that stops at the first page is seen.
Reply Twilio::content_page(const Request& request, bool approvals) {
    const Form query = parse_form(request.query);
    const std::string* page_text = find(query, "Page");
    if (page_text && (!all_digits(*page_text) || page_text->size() > 6))
        return refuse({20001, "Page is not a number", true});
    const std::size_t page = page_text ? std::stoul(*page_text) : 0;
    const Json::Array& all = config().contents.items();
    Json contents = Json::array();
    if (page < all.size()) {
        contents.push_back(all[page]);
        if (!approvals) contents.items().back().erase("approval_requests");
    }
    const std::string url = "https://content.twilio.com" + std::string(request.path);
    Json next = nullptr;
    if (page + 1 < all.size())
        next = url + "?PageSize=1&Page=" + std::to_string(page + 1) + "&PageToken=PT" +
               world_.ledger().token(page);
    return json(Json{{"contents", std::move(contents)},
                     {"meta", Json{{"page", page},
                                   {"page_size", 1},
                                   {"first_page_url", url + "?PageSize=1&Page=0"},
                                   {"previous_page_url", nullptr},
                                   {"url", url},
                                   {"next_page_url", std::move(next)},
                                   {"key", "contents"}}}});
}

// Without ".json": the file, by a redirect to where it is kept.
Reply Twilio::media(std::string_view message, std::string_view sid) {
    constexpr std::size_t file_id = 16;
    const std::string file(sid.substr(sid.size() - std::min(file_id, sid.size())));
    const bool known = message.starts_with("MM") && is_hex(message.substr(2), 32) &&
                       world_.files().find(Provider::twilio, file) && sid == twilio_media_sid(file);
    if (!known) return refuse({20404, "The requested file was not found"});
    Reply reply{307, "", "text/plain"};
    reply.headers =
        "Location: " + storage_address(world_, "https://mms.twiliocdn.com" + storage(), file) + "\r\n";
    return reply;
}

}  // namespace sim
