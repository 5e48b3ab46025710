#include "templates.hpp"

#include <algorithm>

#include "answer.hpp"
#include "dakiya/sms.hpp"
#include "dakiya/waba.hpp"

namespace gupshup {

using dakiya::Http;
using dakiya::Json;
using dakiya::JsonError;
using dakiya::Next;
using dakiya::Turn;
namespace waba = dakiya::waba;

namespace {

// JSON inside a text; null when it is none.
Json unpacked(const Json& value) {
    if (!value.is_string()) return {};
    try {
        return Json::parse(value.text());
    } catch (const JsonError&) {
        return {};
    }
}

void add_text(Json& components, const char* type, const Json& text) {
    if (text.is_string() && !text.text().empty())
        components.push_back({{"type", type}, {"text", text.text()}});
}

// `containerMeta` holds the parts; `data` is the rendered whole, which is not to be parsed.
Json components_of(const std::string& type, const Json& meta) {
    Json components = Json::array();
    if (type == "IMAGE" || type == "VIDEO" || type == "DOCUMENT" || type == "LOCATION") {
        components.push_back({{"type", "HEADER"}, {"format", type}});
    } else if (type == "TEXT" || type.empty()) {
        if (meta["header"].is_string() && !meta["header"].text().empty())
            components.push_back({{"type", "HEADER"}, {"format", "TEXT"}, {"text", meta["header"].text()}});
    } else {
        components.push_back(
            {{"type", type}});  // CAROUSEL, LTO, CATALOG …: sent through the partner API only
    }
    add_text(components, "BODY", meta["data"]);
    add_text(components, "FOOTER", meta["footer"]);
    if (meta["buttons"].is_array() && !meta["buttons"].empty())
        components.push_back({{"type", "BUTTONS"}, {"buttons", meta["buttons"]}});
    return components;
}

Json record_of(const Json& item) {
    const Json meta = unpacked(item["containerMeta"]);
    Json listed{{"name", item.at("elementName").text()},
                {"language", item.at("languageCode").text()},
                {"category", item.value("category", "")},
                {"id", item.at("id").text()}};
    if (meta.is_object()) listed.set("components", components_of(item.value("templateType", ""), meta));
    Json record = waba::read_template(listed);
    record.set("status", template_status(item.value("status", "")));
    if (!meta.is_object()) record.erase("components");
    if (const std::string reason = item.value("reason", ""); !reason.empty()) record.set("reason", reason);
    if (const std::string quality = waba::lower(item.value("quality", "")); !quality.empty())
        record.set("quality", quality);
    return record;
}

Next with_sms(const Account& account, Next next) {
    for (const SmsTemplate& one : account.sms_templates)
        next.record("template", dakiya::sms::template_record(one.name, one.dlt_id, "", one.text, "approved"));
    return next;
}

}  // namespace

const char* template_status(const std::string& theirs) {
    struct Word {
        std::string_view theirs;
        const char* ours;
    };
    static constexpr Word words[] = {
        {"approved", "approved"},     {"pending", "pending"},   {"submitted", "pending"},
        {"in_review", "pending"},     {"in_appeal", "pending"}, {"appealed", "pending"},
        {"rejected", "rejected"},     {"failed", "rejected"},   {"paused", "paused"},
        {"disabled", "disabled"},     {"locked", "disabled"},   {"deleted", "gone"},
        {"desactivated", "disabled"},  // Gupshup's spelling
    };
    const std::string word = waba::lower(theirs);
    for (const Word& row : words)
        if (row.theirs == word) return row.ours;
    return "disabled";
}

Http ask_templates(const Account& account) {
    account.require_app();
    return account.partner ? account.with_token(Http::get(account.app_url("/templates")))
                           : account.self_serve(Http::get(account.app_url("/template")));
}

// One answer has them all: no paging is documented.
Next list_templates(const Account& account, const Turn& turn) {
    if (!turn.reply())
        return account.has_whatsapp() ? Next(ask_templates(account).limit("manage"))
                                      : with_sms(account, Next::done());
    Next next = Next::done();
    for (const Json& item : require_success(*turn.reply()).at("templates"))
        next.record("template", record_of(item));
    return with_sms(account, std::move(next));
}

}  // namespace gupshup
