#include "templates.hpp"

#include <algorithm>
#include <cstdlib>

#include "calls.hpp"
#include "dakiya/waba.hpp"

namespace dialog360 {

using namespace dakiya;

namespace {

constexpr std::int64_t page_size = 100;

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

// As Meta itself would list it: states come in small letters, with two words of 360dialog's own, and the
// quality may be a bare word.
Json as_meta(Json listed) {
    std::string status = upper(listed.value("status", ""));
    if (status == "CREATED" || status == "SUBMITTED") status = "PENDING";
    listed.set("status", status);
    if (const Json& quality = listed["quality_score"]; quality.is_string())
        listed.set("quality_score", Json{{"score", quality.text()}});
    if (const Json& reason = listed["rejected_reason"]; reason.is_string())
        listed.set("rejected_reason", upper(reason.text()));
    return listed;
}

Http page_from(const Account& account, std::int64_t offset) {
    Http http = account.get("/v1/configs/templates");
    http.query("limit", std::to_string(page_size)).query("offset", std::to_string(offset)).limit("manage");
    http.then("page", std::to_string(offset));
    return http;
}

// A header with a file needs the handle of an example, and 360dialog documents no call that gives one.
void check_examples(const Json& components) {
    for (const Json& part : components) {
        const std::string format = upper(part.value("format", "TEXT"));
        const bool file = format == "IMAGE" || format == "VIDEO" || format == "DOCUMENT";
        if (part.value("type", "") == "HEADER" && file && part["example"]["header_handle"].empty())
            throw waba::Refused(
                "a template with a file in its header must be made in the 360dialog Hub or in WhatsApp "
                "Manager, because its example is uploaded there",
                "template");
    }
}

}  // namespace

Next list_templates(const Account& account, const Turn& turn) {
    if (!turn.reply()) return page_from(account, 0);
    const Json& body = require_ok(account, *turn.reply());
    const Json::Array& page = body.at("waba_templates").items();
    const std::int64_t offset = std::strtoll(std::string(turn.memo()).c_str(), nullptr, 10);
    const std::int64_t next_offset = offset + static_cast<std::int64_t>(page.size());
    const bool more = !page.empty() && next_offset < body.value("total", 0);
    Next next = Next::done();
    if (more) next.then(page_from(account, next_offset));
    for (const Json& listed : page) next.record("template", waba::read_template(as_meta(listed)));
    return next;
}

Next create_template(const Account& account, const Turn& turn) {
    check_examples(turn.input()["components"]);
    Json wanted = waba::new_template(turn.input());
    if (!turn.reply()) return account.post("/v1/configs/templates").json(wanted).limit("manage");
    const Json& made = require_ok(account, *turn.reply());
    wanted.set("id", made["id"].scalar());
    wanted.set("status", made.at("status").text());
    wanted.set("category", made.value("category", wanted["category"].text()));  // Meta may choose another
    return Next::done().record("template", waba::read_template(as_meta(std::move(wanted))));
}

// 360dialog deletes a name in all its languages, never one of them.
Next delete_template(const Account& account, const Turn& turn) {
    const std::string name = turn.input().at("name");
    if (turn.reply()) {
        if (!turn.reply()->ok()) throw Fault(DK_BAD_REPLY, account.explain(*turn.reply()));
        return Next::done().record("template", {{"name", name}, {"language", ""}, {"status", "gone"}});
    }
    return account.del("/v1/configs/templates/" + safe_id(name, "the template's name")).limit("manage");
}

}  // namespace dialog360
