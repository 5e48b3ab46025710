#include "answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

#include "account.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/sms.hpp"
#include "dakiya/text.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/wording.hpp"
#include "time.hpp"

namespace msg91 {

using dakiya::Error;
using dakiya::Fault;
using dakiya::Json;
using dakiya::lower;
using dakiya::Reply;
using dakiya::shortened;
using dakiya::Wording;

namespace {

constexpr const char* ip_advice =
    "MSG91 does not accept calls from this server's address: add the server's outgoing IP address at Authkey "
    "> IP security, or switch that off";

// What a body says about its own failure.
struct Said {
    std::string code, text;
};

struct Row {
    int code;
    const char* cls;
};

// Numbers of the older API that v5 may still give.
constexpr std::array<Row, 34> numbers{{
    {1, "provider"},    {2, "provider"},    {601, "provider"},  // internal
    {101, "recipient"}, {202, "recipient"},                     // number missing, invalid
    {102, "content"},   {310, "content"},                       // text missing, too long
    {107, "content"},   {307, "content"},   {308, "content"},  // route missing, wrong schedule, campaign name
    {309, "content"},                                          // group not ours
    {103, "template"},  {203, "template"},                     // sender missing, not of 6 letters
    {106, "auth"},      {207, "auth"},                         // key missing, invalid
    {208, "auth"},      {418, "auth"},                         // calling address not listed
    {302, "auth"},      {303, "auth"},      {505, "auth"},     // account expired, banned, demo
    {301, "balance"},                                          // no balance
    {306, "policy"},                                           // promotional route closed at this hour
    {205, "policy"},    {209, "policy"},    {210, "policy"},   {506, "policy"},  // routing, small campaigns
    {401, "auth"},      {402, "balance"},   {403, "auth"},  // HTTP statuses, also repeated in bodies
    {404, "config"},    {413, "content"},   {422, "content"},  {429, "throttled"}, {500, "provider"},
}};

// In this order: "Template is not approved for this authkey" is about the key.
constexpr std::array<Wording, 26> words{{
    {"authkey", "auth"},
    {"auth key", "auth"},
    {"authentication fail", "auth"},
    {"unauthor", "auth"},
    {"ip not ", "auth"},
    {"ip is not ", "auth"},
    {"ip address", "auth"},
    {"ip whitelist", "auth"},
    {"too many", "throttled"},
    {"rate limit", "throttled"},
    {"not integrated", "config"},
    {"integrated number", "config"},
    {"integrated_number", "config"},
    {"insufficient", "balance"},
    {"balance", "balance"},
    {"low credit", "balance"},
    {"template", "template"},
    {"flow", "template"},
    {"sender", "template"},
    {"dlt", "template"},
    {"whitelist", "template"},  // of links
    {"24 hour", "window"},
    {"24-hour", "window"},
    {"invalid number", "recipient"},
    {"invalid mobile", "recipient"},
    {"mobile", "recipient"},
}};

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
    return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return has(text, part); });
}

int to_int(std::string_view text) {
    int value = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? value : -1;
}

// The first run of exactly `size` digits, or -1.
int number_in(std::string_view text, std::size_t size, int least, int most) {
    constexpr std::string_view digit = "0123456789";
    for (std::size_t at = text.find_first_of(digit); at != text.npos; at = text.find_first_of(digit, at)) {
        const std::size_t end = std::min(text.find_first_not_of(digit, at), text.size());
        const int value = end - at == size ? to_int(text.substr(at, size)) : -1;
        if (value >= least && value <= most) return value;
        at = end;
    }
    return -1;
}

// The text, or the texts inside an array or object, in a row.
std::string flat(const Json& json) {
    if (json.is_null() || json.is_bool()) return {};
    if (!json.is_array() && !json.is_object()) return json.scalar();
    std::string out;
    const auto add = [&](const Json& part) {
        const std::string text = flat(part);
        if (text.empty()) return;
        if (!out.empty()) out += "; ";
        out += text;
    };
    if (json.is_array())
        for (const Json& part : json) add(part);
    else
        for (const Json::Member& member : json.members()) add(member.second);
    return out;
}

bool says(const Json& body, std::string_view field, std::string_view word) {
    return body[field].is_string() && lower(body[field].text()) == word;
}

bool says_success(const Json& body) {
    if (says(body, "type", "success") || says(body, "msg_type", "success")) return true;
    return says(body, "status", "success") && body["hasError"] != Json(true);
}

// Does the body itself tell of a failure?
bool says_failure(const Json& body) {
    return says(body, "type", "error") || says(body, "msg_type", "error") || says(body, "status", "error") ||
           says(body, "status", "fail") || says(body, "status", "failure") || body["hasError"] == Json(true);
}

Said said_by(const Json& body) {
    Said said;
    if (!body["code"].is_array() && !body["code"].is_object()) said.code = body["code"].scalar();
    for (const std::string_view field : {"errors", "message", "msg", "error"})
        if (said.text.empty()) said.text = flat(body[field]);
    said.text = shortened(std::move(said.text));
    return said;
}

const char* class_of_number(int code) {
    for (const Row& row : numbers)
        if (row.code == code) return row.cls;
    return nullptr;
}

// The WhatsApp codes that MSG91 passes on: 131026 and the like.
int cloud_api_code(std::string_view text) { return number_in(text, 6, 130'000, 139'999); }

const char* class_of(int http, const Said& said) {
    if (const char* cls = class_of_number(to_int(said.code))) return cls;
    if (const int code = cloud_api_code(said.text); code > 0) return dakiya::waba::map_error(code);
    if (http == 401 || http == 418 || http == 429) return class_of_number(http);
    if (const char* cls = dakiya::class_by_words(words, said.text, nullptr)) return cls;
    if (http >= 500) return "provider";
    const char* cls = class_of_number(http);
    return cls ? cls : "other";
}

std::int64_t retry_after_ms(const Reply& reply, const Error& error, std::int64_t now_ms) {
    if (error.code == "306") return until_promotional_hours(now_ms);
    if (error.cls != "throttled") return 0;
    const int seconds = to_int(reply.header("retry-after"));
    constexpr std::int64_t unless_told_ms = 1000;
    return seconds > 0 ? seconds * std::int64_t{1000} : unless_told_ms;
}

// {"request_id"}, {"requestId"}, or either inside "data"; of /flow it is the "message".
std::string request_id(const Json& body) {
    const Json& data = body["data"];
    for (const Json* id : {&body["request_id"], &body["requestId"], &data["request_id"], &data["requestId"]})
        if (!id->is_null() && !id->is_array() && !id->is_object()) return id->scalar();
    return says(body, "type", "success") && body["message"].is_string() ? body["message"].text() : "";
}

// A sentence ("Campaign will be processed") is no id.
bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= 100 && text.find_first_of(" \t\r\n") == text.npos;
}

}  // namespace

bool succeeded(const Reply& reply) {
    const Json* body = object_of(reply);
    return reply.ok() && body && says_success(*body);
}

bool readable(const Reply& reply) {
    const Json& body = body_of(reply);
    return reply.ok() && !body.is_null() && (!body.is_object() || !says_failure(body));
}

const Json& require_readable(const Reply& reply) {
    if (!readable(reply)) throw Fault(DK_BAD_REPLY, explain(reply));
    return reply.json();
}

Error error_of(const Reply& reply, std::int64_t now_ms) {
    const Json* body = object_of(reply);
    const Said said = body ? said_by(*body) : Said{};
    const int http = reply.status();
    Error error{class_of(http, said), said.code.empty() ? std::to_string(http) : said.code, said.text};
    if (http == 418 || error.code == "418" || error.code == "208") error.text = ip_advice;
    if (error.text.empty())
        error.text = reply.ok() ? "MSG91's answer cannot be read"
                                : "MSG91 answered with HTTP " + std::to_string(http) + " and no reason";
    error.retry_after_ms = retry_after_ms(reply, error, now_ms);
    return error;
}

Answer read_answer(const Reply& reply, std::int64_t now_ms) {
    const Json* body = object_of(reply);
    if (reply.ok() && body && says_success(*body)) {
        std::string id = request_id(*body);
        if (is_id(id)) return {Answer::Kind::accepted, std::move(id), {}};
        return {
            Answer::Kind::unclear, {}, {"provider", "", "MSG91 accepted the call but gave no request id"}};
    }
    Error error = error_of(reply, now_ms);
    if (error.code == "311") return {Answer::Kind::duplicate, {}, std::move(error)};
    const bool told = body && says_failure(*body);
    // Their own fault, in the middle of their work: it may have gone out.
    if (error.cls == "provider") return {Answer::Kind::unclear, {}, std::move(error)};
    const int http = reply.status();
    const bool not_executed = http >= 300 && http < 500 && http != 408;
    if (told || not_executed) return {Answer::Kind::refused, {}, std::move(error)};
    error.cls = "provider";
    return {Answer::Kind::unclear, {}, std::move(error)};
}

std::string explain(const Reply& reply) {
    if (reply.status() == 0) return unreachable("MSG91", reply);
    const Error error = error_of(reply);
    if (error.text == ip_advice) return error.text;
    if (error.cls == "auth")
        return "MSG91 refuses the Authkey: check that it was copied completely, that it is not switched off, "
               "and that its Rule allows this service. MSG91 says: " +
               error.text;
    if (error.cls == "balance")
        return "The MSG91 account has no balance: top it up. MSG91 says: " + error.text;
    if (error.cls == "throttled") return "MSG91 takes no more calls at the moment: try again in a minute";
    if (error.cls == "provider") return "MSG91 has a fault of its own: try again later. " + error.text;
    return "MSG91 refused the call: " + error.text;
}

Error sms_failure(const std::string& code, const std::string& reason) {
    const std::string small = lower(reason);
    Error error{"other", code, shortened(reason)};
    if (error.text.empty()) error.text = "not delivered; MSG91 gives no reason";

    if (const auto found = dakiya::sms::scrubbed(reason)) {
        error.cls = found->cls;
        error.code = std::to_string(found->code);
        return error;
    }
    const std::string word = lower(code);  // the new webhooks may tell it in words
    const bool rejected = word == "16" || word == "25" || word == "rejected";
    const bool blocked = word == "9" || word == "17" || has_any(word, {"ndnc", "dnd", "blocked"});
    const bool of_template = has_any(small, {"template", "header", "content", "link", "url", "dlt"});
    if (blocked || has_any(small, {"ndnc", "dnd"}))
        error.cls = "policy";
    else if (rejected || of_template)
        error.cls = of_template ? "template" : "policy";
    else if (has_any(small, {"invalid number", "invalid mobile", "unknown subscriber", "unallocated",
                             "not exist", "absent number", "landline"}))
        error.cls = "recipient";
    return error;
}

Error whatsapp_failure(const std::string& reason) {
    Error error{"other", "", shortened(reason)};
    if (error.text.empty()) error.text = "not delivered; MSG91 gives no reason";
    if (const int code = cloud_api_code(reason); code > 0) {
        error.cls = dakiya::waba::map_error(code);
        error.code = std::to_string(code);
        error.retry_after_ms = dakiya::waba::retry_after_ms(code);
    } else if (has_any(lower(reason), {"re-engagement", "24 hour"})) {
        error.cls = "window";
    } else if (has_any(lower(reason), {"undeliverable", "not a whatsapp", "invalid number"})) {
        error.cls = "recipient";
    }
    return error;
}

}  // namespace msg91
