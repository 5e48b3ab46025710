#include "send/unauthorized.hpp"

#include <algorithm>

namespace dakiya::send {

namespace {

bool is_auth(const Json& said) { return said.is_object() && said.value("class", "") == "auth"; }

// What names the class: the error of a result, the record itself of an account.
Json* verdict_of(plugin::Record& record) {
    if (record.kind == "account") return &record.json;
    return record.kind == "result" ? record.json.find("error") : nullptr;
}

bool refused(const plugin::Record& record) {
    return record.kind == "account" && !record.json.value("ok", true) && is_auth(record.json);
}

}  // namespace

bool unauthorized(std::string_view op, std::size_t recipients, const std::vector<plugin::Record>& records) {
    if (op != "send") return std::any_of(records.begin(), records.end(), refused);
    std::size_t failed = 0;
    for (const plugin::Record& record : records) {
        if (record.kind != "result") continue;
        if (record.json.value("status", "") != "failed" || !is_auth(record.json["error"])) return false;
        ++failed;
    }
    return failed > 0 && failed == recipients;
}

void explain(std::vector<plugin::Record>& records, const NoCredential& why) {
    for (plugin::Record& record : records) {
        Json* verdict = verdict_of(record);
        if (!verdict || !is_auth(*verdict)) continue;
        verdict->set("class", std::string(domain::to_string(why.cls)));
        verdict->set("text", why.text);
        if (record.kind == "result") verdict->set("code", "authorize");
    }
}

}  // namespace dakiya::send
